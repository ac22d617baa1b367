"""The order of the shoes: comfort decides, noise is called noise, and each sentence has its grade."""

import pytest

from gait.advice.order import advise
from gait.advice.tables import comfort_limits, evidence
from gait.advice.values import ComfortLimits, Tried
from gait.comparison.values import Compared
from gait.landmarks import Side
from gait.model import Estimate, Shoe, Suggestion
from gait.said import Said
from gait.words import say

LIMITS = ComfortLimits(6.5, 9.9)
OVER, NEUTRAL = dict.fromkeys(Side, "over"), dict.fromkeys(Side, "neutral")


def tried(name, mm=None, *, stock="here", labels=OVER):
    return Tried(name, name, mm, labels, stock=stock, shoe=Shoe(name, "", name, "neutral") if stock != "own" else None)


def peak(verdict):
    est = Estimate(3.0, (1.0, 5.0))
    return {
        side: Compared("peak_eversion_deg", side, est, est, est, 1.0, verdict, Said("change_real")) for side in Side
    }


def order(*shoes, peaks=None, suggested=()):
    return advise(shoes, peaks or {}, suggested, LIMITS, evidence())


def names(found):
    return [one.shoe.name for one in found.placed]


def codes(found):
    return [one.why.code for one in found.placed]


def test_the_most_comfortable_comes_first_whatever_its_label():
    found = order(tried("A", 40, labels=NEUTRAL), tried("B", 80), tried("C", 60))
    assert names(found) == ["B", "C", "A"]
    assert codes(found) == ["advice_more_comfortable", "advice_less_comfortable", "advice_less_comfortable"]
    assert [one.why.values["by_mm"] for one in found.placed] == [20, 20, 20]
    assert [one.why.values["than"] for one in found.placed] == ["C", "B", "C"]
    assert {one.why.values["felt"] for one in found.placed} == {"clear"}


@pytest.mark.parametrize(
    ("mm", "felt"), [(6.4, "alike"), (6.5, "small"), (9.8, "small"), (9.9, "clear"), (30.0, "clear")]
)
def test_two_shoes_differ_from_the_detectable_difference_on_and_clearly_from_the_important_one(mm, felt):
    found = order(tried("A", 50), tried("B", 50 + mm))
    (pair,) = found.pairs
    assert (pair.felt, pair.comfort_mm) == (felt, pytest.approx(mm))
    assert codes(found) == (
        ["advice_alike"] * 2 if felt == "alike" else ["advice_more_comfortable", "advice_less_comfortable"]
    )
    if felt == "alike":
        assert names(found) == ["A", "B"], "a higher mark that is noise moves nothing: A was run in first"


def test_alike_are_all_that_cannot_be_told_from_the_best_and_no_chain_of_neighbours():
    found = order(tried("A", 60), tried("B", 55), tried("C", 50))
    assert names(found) == ["A", "B", "C"]
    assert codes(found) == ["advice_alike", "advice_alike", "advice_less_comfortable"]
    assert found.placed[2].why.values["than"] == "A"


def test_where_they_feel_alike_the_shelf_decides_and_the_customers_own_stands_between():
    found = order(tried("gone", 63, stock="not_here"), tried("own", 62, stock="own"), tried("here", 60))
    assert names(found) == ["here", "own", "gone"]
    assert [one.why.values["reason"] for one in found.placed] == ["stock"] * 3
    assert [one.evidence.grade for one in found.placed] == ["moderate"] * 3


def test_then_a_label_does_where_its_change_is_real_and_only_there():
    shoes = (tried("A", 60), tried("B", 60, labels=NEUTRAL))
    real = order(*shoes, peaks={("A", "B"): peak("real")})
    assert names(real) == ["B", "A"]
    assert {(one.why.values["reason"], one.evidence.grade) for one in real.placed} == {("label", "low")}
    for verdict in ("noise", "cannot_tell"):
        found = order(*shoes, peaks={("A", "B"): peak(verdict)})
        assert names(found) == ["A", "B"]
        assert {one.why.values["reason"] for one in found.placed} == {"order"}
    far = order(tried("A", 70), tried("B", 60, labels=NEUTRAL), peaks={("A", "B"): peak("real")})
    assert names(far) == ["A", "B"], "a label makes up for no comfort"


def test_without_ratings_nothing_decides_and_it_is_said():
    found = order(tried("A"), tried("B"))
    assert names(found) == ["A", "B"]
    assert [said.code for said in found.remarks] == ["advice_not_rated"]
    assert [one.evidence.grade for one in found.placed] == ["none", "none"]
    assert found.pairs[0].felt is None
    part = order(tried("A"), tried("B", 50))
    assert names(part) == ["B", "A"]
    assert codes(part) == ["advice_rated_alone", "advice_unrated"]


def test_the_customers_own_may_be_the_best():
    found = order(tried("own", 80, stock="own"), tried("B", 50))
    assert [said.code for said in found.remarks] == ["advice_own_best"]
    assert not order(tried("own", 50, stock="own"), tried("B", 80)).remarks


def test_shoes_that_were_not_run_in_fill_up_to_three():
    shelf = [Suggestion(Shoe(sku, "", sku, "neutral"), (Said("why_third"),)) for sku in ("X", "Y", "Z")]
    found = order(tried("A", 50), suggested=shelf)
    assert [one.suggestion.shoe.sku for one in found.untried] == ["X", "Y"]
    assert not order(*(tried(n, 50) for n in "ABCD"), suggested=shelf).untried


def test_the_same_shoes_in_another_order_of_the_visit_get_the_same_places_where_comfort_tells_them_apart():
    shoes = [tried("A", 40), tried("B", 80), tried("C", 60)]
    assert names(order(*shoes)) == names(order(*reversed(shoes)))


def test_each_sentence_is_in_the_catalogue_and_has_a_grade_with_its_source():
    known = evidence()
    assert {one.grade for one in known.values()} <= {"moderate", "low", "known", "none"}
    assert all(one.source for one in known.values())
    for stocks in (("here", "here"), ("here", "own"), ("own", "not_here")):
        for marks in ((50, 50), (50, 58), (50, 90), (None, 50), (None, None)):
            for labels in (OVER, NEUTRAL):
                shoes = [
                    tried(n, mm, stock=s, labels=lab)
                    for n, mm, s, lab in zip("AB", marks, stocks, (OVER, labels), strict=True)
                ]
                found = order(*shoes, peaks={("A", "B"): peak("real")})
                for said in (*(one.why for one in found.placed), *found.remarks):
                    assert say(said).endswith(".")
                    assert "{" not in say(said)


def test_the_limits_are_those_of_their_source():
    assert comfort_limits() == LIMITS
