"""The sheet of steps: what it is given, and what becomes of its answers."""

import json
from dataclasses import asdict, replace
from functools import partial

import pandas as pd
import pytest

from gait.errors import GaitError
from gait.landmarks import Side
from gait.results.folder import ResultFolder
from gait.results.result import StepEdit
from gait.services import edits
from gait.services.depot import Depot
from gait.ui.parts import steps
from tests.builders.results import analysis_json, result_folder
from tests.integration.pages.show import page


def test_contact_sheet_has_every_step_and_says_why_one_is_left_out(reports):
    sheet = steps.data(ResultFolder(result_folder(reports / "r1")), Side.LEFT)
    assert len(sheet) == 26
    assert [s["stance"] for s in sheet if not s["used"]] == [3]
    assert sheet[3]["note"] == "the other leg hides the heel"


def test_lines_lie_where_the_table_says_in_the_pictures_pixels(reports):
    folder = ResultFolder(result_folder(reports / "r1"))
    assert steps.data(folder, Side.LEFT)[0]["lines"]["shank"] == [100, 170, 100, 40]
    table = pd.read_csv(folder.path / "steps" / "steps.csv")
    table[["x0_px", "y0_px", "scale"]] = [50.0, 20.0, 2.0]
    table.to_csv(folder.path / "steps" / "steps.csv", index=False)
    enlarged = ResultFolder(folder.path)
    assert steps.data(enlarged, Side.LEFT)[0]["lines"]["shank"] == [100, 300, 100, 40]


def test_an_answer_from_the_sheet_becomes_edits_and_back(reports):
    path = result_folder(reports / "r1")
    table = pd.read_csv(path / "steps" / "steps.csv")
    table[["x0_px", "y0_px", "scale"]] = [50.0, 20.0, 2.0]
    table.to_csv(path / "steps" / "steps.csv", index=False)
    folder = ResultFolder(path)
    lines = {"shank": [100.0, 300.0, 100.0, 40.0], "heel": [100.0, 400.0, 90.0, 310.0]}
    before = steps.edit(folder, Side.LEFT, {"stance": 2, "action": "accept"})
    assert before == StepEdit(Side.LEFT, 2), "nobody has said anything yet"
    moved = steps.edit(folder, Side.LEFT, {"stance": 2, "action": "lines", "lines": lines})
    assert moved == StepEdit(Side.LEFT, 2, False, (100.0, 170.0, 100.0, 40.0), (100.0, 220.0, 95.0, 175.0))
    doc = analysis_json() | {"edits": [asdict(moved) | {"angle_change_deg": 1.0}]}
    (path / "analysis.json").write_text(json.dumps(doc), encoding="utf-8")
    folder = ResultFolder(path)
    assert steps.data(folder, Side.LEFT)[2]["lines"]["heel"] == lines["heel"]
    assert steps.data(folder, Side.LEFT)[2]["edited"]
    assert steps.edit(folder, Side.LEFT, {"stance": 2, "action": "reject"}) == replace(moved, rejected=True)
    assert steps.edit(folder, Side.LEFT, {"stance": 2, "action": "reset"}) == before
    assert steps.edit(folder, Side.RIGHT, {"stance": 2, "action": "reject"}) == StepEdit(Side.RIGHT, 2, True)
    with pytest.raises(ValueError, match="no step"):
        steps.edit(folder, Side.LEFT, {"stance": 99, "action": "reject"})
    with pytest.raises(ValueError, match="unknown action"):
        steps.edit(folder, Side.LEFT, {"stance": 2, "action": "explode"})


def test_a_tab_that_undoes_what_it_has_not_seen_is_told_and_nothing_is_lost(reports):
    folder = result_folder(reports / "run")
    edits.change_step(folder, StepEdit(Side.LEFT, 1, rejected=True))
    app = page("result", id="run")
    edits.change_step(folder, StepEdit(Side.RIGHT, 2, rejected=True))  # another tab
    app.button(key="undo").click().run()
    assert "Somebody else has changed this result" in app.error[0].value
    assert len(edits.edits_of(folder)) == 2
    app.button(key="undo").click().run()  # now it has been seen
    assert not app.error
    assert edits.edits_of(folder) == ()


def test_what_another_computer_corrects_is_neither_undone_nor_rejected_here(reports, monkeypatch):
    folder = result_folder(reports / "run")
    edits.change_step(folder, StepEdit(Side.LEFT, 1, rejected=True))
    app = page("result", id="run")

    def refuse(self, name):
        raise GaitError("changed_elsewhere")

    monkeypatch.setattr(Depot, "begin_change", refuse)
    app.button(key="undo").click().run()
    assert "being corrected on another computer of the store" in app.error[0].value
    assert len(edits.edits_of(folder)) == 1
    for change in (edits.change_step, edits.reject_steps):
        with pytest.raises(GaitError):
            change(
                folder,
                StepEdit(Side.RIGHT, 2, rejected=True) if change is edits.change_step else {},
                None,
                partial(refuse, None, ""),
            )
    assert len(edits.edits_of(folder)) == 1
