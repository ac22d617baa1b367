"""Corrections by hand: what follows, what is recorded, and that taking them back restores the first result."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from gait import words
from gait.drawing.figures import rearfoot_curves
from gait.errors import GaitError
from gait.landmarks import Side
from gait.report.charts import charts
from gait.report.content import content
from gait.results.folder import ResultFolder
from gait.results.result import StepEdit
from gait.services import publish
from gait.services.edits import apply, change_step, edits_of, reject_steps
from gait.ui.parts.foot_card import foot_card
from tests.builders.results import PEAK_DEG, result_folder


@pytest.fixture
def folder(tmp_path):
    return result_folder(tmp_path / "run")


def foot(folder, side=Side.LEFT):
    return ResultFolder(folder).result.judged.feet[side]


def peak(folder, side=Side.LEFT):
    return foot(folder, side).peak_eversion_deg.value


def test_rejecting_high_steps_lowers_the_mean_peak_and_is_recorded(folder):
    apply(folder, [])
    before = peak(folder)
    rows = ResultFolder(folder).strides
    left = rows[(rows["side"] == "left") & rows["used"]].sort_values("peak_eversion_deg")
    high = left["stance"].tail(8).tolist()
    reject_steps(folder, {Side.LEFT: high})
    after = ResultFolder(folder)
    assert peak(folder) < before - 0.3
    assert {e.stance for e in edits_of(folder)} == set(high)
    noted = after.strides[(after.strides["side"] == "left") & after.strides["stance"].isin(high)]
    assert set(noted["note"]) == {"rejected by hand"}
    assert not noted["used"].any()


def test_taking_every_edit_back_gives_the_first_result_again(folder):
    apply(folder, [])
    first = {p.name: p.read_bytes() for p in folder.iterdir() if p.suffix == ".csv"}
    before = ResultFolder(folder).result
    reject_steps(folder, {Side.RIGHT: [0, 1, 2], Side.LEFT: [5]})
    reject_steps(folder, {})
    assert {p.name: p.read_bytes() for p in folder.iterdir() if p.suffix == ".csv"} == first
    after = ResultFolder(folder).result
    assert after.version == before.version + 2
    assert replace(after, version=before.version) == before


def test_turning_one_heel_line_turns_that_step_by_as_much(folder):
    apply(folder, [])
    before = ResultFolder(folder).strides
    x0, y0, length = 100.0, 220.0, 45.0
    seen = ResultFolder(folder)
    step = seen.steps[(seen.steps["side"] == "left") & (seen.steps["stance"] == 7)].iloc[0]
    frames = seen.rearfoot
    at = frames[(frames["side"] == "left") & (frames["stance"] == 7) & (frames["frame"] == step["frame"])]
    tilt = np.radians(float(at["angle_deg"].iloc[0]) + 4.0)  # left: eversion tilts the top to the picture's right
    edit = StepEdit(Side.LEFT, 7, heel_px=(x0, y0, x0 + length * np.sin(tilt), y0 - length * np.cos(tilt)))
    change_step(folder, edit)
    after = ResultFolder(folder).strides
    change = (after["peak_eversion_deg"] - before["peak_eversion_deg"])[
        (after["side"] == "left") & (after["stance"] == 7)
    ]
    assert float(change.iloc[0]) == pytest.approx(4.0, abs=0.6)
    assert ResultFolder(folder).result.judged.edits[0].angle_change_deg == pytest.approx(4.0, abs=0.1)


def test_rejecting_nearly_all_steps_makes_the_foot_undetermined(folder):
    rows = ResultFolder(folder).strides
    left = rows[rows["side"] == "left"]["stance"].tolist()
    reject_steps(folder, {Side.LEFT: left[:-5]})
    assert foot(folder).label == "undetermined"
    assert any("steps" in words.say(r) for r in foot(folder).reasons)


def test_a_step_that_is_not_there_is_one_clear_sentence_and_changes_nothing(folder):
    before = (folder / "analysis.json").read_bytes()
    with pytest.raises(GaitError, match="no measured left step 99"):
        reject_steps(folder, {Side.LEFT: [99]})
    assert (folder / "analysis.json").read_bytes() == before


def test_the_measured_frames_are_never_changed(folder):
    before = pd.read_csv(folder / "rearfoot.csv")
    reject_steps(folder, {Side.LEFT: [1, 2]})
    assert pd.read_csv(folder / "rearfoot.csv").equals(before)
    assert json.loads((folder / "analysis.json").read_text())["edits"]


def test_edits_of_one_step_after_another_are_all_kept_and_an_empty_one_goes(folder):
    change_step(folder, StepEdit(Side.LEFT, 1, rejected=True))
    change_step(folder, StepEdit(Side.RIGHT, 1, rejected=True))
    assert edits_of(folder) == (StepEdit(Side.LEFT, 1, True), StepEdit(Side.RIGHT, 1, True))
    change_step(folder, StepEdit(Side.LEFT, 1))
    assert edits_of(folder) == (StepEdit(Side.RIGHT, 1, True),)


def test_a_key_that_others_added_survives_a_correction(folder):
    path = folder / "analysis.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"weather": "rain"}))
    reject_steps(folder, {Side.LEFT: [1]})
    assert json.loads(path.read_text())["weather"] == "rain"


def test_a_tab_that_shows_an_older_version_changes_nothing_and_is_told(folder):
    seen = ResultFolder(folder).result.version
    change_step(folder, StepEdit(Side.LEFT, 1, rejected=True), seen)
    before = {p.name: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    for stale in (
        lambda: change_step(folder, StepEdit(Side.LEFT, 1), seen),
        lambda: change_step(folder, StepEdit(Side.RIGHT, 2, rejected=True), seen),
        lambda: reject_steps(folder, {}, seen),
        lambda: apply(folder, [], seen),
    ):
        with pytest.raises(GaitError, match="Somebody else has changed"):
            stale()
    assert {p.name: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == before
    change_step(folder, StepEdit(Side.RIGHT, 2, rejected=True), seen + 1)
    assert edits_of(folder) == (StepEdit(Side.LEFT, 1, True), StepEdit(Side.RIGHT, 2, True))


def test_the_measured_files_are_shared_by_versions_and_never_written_into(folder):
    kept = folder / "rearfoot.csv"
    before, text = kept.stat().st_ino, (folder / "analysis.json").read_bytes()
    held = (folder / "analysis.json").open("rb")  # somebody reads the version before
    reject_steps(folder, {Side.LEFT: [1]})
    with held:
        assert held.read() == text
    assert kept.stat().st_ino == before
    assert kept.stat().st_nlink == 1, "no old version stays somewhere"


@pytest.mark.parametrize("n_moved", [0, 1, 4, 10])
def test_the_peak_lies_on_its_curve_however_many_steps_were_moved(folder, n_moved):
    turned = np.radians(25.0)
    line = (100.0, 220.0, 100 + 45 * np.sin(turned), 220 - 45 * np.cos(turned))
    apply(folder, [StepEdit(Side.LEFT, k, heel_px=line) for k in range(4, 4 + n_moved)])
    after, left = ResultFolder(folder), foot(folder)
    drawn = rearfoot_curves(
        after.rearfoot,
        after.strides,
        after.curves,
        None,
        {Side.LEFT: left.peak_eversion_deg},
        {Side.LEFT: left.time_to_peak_pct},
    )
    mark, curve = (next(t for t in drawn.data if t.name == name) for name in ("peak left", "mean left"))
    assert np.interp(mark.x[0], curve.x, curve.y) == pytest.approx(mark.y[0], abs=0.02)
    assert mark.y[0] == left.peak_eversion_deg.value
    printed = next(c for c in charts(after, after.result.judged.reference) if c["side"] == "left")
    assert np.interp(mark.x[0], *np.transpose(printed["mean"])) == pytest.approx(mark.y[0], abs=0.02)


@pytest.mark.parametrize("standing", [True, False])
def test_the_typical_step_shows_the_number_the_card_says(folder, monkeypatch, standing):
    drawn = {}
    monkeypatch.setattr(
        "gait.drawing.stills.peak_still",
        lambda crop, shank, heel, side, angle_deg: drawn.update({side: angle_deg}) or crop.image,
    )
    found = ResultFolder(folder)
    feet = {
        side: SimpleNamespace(
            peak_eversion_deg=one.peak_eversion_deg if standing else None,
            eversion_excursion_deg=one.eversion_excursion_deg,
        )
        for side, one in found.result.judged.feet.items()
    }
    publish.draw_peaks(found, SimpleNamespace(rows=found.strides, feet=feet), found.rearfoot)
    for side in Side:
        said = PEAK_DEG[side] if standing else PEAK_DEG[side] + 4.0
        assert drawn[side] == pytest.approx(said, abs=0.3)


def test_a_corrected_foot_says_so_on_its_card_and_the_other_does_not(folder):
    reject_steps(folder, {Side.LEFT: [5, 6]})
    after = ResultFolder(folder)
    judged = after.result.judged
    assert "Corrected by hand: 2 steps left out." in foot_card(after, judged, Side.LEFT)
    assert "Corrected" not in foot_card(after, judged, Side.RIGHT)
    assert [one["corrected"] for one in content(after)["feet"]] == ["Corrected by hand: 2 steps left out.", ""]
