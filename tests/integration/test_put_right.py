"""Name, shoe worn, speed and size put right after the analysis: what follows, what is recorded, and the way back."""

import json
from dataclasses import replace

import pytest

from gait.errors import GaitError
from gait.judge import read_basis
from gait.landmarks import Side
from gait.report.content import content
from gait.results.codec import decode, encode
from gait.results.folder import ResultFolder
from gait.results.result import Chosen, Details, StepEdit
from gait.results.tables import write_result
from gait.said import Said
from gait.services import edits, library, publish
from gait.services.details import put_right, take_back
from gait.settings import Settings
from gait.shoes import COLUMNS
from gait.ui.parts.foot_card import foot_card
from tests.builders.results import example_result, result_folder
from tests.integration.test_basis import judged_by

LIMITS = "speed_kmh,under_deg,over_deg,source\n8,7,12,store\n14,10.5,18,store\n"
"""At 8 km/h the left foot (10.1°) is neutral and the right one (17°) over; at 14 they are under and neutral. 11 lies halfway."""
SHELF = f"{','.join(COLUMNS)}\n" + "\n".join(
    f"S{i},Brand,Model {i},{category},{cushioning},8,,{sizes},{90 + i},yes"
    for i, (category, cushioning, sizes) in enumerate(
        [
            ("neutral", "soft", "40-43"),
            ("neutral", "firm", "40-43"),
            ("stability", "medium", "40-42"),
            ("stability", "soft", "44"),
        ]
    )
)
FIRST = Details("Anna", "Brand Model 0", 8.0, 41.0)


@pytest.fixture
def tables(tmp_path):
    limits, shelf = tmp_path / "limits.csv", tmp_path / "shelf.csv"
    limits.write_text(LIMITS, encoding="utf-8")
    shelf.write_text(SHELF, encoding="utf-8")
    return limits, shelf


@pytest.fixture
def folder(tmp_path, tables):
    """A run at 8 km/h in size 41 whose tables were lost since; it has a PDF."""
    limits, shelf = tables
    path = result_folder(tmp_path / "run")
    basis = read_basis(FIRST.speed_kmh, Settings(), limits=limits, shelf=shelf, shoe_size=FIRST.shoe_size)
    judged = judged_by(path, basis, Chosen(FIRST.shoe_size, str(shelf), str(limits)))
    write_result(path, replace(example_result(), judged=judged, runner=FIRST.runner, shoe_worn=FIRST.shoe_worn))
    edits.apply(path, [])  # as the rounded tables give it
    publish.make_report(path)
    limits.unlink()
    shelf.unlink()
    return path


def result(folder):
    return ResultFolder(folder).result


def labels(folder):
    return [result(folder).judged.feet[side].label for side in Side]


def skus(folder):
    return {s.shoe.sku for s in result(folder).judged.recommendation.shoes}


def test_another_speed_brings_its_own_limits_and_labels(folder):
    assert labels(folder) == ["neutral", "over"]
    put_right(folder, replace(FIRST, speed_kmh=14.0))
    reference = result(folder).judged.reference
    assert (reference.speed_kmh, reference.limits.under_deg, reference.limits.over_deg) == (14.0, 10.5, 18.0)
    assert labels(folder)[1] == "neutral"
    put_right(folder, replace(FIRST, speed_kmh=11.0))
    assert result(folder).judged.reference.limits.over_deg == pytest.approx(15.0), "halfway between the two rows"
    put_right(folder, replace(FIRST, speed_kmh=None))
    assert result(folder).judged.reference.speed_kmh is None


def test_it_is_judged_as_if_speed_and_size_had_been_right_from_the_start(folder, tables, tmp_path):
    put_right(folder, replace(FIRST, speed_kmh=14.0, shoe_size=43.0))
    limits, shelf = tables
    limits.write_text(LIMITS, encoding="utf-8")
    shelf.write_text(SHELF, encoding="utf-8")
    other = result_folder(tmp_path / "other")
    basis = read_basis(14.0, Settings(), limits=limits, shelf=shelf, shoe_size=43.0)
    judged_by(other, basis, Chosen(43.0, str(shelf), str(limits)))
    edits.apply(other, [])
    assert result(folder).judged == result(other).judged


