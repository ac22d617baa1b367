"""By which rules shoes are suggested: those that come with gait, a store's own, and what is wrong with a table."""

from dataclasses import replace

import pytest

from gait import words
from gait.errors import GaitError
from gait.landmarks import Side
from gait.model import Estimate, Shelf, ShelfRules, Shoe, SpeedLimits
from gait.said import Said
from gait.shoes import CATEGORIES, read_rules, recommend_for
from gait.shoes.choice import _reasons
from gait.shoes.rules import COLUMNS, GIVEN, KINDS, REASONS, cells_of, check_rules, written
from tests.builders.forbidden import FORBIDDEN

OURS = read_rules().rows
LIMITS = SpeedLimits(9.7, 7.9, 13.4, "test")
OVER = dict.fromkeys(Side, "over")
PEAKS = dict.fromkeys(Side, Estimate(14.5, (13.9, 15.1)))


def shoe(sku, category, cushioning="medium", drop_mm=8.0):
    return Shoe(sku, "B", sku, category, cushioning, drop_mm)


def given(**changes):
    """Our rules as a person would write them; `changes` are those of the first place of feet that are both over."""
    rows = [{name: cells_of(rule)[name] for name in GIVEN} for rule in OURS]
    next(row for row in rows if (row["feet"], row["place"]) == ("over", "1")).update(changes)
    return rows


def complaints(rows):
    return [words.say(said) for found in check_rules(rows, OURS)[1].values() for said in found]


def test_each_of_ours_has_a_source_and_each_kind_of_feet_three_places_with_a_neutral_one():
    kinds_of_feet = {}
    for rule in OURS:
        kinds_of_feet.setdefault(rule.feet, []).append(rule)
        assert rule.source
        assert rule.source != "store"
        assert not FORBIDDEN["en"].search(rule.source)
        assert rule.category in CATEGORIES
        assert sorted(rule.cushioning) == ["firm", "medium", "soft"]
    assert tuple(kinds_of_feet) == KINDS
    for rules in kinds_of_feet.values():
        assert [rule.place for rule in rules] == [1, 2, 3]
        assert "neutral" in [rule.category for rule in rules]


def test_every_reason_that_a_rule_may_name_has_its_sentence():
    assert set(_reasons(OVER, list(Side), PEAKS)) == set(REASONS)


def test_what_is_written_is_read_again_with_its_version(tmp_path):
    own = replace(OURS[6], category="neutral", drop_mm=(4.0, 8.5), why="store", source="store", note="Ours, by hand")
    rules = (*OURS[:6], own, *OURS[7:])
    (file := tmp_path / "12.csv").write_text(written(rules), encoding="utf-8")
    assert read_rules(file) == ShelfRules(rules, 12)


def test_a_version_without_a_rule_means_ours(tmp_path):
    (file := tmp_path / "3.csv").write_text(written(()), encoding="utf-8")
    assert read_rules(file) == ShelfRules(OURS, 3)


def test_a_row_that_asks_for_the_same_keeps_reason_and_source_and_any_other_is_the_stores_own():
    assert check_rules(given(), OURS) == (OURS, {})
    rows, wrong = check_rules(given(category="Motion Control", note="  Our physio \n says so "), OURS)
    assert wrong == {}
    changed = [rule for rule in rows if rule not in OURS]
    assert [(r.feet, r.place, r.category, r.why, r.source, r.note) for r in changed] == [
        ("over", 1, "motion-control", "store", "store", "Our physio says so")
    ]


def test_the_order_of_rows_is_nobodys_business():
    assert check_rules(given()[::-1], OURS)[0] == OURS


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"category": "racing", "note": "x"}, "Both over-pronating, place 1: category must be one of neutral"),
        ({"cushioning": "plush", "note": "x"}, "place 1: cushioning must be soft;medium;firm in the order"),
        ({"cushioning": "soft;soft;firm", "note": "x"}, "place 1: cushioning must be"),
        ({"drop_mm": "8-4", "note": "x"}, "drop must be millimetres from 0 to 30"),
        ({"drop_mm": "31", "note": "x"}, "drop must be"),
        ({"drop_mm": "low", "note": "x"}, "drop must be"),
        ({"category": "neutral"}, "Both over-pronating, place 1: a rule of your own needs a note"),
        ({"note": "x" * 301}, "a note has at most 300 letters"),
        ({"feet": "flat"}, "line 8: feet must be one of neutral, under"),
        ({"place": "4"}, "line 8: place must be 1, 2 or 3. Got '4'"),
        ({"place": "2", "note": "x"}, "line 9: Both over-pronating, place 2 is there twice"),
    ],
)
def test_what_is_wrong_is_said_of_its_row(changes, said):
    (told,) = complaints(given(**changes))
    assert said in told


