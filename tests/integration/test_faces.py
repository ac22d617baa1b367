"""No face in anything that is kept: of a drawn second person whose heads' places are known, and of the clips with several people."""

from dataclasses import replace
from itertools import islice

import pytest

from gait import clip as clips
from gait import pose, trajectories
from gait.drawing.overlay import STRIP_PX, write_overlay
from gait.landmarks import Landmark, View
from gait.lower_legs import kept_boxes
from gait.model import Analysis
from gait.settings import PoseSettings, TrajectorySettings
from tests.builders import SHARED, needs_shared
from tests.builders.drawn import HEIGHT, WIDTH
from tests.builders.faces import faces_in
from tests.builders.seen import FACES, RADIUS, N, coloured, drawn_analysis, pictures_of


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    return drawn_analysis(tmp_path_factory.mktemp("drawn"))


def test_no_drawn_head_lies_in_what_is_kept(drawn):
    points = drawn.trajectories.points_px
    boxes = kept_boxes(points, drawn.trajectories.times_s, WIDTH, HEIGHT)
    hips_y = points[:, Landmark.LEFT_HIP, 1].max()
    assert sum(y > hips_y for _, y in FACES.values()) == 3, "a line at the hips would not have done"
    for name, (x, y) in FACES.items():
        outside = (x + RADIUS < boxes[:, 0]) | (x - RADIUS > boxes[:, 2])
        outside |= (y + RADIUS < boxes[:, 1]) | (y - RADIUS > boxes[:, 3])
        assert outside.all(), name


def test_the_film_shows_no_drawn_head_and_still_the_legs_and_the_belt(drawn, tmp_path):
    before = pictures_of(drawn.clip.path)
    assert min(map(coloured, before)) > 4 * RADIUS**2, "the heads are there to be found"
    film = pictures_of(write_overlay(drawn, clips.frames(drawn.clip, max_side_px=0), tmp_path / "overlay.mp4"))
    assert len(film) == N
    for picture in film:
        assert coloured(picture) == 0
        belt = picture[:-STRIP_PX].astype(int)
        assert ((belt[..., 1] - belt[..., 0] > 50) & (belt[..., 1] - belt[..., 2] > 50)).sum() > 1000


CROWDS = {
    "two_people_one_facing.mp4": ((0.55, 0.40), [(180, 690), (660, 480), (795, 510)]),
    "two_people_vp9.mp4": ((0.36, 0.25), [(640, 75), (1412, 607), (1482, 617)]),
}
"""Whom staff would choose, and where the heads are in the first second, read off the picture by eye: all of them, far ones too."""


@needs_shared
@pytest.mark.slow
@pytest.mark.parametrize("name", CROWDS)
def test_a_film_of_several_people_has_no_face_and_nothing_but_legs(name, tmp_path):
    clip = clips.open_clip(SHARED / "clips" / "bad" / name)
    clip = replace(clip, times_s=clip.times_s[:N])  # a part is enough
    chosen, heads = CROWDS[name]
    track, pictures = pose.track_clip(clip, PoseSettings(runner_at=chosen))
    pictures.close()
    moves = trajectories.clean(track, TrajectorySettings())
    boxes = kept_boxes(moves.points_px, moves.times_s, clip.width_px, clip.height_px)
    assert boxes.any(axis=1).mean() > 0.8, "the person was followed"
    for x, y in heads:
        assert ((x < boxes[:, 0]) | (x > boxes[:, 2]) | (y < boxes[:, 1]) | (y > boxes[:, 3])).all(), (x, y)
    whole = Analysis(clip, None, View.REAR, (), track, moves)
    film = pictures_of(write_overlay(whole, islice(clips.frames(clip, max_side_px=0), N), tmp_path / "overlay.mp4"))
    assert len(film) >= N - 1
    assert faces_in(film) == [0] * len(film)


@needs_shared
def test_the_detectors_that_are_the_proof_do_find_a_face():
    clip = clips.open_clip(SHARED / "clips" / "real" / "side_treadmill_run_30fps.mp4")
    assert sum(faces_in(frame.picture() for frame in islice(clips.frames(clip, max_side_px=0), 5))) > 0