def test_another_size_picks_the_shoes_that_are_in_stock_in_it_even_without_the_stores_table(folder):
    assert skus(folder) == {"S0", "S1", "S2"}
    put_right(folder, replace(FIRST, shoe_size=44.0))
    assert skus(folder) == {"S3"}
    assert result(folder).judged.recommendation.size == result(folder).judged.choices.shoe_size == 44.0
    put_right(folder, replace(FIRST, shoe_size=None))
    assert len(skus(folder)) == 3
    assert result(folder).judged.recommendation.size is None


def test_taking_it_back_gives_the_first_result_again(folder):
    before, tables = result(folder), {p.name: p.read_bytes() for p in folder.iterdir() if p.suffix == ".csv"}
    put_right(folder, Details("Ben", "", 14.0, 44.0))
    assert result(folder).given_first == FIRST
    put_right(folder, Details("Ben", "Other", 11.0, None))
    assert result(folder).given_first == FIRST, "what was typed first, not what was typed last"
    take_back(folder)
    assert replace(result(folder), version=before.version) == before
    assert {p.name: p.read_bytes() for p in folder.iterdir() if p.suffix == ".csv"} == tables


def test_corrected_steps_stay_corrected_and_the_details_stay_when_the_steps_are_taken_back(folder):
    step = StepEdit(Side.LEFT, 5, rejected=True)
    edits.change_step(folder, step)
    put_right(folder, replace(FIRST, speed_kmh=14.0))
    assert edits.edits_of(folder) == (step,)
    put_right(folder, replace(FIRST, speed_kmh=14.0, runner="Ben"))
    edits.apply(folder, [])
    assert result(folder).details == Details("Ben", FIRST.shoe_worn, 14.0, 41.0)
    assert result(folder).given_first == FIRST


def test_a_name_and_a_shoe_change_no_number(folder):
    before = result(folder)
    put_right(folder, replace(FIRST, runner="Ben", shoe_worn="Other 3"))
    after = result(folder)
    assert (after.runner, after.shoe_worn) == ("Ben", "Other 3")
    assert after.judged == before.judged


def test_the_pdf_that_is_taken_along_is_not_called_by_a_name_that_was_wrong(tmp_path):
    path = result_folder(tmp_path / "2026-01-15-103000-anna", replace(example_result(), runner="Anna"))
    assert library.to_take_along(ResultFolder(path)) == "2026-01-15-103000-anna"
    put_right(path, replace(result(path).details, shoe_worn="Guide 3"))
    assert library.to_take_along(ResultFolder(path)) == "2026-01-15-103000-anna"
    put_right(path, replace(result(path).details, runner="Ben Berg"))
    assert library.to_take_along(ResultFolder(path)).endswith("00-ben-berg")
    assert "anna" not in library.to_take_along(ResultFolder(path))


def test_page_pdf_and_file_say_the_same_and_that_it_was_put_right(folder):
    pdf = (folder / "report.pdf").read_bytes()
    put_right(folder, Details("Ben", "Other 3", 14.0, 44.0))
    after = ResultFolder(folder)
    assert (folder / "report.pdf").read_bytes() != pdf
    document, page = json.loads((folder / "analysis.json").read_text()), content(after)
    assert document["runner"] == page["runner"] == "Ben"
    assert document["shoe_worn"] == "Other 3"
    assert "in Other 3" in page["facts"]
    assert "14.0 km/h" in page["facts"]
    assert document["given_first"] == {
        "runner": "Anna",
        "shoe_worn": "Brand Model 0",
        "speed_kmh": 8.0,
        "shoe_size": 41.0,
    }
    for side, foot in zip(Side, page["feet"], strict=True):
        card = foot_card(after, after.result.judged, side)
        assert foot["corrected"] == "Corrected by hand: speed (before: 8.0 km/h)."
        assert foot["corrected"] in card
        assert foot["label"] == document["feet"][side.value]["label"]
        assert f'data-label="{foot["label"]}"' in card
    rows = dict(page["reference"])
    assert rows["By hand"] == "name, speed (before: 8.0 km/h), shoe size (before: 41), shoe worn"
    assert "Anna" not in json.dumps(page), "a wrong name is not printed for another customer"


