"""A result is judged again by what it was judged by, whatever the store's tables say by then."""

import json
from dataclasses import replace

import numpy as np
import pytest

from gait import words
from gait.judge import judge, read_basis
from gait.landmarks import Side, View
from gait.model import Analysis, Clip, ShelfRules
from gait.results.codec import decode, encode
from gait.results.folder import ResultFolder
from gait.results.record import result_of
from gait.results.result import Chosen
from gait.results.tables import write_result
from gait.said import Said
from gait.services import edits
from gait.services.advising import suggest_again
from gait.settings import Settings
from gait.shoes import COLUMNS, read_rules
from gait.shoes.rules import written as written_rules
from tests.builders.results import OVER_DEG, SPEED_KMH, UNDER_DEG, example_result, result_folder

OURS = "speed_kmh,under_deg,over_deg,source\n8,7,12,store\n9.7,7.5,13,store\n12,9,16,store\n"
OTHERS = "speed_kmh,under_deg,over_deg,source\n8,11,30,moved\n9.7,12,30,moved\n12,13,30,moved\n"
"""By the first the left foot (10.1°) is neutral and the right one (17°) over; by the second left is under, right neutral."""
SHELF = f"{','.join(COLUMNS)}\n" + "\n".join(
    f"S{i},Brand,Model {i},{category},{cushioning},8,,40-45,{90 + i},yes"
    for i, (category, cushioning) in enumerate(
        [("neutral", "soft"), ("neutral", "firm"), ("stability", "medium"), ("stability", "soft")]
    )
)


OWN_RULES = tuple(
    replace(rule, category="neutral", why="store", source="store", note="ours")
    if rule.category == "stability"
    else rule
    for rule in read_rules().rows
)
"""By them no shoe with a firm inner side is suggested to anybody."""


@pytest.fixture
def store(tmp_path):
    """The store's tables: limits, shelf and rules."""
    limits, shelf, rules = tmp_path / "limits.csv", tmp_path / "shelf.csv", tmp_path / "4.csv"
    limits.write_text(OURS, encoding="utf-8")
    shelf.write_text(SHELF, encoding="utf-8")
    rules.write_text(written_rules(OWN_RULES), encoding="utf-8")
    return limits, shelf, rules


@pytest.fixture(params=[SPEED_KMH, None], ids=["speed given", "no speed"])
def speed_kmh(request):
    return request.param


def judged_by(folder, basis, chosen):
    """The folder's result as the pipeline would have written it with that basis; None: as an old version would have."""
    found = ResultFolder(folder)
    judged = found.result.judged
    events = edits._events(judged, judged.measurement)
    angles = edits.angles_of(judged, judged.measurement, found.rearfoot)
    clip = Clip(folder / "c.mp4", "0" * 64, np.arange(1200) / 60, 720, 1280, 0, "h264")
    analysis = Analysis(clip, None, View.REAR, (), None, None, events, angles, None, judge(events, angles, basis))
    write_result(folder, result_of(analysis, chosen=chosen))
    return ResultFolder(folder).result.judged


@pytest.fixture
def written(tmp_path, store, speed_kmh):
    """(folder, what was judged first) of a run judged by the store's tables."""
    limits, shelf, rules = store
    folder = result_folder(tmp_path / "run")
    basis = read_basis(speed_kmh, Settings(), limits=limits, shelf=shelf, shoe_size=41, rules=rules)
    first = judged_by(folder, basis, Chosen(41, str(shelf), str(limits)))
    assert (first.feet[Side.LEFT].label, first.feet[Side.RIGHT].label) == ("neutral", "over")
    return folder, first


def without_basis(folder):
    """As a version wrote it that did not keep the basis."""
    found = ResultFolder(folder).result
    write_result(folder, replace(found, judged=replace(found.judged, basis=None)))


def change(store):
    store[0].write_text(OTHERS, encoding="utf-8")
    store[1].write_text(SHELF.replace(",yes", ",no").replace("S0,", "T0,", 1), encoding="utf-8")
    store[2].write_text(written_rules(read_rules().rows), encoding="utf-8")


def drop(store):
    for path in store:
        path.unlink()


@pytest.mark.parametrize("meanwhile", [change, drop], ids=["tables changed", "tables gone"])
def test_edit_and_undo_give_the_first_result_again(store, written, meanwhile):
    folder, first = written
    meanwhile(store)
    edits.reject_steps(folder, {Side.RIGHT: [0, 1], Side.LEFT: [5]})
    edited = ResultFolder(folder).result.judged
    assert edited.reference == first.reference
    assert edited.basis == first.basis
    assert [edited.feet[side].label for side in Side] == ["neutral", "over"]
    assert [s.shoe for s in edited.recommendation.shoes] == [s.shoe for s in first.recommendation.shoes]
    edits.apply(folder, [])
    assert ResultFolder(folder).result.judged == first


