"""What numbers and labels are called on the screen."""

from gait.model import Estimate
from gait.results.result import FootResult
from gait.ui.parts import words


def foot(label="undetermined", peak=None, **probability):
    return FootResult(26, label, "heel_counter", peak_eversion_deg=peak, probability=probability)


def test_a_likely_range_is_written_in_the_unit_shown():
    assert words.likely(Estimate(0.259, (0.253, 0.265)), " ms", 0, 1000) == "likely 253–265 ms"
    assert words.likely(None, "°") == ""
    assert words.number(Estimate(-0.2, (-1, 1)), 1) == "−0.2"
    assert words.number(None) == "–"


def test_a_heel_that_tilts_out_is_said_to_tilt_out():
    assert words.sentence(foot(peak=Estimate(-3.2, (-4.4, -2.0))), "standing") == (
        "From behind, your heel tilted out by about 3.2° (likely 2.0–4.4°) from how you stand."
    )


def test_certainty_is_in_words_and_not_in_per_cent():
    for p, said in ((0.99, "Very sure"), (0.9, "Quite sure"), (0.75, "Fairly sure")):
        assert words.certainty(foot("over", over=p, neutral=1 - p, under=0.0)) == said
    assert words.certainty(foot(over=0.55, neutral=0.45, under=0.0)) == "Between over-pronating and neutral"
    assert words.certainty(foot()) == ""