def test_a_tab_that_shows_an_older_version_changes_nothing_and_is_told(folder):
    seen = result(folder).version
    put_right(folder, replace(FIRST, runner="Ben"), seen)
    before = {p.name: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    for stale in (lambda: put_right(folder, replace(FIRST, speed_kmh=9.0), seen), lambda: take_back(folder, seen)):
        with pytest.raises(GaitError, match="Somebody else has changed"):
            stale()
    assert {p.name: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == before


def test_what_says_nothing_new_makes_no_version(folder):
    before = result(folder).version
    put_right(folder, FIRST)
    take_back(folder)
    assert result(folder).version == before


def old(folder, **changes):
    """As a version wrote it that did not keep all of the basis."""
    found = result(folder)
    write_result(folder, replace(found, judged=replace(found.judged, **changes)))


def test_an_old_result_whose_limits_are_lost_is_not_judged_at_another_speed(folder):
    old(folder, basis=None)
    before = (folder / "analysis.json").read_bytes()
    with pytest.raises(GaitError, match="did not keep the limits"):
        put_right(folder, replace(FIRST, speed_kmh=14.0))
    assert (folder / "analysis.json").read_bytes() == before
    put_right(folder, replace(FIRST, runner="Ben"))
    assert result(folder).runner == "Ben"


def test_an_old_result_whose_tables_are_there_is_judged_by_them(folder, tables):
    limits, shelf = tables
    limits.write_text(LIMITS, encoding="utf-8")
    shelf.write_text(SHELF, encoding="utf-8")
    old(folder, basis=None)
    put_right(folder, replace(FIRST, speed_kmh=14.0, shoe_size=43.0))
    assert result(folder).judged.reference.limits.over_deg == 18.0
    assert skus(folder) == {"S0", "S1"}


def test_an_old_result_that_kept_one_sizes_shoes_keeps_them_and_says_so(folder):
    document = encode(result(folder))
    del document["basis"]["shelf"]["others"]
    for shoe in document["basis"]["shelf"]["shoes"] + document["recommendation"]["shoes"]:
        del shoe["sizes"]
    write_result(folder, decode(document))
    before = skus(folder)
    put_right(folder, replace(FIRST, shoe_size=44.0))
    assert skus(folder) == before
    assert Said("shoes_as_before") in result(folder).judged.recommendation.remarks


def test_a_refused_clip_has_a_name_and_a_shoe_to_put_right(tmp_path):
    refused = replace(example_result(), judged=None, findings=())
    path = result_folder(tmp_path / "refused")
    document = encode(refused)
    document["findings"] = [
        {"code": "too_dark", "severity": "refuse", "value": 1, "limit": 2, "message": "Dark.", "advice": "Light."}
    ]
    (path / "analysis.json").write_text(json.dumps(document), encoding="utf-8")
    put_right(path, Details("Ben", "Other 3"))
    assert result(path).refused
    assert result(path).details == Details("Ben", "Other 3")


def test_a_result_without_measured_feet_has_a_speed_all_the_same(folder):
    found = result(folder)
    measured = replace(found.judged.measurement, feet={})
    write_result(folder, replace(found, judged=replace(found.judged, measurement=measured)))
    (folder / "rearfoot.csv").unlink()
    put_right(folder, replace(FIRST, speed_kmh=14.0))
    assert result(folder).judged.reference.limits.over_deg == 18.0
    assert labels(folder) == ["undetermined"] * 2