def test_every_key_of_the_judgement_is_rewritten_together(written):
    """What stood there before does not matter: a result with another foot's judgement gets all of its own back."""
    folder, first = written
    other = example_result().judged
    found = ResultFolder(folder).result
    mixed = replace(
        first, feet=other.feet, reference=replace(other.reference, source="x"), recommendation=other.recommendation,
        meaning_3d={},
    )  # fmt: skip
    write_result(folder, replace(found, judged=mixed))
    edits.apply(folder, [])
    assert ResultFolder(folder).result.judged == first


def test_the_basis_is_written_and_read_back(written):
    folder, first = written
    document = json.loads((folder / "analysis.json").read_text())
    assert [row["under_deg"] for row in document["basis"]["limits"]] == [7, 7.5, 9]
    assert [shoe["sku"] for shoe in document["basis"]["shelf"]["shoes"]] == ["S0", "S1", "S2", "S3"]
    assert document["basis"]["settings"]["pronation"] == {"min_probability": 0.8, "min_steps": 7}
    assert document["basis"]["rules"]["version"] == 4
    assert {row["source"] for row in document["basis"]["rules"]["rows"] if row["note"] == "ours"} == {"store"}
    assert decode(document).judged.basis == first.basis


def test_the_stores_own_rules_decide_and_go_on_deciding(store, written):
    """The right foot is over: by our rules the first shoe has a firm inner side, by the store's none has."""
    folder, first = written
    assert {s.shoe.category for s in first.recommendation.shoes} == {"neutral"}
    by_ours = suggest_again(first, first.basis.shelf, read_rules())
    assert by_ours.shoes[0].shoe.category == "stability"
    change(store)
    edits.reject_steps(folder, {Side.RIGHT: [0]})
    assert {s.shoe.category for s in ResultFolder(folder).result.judged.recommendation.shoes} == {"neutral"}


def test_a_result_that_kept_no_rules_is_judged_by_ours(written):
    folder, first = written
    found = ResultFolder(folder).result
    write_result(folder, replace(found, judged=replace(first, basis=replace(first.basis, rules=ShelfRules()))))
    assert "rules" not in json.loads((folder / "analysis.json").read_text())["basis"]
    edits.apply(folder, [])
    again = ResultFolder(folder).result.judged
    assert again.basis.rules == ShelfRules()
    assert again.recommendation == suggest_again(first, first.basis.shelf, read_rules())


def test_an_old_result_whose_tables_are_unchanged_is_judged_by_them(written):
    folder, first = written
    without_basis(folder)
    edits.apply(folder, [])
    again = ResultFolder(folder).result.judged
    assert again.recommendation == suggest_again(first, first.basis.shelf, read_rules()), "it never had other rules"
    ours = replace(first, recommendation=again.recommendation, basis=replace(first.basis, rules=ShelfRules()))
    assert again == ours


@pytest.mark.parametrize("meanwhile", [change, drop], ids=["tables changed", "tables gone"])
def test_an_old_result_is_judged_by_the_limits_it_printed(store, written, speed_kmh, meanwhile):
    folder, first = written
    without_basis(folder)
    meanwhile(store)
    edits.apply(folder, [])
    again = ResultFolder(folder).result.judged
    assert again.reference.limits == first.reference.limits
    assert [again.feet[side].label for side in Side] == ["neutral", "over"]
    if speed_kmh is None:
        # One band for all speeds is not what it was judged by, and it says so.
        assert again.reference.source == f"{first.reference.source}; {words.text('limits_one_band')}"
    else:
        assert again.feet == first.feet
        assert again.reference == first.reference


def test_an_old_result_whose_shelf_is_gone_keeps_its_shoes_and_says_so(store, written):
    folder, first = written
    without_basis(folder)
    drop(store)
    edits.reject_steps(folder, {Side.LEFT: [5]})
    edits.reject_steps(folder, {Side.LEFT: [5, 6]})
    kept = ResultFolder(folder).result.judged.recommendation
    assert kept.shoes == first.recommendation.shoes
    assert kept.remarks == (*first.recommendation.remarks, Said("shoes_as_before"))
    edits.apply(folder, [])
    assert ResultFolder(folder).result.judged.recommendation == first.recommendation


def test_an_old_result_by_our_own_tables_is_judged_by_the_printed_band_where_ours_has_moved(tmp_path):
    """The example's band, 7.87 to 13.4 degrees, is none of the shipped table's."""
    folder = result_folder(tmp_path / "run")
    without_basis(folder)
    edits.apply(folder, [])
    reference = ResultFolder(folder).result.judged.reference
    assert (reference.limits.under_deg, reference.limits.over_deg) == (UNDER_DEG, OVER_DEG)
    assert encode(ResultFolder(folder).result)["basis"]["limits"][0]["under_deg"] == UNDER_DEG
