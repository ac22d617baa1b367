"""A lens on the way through the stages: measured without it, drawn with it."""

import numpy as np
import pytest

from gait import first_look, pipeline, quality, trajectories
from gait.clip import StraightLegPictures
from gait.landmarks import Landmark, Side
from gait.lens import Lens
from gait.model import RearfootAngles
from gait.settings import Settings
from tests.builders import SAMPLES
from tests.unit.rearfoot.drawn import HEIGHT, UNEQUAL, WIDTH, Drawn, Film, film, stand

BARREL = Lens(-0.16, WIDTH, HEIGHT)


@pytest.fixture(scope="module")
def run() -> Film:
    return film(Drawn(UNEQUAL))


def test_without_a_lens_nothing_is_touched(run: Film) -> None:
    found = pipeline._straightened(run.track, run.trajectories, run.pictures, None, Settings())
    assert all(a is b for a, b in zip(found, (run.track, run.trajectories, run.pictures), strict=True))
    nothing = RearfootAngles({}, "none")
    assert pipeline._as_seen(nothing, None) is nothing


def test_with_one_points_paths_and_pictures_are_straight(run: Film) -> None:
    track, moves, legs = pipeline._straightened(run.track, run.trajectories, run.pictures, BARREL, Settings())
    heel = Landmark.of(Side.LEFT, "heel")
    assert track.landmarks_px[:, heel] == pytest.approx(BARREL.straight(run.track.landmarks_px[:, heel]), nan_ok=True)
    expected = trajectories.clean(track, Settings().trajectories).points_px
    assert moves.points_px == pytest.approx(expected, nan_ok=True)
    assert isinstance(legs, StraightLegPictures)
    crop, straight = run.pictures.crop(40), legs.crop(40)
    assert straight is not None
    assert straight.x0_px < crop.x0_px  # a barrel's picture grows


def test_what_is_drawn_lies_in_the_clip_s_own_picture(run: Film) -> None:
    measured = run.measure(stand(Drawn(UNEQUAL)))
    seen = pipeline._as_seen(measured, BARREL)
    for side, foot in measured.feet.items():
        assert seen.feet[side].heel_px == pytest.approx(BARREL.seen(foot.heel_px), nan_ok=True)
        assert seen.feet[side].shank_px == pytest.approx(BARREL.seen(foot.shank_px), nan_ok=True)
        assert np.array_equal(seen.feet[side].angle_deg, foot.angle_deg, equal_nan=True)


@pytest.mark.slow
def test_the_first_look_says_it_once_and_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quality, "measure_lens", lambda shots: BARREL.of_size(shots.width_px, shots.height_px))
    seen = first_look.check(SAMPLES / "treadmill_rear.mp4")
    assert seen.lens == BARREL.of_size(720, 1280)
    assert "lens_bends" in [f.code for f in seen.findings]
    assert "lens_bends" in [f.code for f in seen.lasting]
    view = next(c for c in seen.checks if c.name == "view")
    assert view.mark == "warn"
