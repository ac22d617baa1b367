"""Comfort of the shoes of a visit, on both databases: who is asked for what, in which order, and what is sealed meanwhile."""

import random
from datetime import UTC, datetime

import pytest

from gait.errors import GaitError
from gait.records import comfort, dump, visits
from gait.records.database import Records
from gait.records.values import SCALES, LabelSummary

DAY = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
MARKS = {"heel": 80, "stability": 60, "forefoot": 70, "flexibility": 90}


def visit_with(at, *shoes):
    visit = visits.start(at, started=DAY)
    return visit.id, [visits.add_run(at, visit.id, shoe=shoe).id for shoe in shoes]


def test_one_shoe_asks_for_nothing_and_two_seal_the_visit_until_both_are_rated(records):
    with records.writing() as at:
        visit, (first,) = visit_with(at, "Meadow 4")
        assert comfort.ask(at, visit) == []
        assert comfort.sealed(at) == set()
        second = visits.add_run(at, visit, shoe="Keel 5").id
        visits.attach(at, first, "one", LabelSummary(False), made=DAY, method="1", version=1)
        visits.expect(at, second, "two")
        assert {one.run_id for one in comfort.ask(at, visit)} == {first, second}
        assert comfort.sealed_results(at) == {"one", "two"}, "also the one that is to come"
        rated = comfort.rate(at, second, MARKS, DAY)
        assert (rated.scales_mm, rated.score_mm, rated.settled) == (MARKS, 75.0, DAY)
        assert comfort.sealed(at) == {visit}
        comfort.rate(at, first, MARKS)
        assert comfort.sealed_results(at) == set()
        assert [one.score_mm for one in comfort.of_visit(at, visit)] == [75.0, 75.0]


def test_the_order_and_the_letters_are_drawn_and_kept(records):
    orders, letters = set(), set()
    with records.writing() as at:
        for seed in range(24):
            visit, runs = visit_with(at, "A", "B", "C")
            asked = comfort.ask(at, visit, draw=random.Random(seed))
            assert asked == comfort.of_visit(at, visit)
            assert [one.position for one in asked] == [1, 2, 3]
            assert len({one.code for one in asked}) == 3
            orders.add(tuple(runs.index(one.run_id) for one in asked))
            letters.add(asked[0].code)
    assert len(orders) == 6, "each order of three comes up"
    assert letters <= set(comfort.CODES)
    assert len(letters) > 3


def test_a_third_shoe_comes_after_those_that_are_rated_and_keeps_their_letters(records):
    with records.writing() as at:
        visit, _ = visit_with(at, "A", "B")
        before = comfort.ask(at, visit)
        comfort.rate(at, before[0].run_id, MARKS)
        third = visits.add_run(at, visit, shoe="C").id
        after = comfort.ask(at, visit)
        assert (after[0].run_id, after[0].position) == (before[0].run_id, 1)
        assert {one.run_id: one.code for one in before}.items() <= {one.run_id: one.code for one in after}.items()
        assert {one.run_id for one in after[1:]} == {before[1].run_id, third}
        assert [one.position for one in after] == [1, 2, 3]


def test_a_shoe_run_in_twice_is_rated_once_and_bare_feet_are_not(records):
    with records.writing() as at:
        visit, runs = visit_with(at, "Barefoot", "Meadow 4", "meadow 4", "", "")
        asked = comfort.ask(at, visit, without=("Barefoot",))
        assert {one.run_id for one in asked} == {runs[1], runs[3], runs[4]}, "two without a name may be two shoes"
        alone, _ = visit_with(at, "Barefoot", "Meadow 4")
        assert comfort.ask(at, alone, without=("Barefoot",)) == []


def test_who_skipped_is_kept_and_the_visit_does_not_ask_again(records):
    with records.writing() as at:
        visit, (first, _) = visit_with(at, "A", "B")
        comfort.ask(at, visit)
        comfort.rate(at, first, MARKS)
        assert comfort.skip(at, visit, "0123456789abcdef", DAY)
        said = {one.run_id: (one.skipped_by, one.score_mm) for one in comfort.of_visit(at, visit)}
        assert said.pop(first) == ("", 75.0)
        assert list(said.values()) == [("0123456789abcdef", None)]
        visits.add_run(at, visit, shoe="C")
        comfort.ask(at, visit)
        assert comfort.sealed(at) == set()
        assert not comfort.skip(at, visit, "app"), "nothing was left to skip"


def test_a_shoe_that_is_taken_off_leaves_nobody_waiting(records):
    with records.writing() as at:
        visit, (_, second) = visit_with(at, "A", "B")
        comfort.ask(at, visit)
        visits.delete_run(at, second)
        comfort.forget_single(at, visit)
        assert comfort.sealed(at) == set()
        assert comfort.of_visit(at, visit) == []


@pytest.mark.parametrize("marks", [{}, MARKS | {"heel": 101}, MARKS | {"heel": -1}, dict.fromkeys(SCALES[:3], 5)])
def test_all_four_scales_are_marked_within_their_ends(records, marks):
    with records.writing() as at:
        visit, (first, _) = visit_with(at, "A", "B")
        comfort.ask(at, visit)
        with pytest.raises(GaitError) as told:
            comfort.rate(at, first, marks)
        assert told.value.code == "bad_rating"


def test_a_shoe_is_rated_once_and_only_when_it_is_asked_for(records):
    with records.writing() as at:
        visit, (first, _) = visit_with(at, "A", "B")
        with pytest.raises(GaitError) as told:
            comfort.rate(at, first, MARKS)
        assert told.value.code == "not_asked"
        comfort.ask(at, visit)
        comfort.rate(at, first, MARKS)
        with pytest.raises(GaitError) as told:
            comfort.rate(at, first, MARKS)
        assert told.value.code == "not_asked"


def test_ratings_go_with_their_visit_and_come_back_with_a_backup(records, tmp_path):
    with records.writing() as at:
        visit, (first, _) = visit_with(at, "A", "B")
        comfort.ask(at, visit)
        comfort.rate(at, first, MARKS, DAY)
        kept = comfort.of_visit(at, visit)
    other = Records(f"sqlite:///{tmp_path / 'restored.db'}")
    with other:
        dump.fill(other, list(dump.lines(records)))
        with other.reading() as at:
            assert comfort.of_visit(at, visit) == kept
    with records.writing() as at:
        visits.delete_row(at, visit)
        assert comfort.of_visit(at, visit) == []
        assert comfort.sealed(at) == set()