def test_all_that_is_wrong_is_said_at_once_and_the_shoe_without_guidance_stays():
    rows = given(category="racing", drop_mm="x", note="x")
    rows[0]["cushioning"] = "hard"
    assert len(complaints(rows)) == 3
    assert complaints(given()[:-1]) == ["Neither can be told, place 3 is missing"]
    guiding = [row | ({"category": "stability", "note": "x"} if row["feet"] == "over" else {}) for row in given()]
    assert complaints(guiding) == ["Both over-pronating: one of the three must be neutral"]
    assert complaints([]) == ["there is no rule"]


def test_a_table_that_is_none_says_so(tmp_path):
    with pytest.raises(GaitError, match="cannot be read"):
        read_rules(tmp_path / "none.csv")
    (tmp_path / "1.csv").write_text("feet,place\nover,1\n")
    with pytest.raises(GaitError, match="no column category, cushioning"):
        read_rules(tmp_path / "1.csv")
    (tmp_path / "2.csv").write_text(f"{','.join(COLUMNS)}\nover,1,racing,soft,,,firmer,somebody\n")
    with pytest.raises(GaitError, match="category must be"):
        read_rules(tmp_path / "2.csv")


def test_cushioning_that_is_half_said_is_completed_and_semicolons_may_stand_between_columns(tmp_path):
    rows, wrong = check_rules(given(cushioning="firm", note="x"), OURS)
    assert not wrong
    assert next(r for r in rows if (r.feet, r.place) == ("over", 1)).cushioning == ("firm", "soft", "medium")
    lines = [";".join(f'"{row[name]}"' for name in GIVEN) for row in given()]
    (file := tmp_path / "1.csv").write_text("\n".join([";".join(GIVEN), *lines]), encoding="utf-8")
    with pytest.raises(GaitError, match="needs a note"):  # nothing is known before, so all are the store's own
        read_rules(file)


def test_the_rules_decide_which_shoe_comes_first_and_say_that_they_are_the_stores():
    shelf = Shelf("store", (shoe("S", "stability"), shoe("N", "neutral"), shoe("M", "motion-control", "firm")))
    ours = recommend_for(OVER, PEAKS, LIMITS, shelf)
    assert [one.shoe.sku for one in ours.shoes] == ["S", "N"]
    rows, _ = check_rules(given(category="motion-control", note="x"), OURS)
    own = recommend_for(OVER, PEAKS, LIMITS, shelf, ShelfRules(rows, 1))
    assert [one.shoe.sku for one in own.shoes] == ["M", "S", "N"]
    assert own.shoes[0].why[0] == Said("why_store")
    assert recommend_for(OVER, PEAKS, LIMITS, shelf, ShelfRules(OURS, 2)) == ours


@pytest.mark.parametrize(("drop_mm", "first"), [("", "A"), ("4-6", "B"), ("12", "A"), ("10-12", "A")])
def test_a_drop_that_is_wanted_comes_after_cushioning(drop_mm, first):
    """A and B are alike but for the drop of 8 and 6 mm; C has the drop of 12 mm in cushioning that is wanted less."""
    stock = (
        shoe("A", "stability", drop_mm=8.0),
        shoe("B", "stability", drop_mm=6.0),
        shoe("C", "stability", "firm", 12.0),
    )
    rows, wrong = check_rules(given(drop_mm=drop_mm, note="x"), OURS)
    assert not wrong
    found = recommend_for(OVER, PEAKS, LIMITS, Shelf("store", stock), ShelfRules(rows))
    assert found.shoes[0].shoe.sku == first


def test_a_shoe_whose_drop_nobody_knows_is_not_one_that_is_wanted():
    stock = (shoe("A", "stability", drop_mm=None), shoe("B", "stability", drop_mm=6.0))
    rows, _ = check_rules(given(drop_mm="6", note="x"), OURS)
    assert recommend_for(OVER, PEAKS, LIMITS, Shelf("store", stock), ShelfRules(rows)).shoes[0].shoe.sku == "B"
