"""Real clips: each is refused for its own reason, and the good ones are not."""

import numpy as np
import pytest

from gait import clip as clips
from gait import quality
from gait.landmarks import Side
from gait.model import Clip
from gait.pipeline import Choices, analyse
from gait.pose import find_people
from tests.builders import SHARED, needs_shared
from tests.builders.drawn import codes

pytestmark = [needs_shared, pytest.mark.slow]
BAD = SHARED / "clips" / "bad"


def sampled(name: str) -> tuple[Clip, list[tuple[float, np.ndarray]]]:
    c = clips.open_clip(BAD / name)
    indices = np.unique(np.linspace(0, c.n_frames - 1, 12).astype(np.int64))
    return c, [(f.time_s, f.image) for f in clips.stills(c, indices, max_side_px=640)]


@pytest.mark.parametrize(("name", "code"), [("too_dark.mp4", "too_dark"), ("empty_treadmill.mp4", "no_runner")])
def test_a_dozen_pictures_refuse_the_hopeless(name, code):
    c, samples = sampled(name)
    found = [*quality.check_pictures(samples), *quality.check_people(find_people(samples, c.width_px, c.height_px))]
    assert code in codes(found, "refuse")


@pytest.mark.parametrize("name", ["rotated_metadata.mp4", "variable_rate.mp4"])
def test_a_dozen_pictures_pass_the_good(name):
    c, samples = sampled(name)
    persons = find_people(samples, c.width_px, c.height_px)
    found = [*quality.check_clip(c), *quality.check_pictures(samples), *quality.check_people(persons)]
    assert not codes(found, "refuse")
    assert all(len(p) == 1 for _, p in persons)
    assert np.median([p[0, 0] for _, p in persons]) == pytest.approx(c.width_px / 2, abs=0.05 * c.width_px)


def test_the_detector_sees_the_second_person():
    c, samples = sampled("two_people_one_facing.mp4")
    assert max(len(p) for _, p in find_people(samples, c.width_px, c.height_px)) == 2


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("bad/no_person_night_traffic", {"no_runner"}),
        ("bad/person_without_legs", {"feet_out_of_view"}),
        ("bad/feet_cut_off", {"feet_out_of_view"}),
        ("bad/two_people_vp9", {"several_people"}),
        ("bad/two_people_one_facing", {"several_people", "not_running"}),
        ("bad/slow_motion", {"slow_motion"}),
        ("bad/rotated_metadata", set()),
        ("real/rear_oblique_standing_60fps", {"not_running"}),
        ("real/side_treadmill_run_30fps", set()),
    ],
)
def test_each_clip_is_refused_for_its_own_reason(name, expected):
    found = analyse(SHARED / "clips" / f"{name}.mp4").findings
    refusals = codes(found, "refuse")
    assert refusals <= expected
    assert bool(refusals) is bool(expected)
    assert ("not_behind" in codes(found, "warn")) is (name == "real/side_treadmill_run_30fps" or "vp9" in name)


def test_slow_motion_once_confirmed_has_the_times_of_its_origin():
    """The clip is the first 4 s of dev01, 60 pictures a second stored as 30 and compressed once more."""
    slow = analyse(BAD / "slow_motion.mp4", Choices(slow_motion=2))
    origin = analyse(SHARED / "clips" / "rendered" / "dev01.mp4")
    assert not slow.refused
    assert slow.events is not None
    assert slow.events.cadence_spm is not None
    assert slow.events.cadence_spm.value == pytest.approx(167.44, abs=0.3)
    for side in Side:
        ours, theirs = slow.events.feet[side].stances_s(), origin.events.feet[side].stances_s()
        assert len(ours) >= 5
        np.testing.assert_allclose(np.diff(ours), np.diff(theirs[: len(ours)]), atol=0.005)
        np.testing.assert_allclose(ours, theirs[: len(ours)], atol=0.005)
