"""What holds for every finding."""

import numpy as np
import pytest

from gait import quality, words
from gait.landmarks import View
from tests.builders.drawn import checked, codes, moved, person, ran, rolled, runs, steps, timed, tracked


def test_every_finding_is_a_sentence_with_advice():
    everything = [
        *quality.check_clip(timed(np.arange(8) / 10, 200, 200)),
        *checked(tracked(np.full((9, 33, 2), np.nan))).values(),
        *checked(rolled(moved(runs(), 0, 400), 5)).values(),
        *checked(runs(), View.FRONT).values(),
        *ran(runs(cadence_spm=85, bounce_g=0.3)).values(),
        *ran(runs(cadence_spm=85, bounce_g=0.3, spring=False)).values(),
        *ran(runs(), steps(4, 4)).values(),
        *quality.check_standing(runs(), runs()),
    ]
    assert len(everything) > 8
    for f in everything:
        assert words.message(f).endswith(".") or words.message(f).endswith("?")
        assert words.message(f)[0].isupper()
        assert f.severity == "info" or words.advice(f)
        assert f.limit is not None or f.code == "standing_view"


@pytest.mark.parametrize("n", [0, 1, 3])
def test_hardly_any_frames_crash_nothing(n):
    t = tracked(person(n))
    found = [
        *checked(t).values(),
        *ran(t, steps(0, 0)).values(),
        *quality.check_standing(t, runs()),
        *quality.check_camera(t),
    ]
    assert codes(found, "refuse")
