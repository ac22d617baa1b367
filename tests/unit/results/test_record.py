"""What stands in a result is rounded once, the values of its sentences too."""

from dataclasses import replace

from gait.landmarks import Side
from gait.model import Estimate, FootVerdict, Judgement, Pronation, SpeedLimits, StrideTable
from gait.results.record import judged_again
from gait.said import Said
from tests.builders.results import example_result


def test_the_values_of_what_is_said_are_rounded_at_every_depth():
    fine = 1.23456789
    inner = Said("inner", {"deg": fine})
    said = Said("outer", {"deg": fine, "n": 3, "name": "left", "one": inner, "all": (inner, inner)})
    before = example_result().judged
    verdict = FootVerdict("neutral", {}, (said,))
    limits = SpeedLimits(9.7, 7.0, 13.0, "test")
    judgement = Judgement(
        before.basis, StrideTable(None, {}), Pronation(dict.fromkeys(Side, verdict), limits), "standing", {}, None
    )
    advice = before.recommendation
    shoe = replace(advice.shoes[0], why=(said,), why_not=(said,))
    after = judged_again(before, judgement, replace(advice, shoes=(shoe,), remarks=(said,)), [])
    short = Said("inner", {"deg": 1.23457})
    wanted = Said("outer", {"deg": 1.23457, "n": 3, "name": "left", "one": short, "all": (short, short)})
    assert after.feet[Side.LEFT].reasons == (wanted,)
    assert after.recommendation.remarks == (wanted,)
    assert (after.recommendation.shoes[0].why, after.recommendation.shoes[0].why_not) == ((wanted,), (wanted,))
    assert after.cadence_spm == before.cadence_spm == Estimate(167.4, (167.1, 167.7))
