"""A made-up tracker with COCO's 17 points only goes through every part of the door."""

import threading
from dataclasses import dataclass, replace

import av
import numpy as np
import pytest

from gait import clip as clips
from gait import first_look, framing, pose
from gait.landmarks import Landmark
from gait.pose import COCO_17
from gait.pose.frame_by_frame import FrameByFrame
from gait.settings import PoseSettings
from tests.builders.trackers import HEIGHT_PX, STICK, TOY_IDENTITY, picture_of, registered, toy_see

TOY = PoseSettings(tracker="toy", track_hz=0)
WIDTH, HEIGHT = 320, 400
HIPS = [Landmark.LEFT_HIP, Landmark.RIGHT_HIP]


@pytest.fixture(autouse=True)
def toy(monkeypatch, tmp_path):
    monkeypatch.setenv("GAIT_CACHE_DIR", str(tmp_path / "cache"))
    registered(monkeypatch, "toy", "tests.builders.trackers:TOY")


@dataclass(frozen=True)
class Frame:
    """What a tracker knows of one; half the clip's size."""

    index: int
    time_s: float
    image: np.ndarray
    full_size_px: tuple[int, int] = (2 * WIDTH, 2 * HEIGHT)


def tracked(pictures, settings=TOY, rate_hz=30.0):
    """Hips of the one who is followed, (x, y) in the clip's pixels; None where nobody is."""
    frames = [Frame(i, i / rate_hz, picture) for i, picture in enumerate(pictures)]
    found = list(pose.open_tracker(settings).track(frames))
    assert [f.index for f, _ in found] == list(range(len(frames)))
    return [None if p is None else tuple(np.round(p.landmarks_px[HIPS].mean(axis=0), 6)) for _, p in found]


def test_cocos_points_come_out_at_the_clips_own_size_and_nothing_else():
    (_, found), *_ = pose.open_tracker(TOY).track([Frame(0, 0.0, picture_of((100, 150)))])
    np.testing.assert_allclose(found.landmarks_px, COCO_17.spread(2 * (np.array([100, 150]) + HEIGHT_PX * STICK)))
    missing = sorted(set(Landmark) - COCO_17.joints)
    assert np.isnan(found.landmarks_px[missing]).all()
    assert np.isnan(found.world_m).all()
    assert (found.visibility[missing] == 0).all()
    assert (found.visibility[sorted(COCO_17.joints)] == 1).all()


def test_the_best_is_followed_until_he_is_lost_for_long():
    both, other = picture_of((100, 150), (220, 150)), picture_of((220, 150))
    # Half a second at 30 fps is 15 frames: until then the other one is nobody's business.
    found = tracked([both, *[other] * 20, both])
    assert found[0] == (200, 300)
    assert found[1:15] == [None] * 14
    assert found[18:] == [(440, 300)] * 4


def test_a_chosen_runner_is_followed_and_waited_for():
    chosen = replace(TOY, runner_at=(220 / WIDTH, 150 / HEIGHT))
    moved = [picture_of((100, 150), (220 - 2 * i, 150)) for i in range(10)]
    gone = [picture_of((100, 150))] * 30
    found = tracked([*moved, *gone, moved[-1]], chosen)
    assert found[:10] == [(440 - 4 * i, 300) for i in range(10)]
    assert found[10:40] == [None] * 30
    assert found[40] == found[9]


def test_a_closer_look_gives_the_same_places_from_less_of_the_picture():
    """Where he is not in that part of the picture, all of it is looked at again."""
    sizes = []

    def see(picture):
        sizes.append(picture.shape[1::-1])
        return toy_see(picture)

    places = [(100, 150), (104, 151), (108, 150), (220, 160)]
    frames = [Frame(i, i / 30, picture_of(place)) for i, place in enumerate(places)]
    near = list(FrameByFrame(TOY_IDENTITY, see, TOY, closer=True).track(frames))
    for (_, found), place in zip(near[:3], places, strict=False):
        np.testing.assert_allclose(found.landmarks_px, COCO_17.spread(2 * (np.array(place) + HEIGHT_PX * STICK)))
    assert near[3][1] is None, "he cannot have gone so far within one frame"
    assert sizes[0] == (WIDTH, HEIGHT)
    assert all(0.3 < w / WIDTH < 0.5 for w, _ in sizes[1:4])
    assert sizes[4:] == [(WIDTH, HEIGHT)]


@pytest.mark.parametrize("rate_hz", [60.0, 90.0])
def test_frames_between_lie_on_the_straight_line_and_next_to_a_loss_are_unknown(rate_hz):
    """Detected in is every second or every third frame: 6 is the last one before the loss either way."""
    pictures = [picture_of((100 + 2 * i, 150)) for i in range(12)]
    pictures[8:] = [picture_of()] * 4
    found = tracked(pictures, replace(TOY, track_hz=29.0), rate_hz=rate_hz)
    assert found[:7] == [(200 + 4 * i, 300) for i in range(7)]
    assert found[7:] == [None] * 5


def test_everybody_in_a_frame_is_known_while_tracking_and_only_then():
    tracker = pose.open_tracker(TOY)
    frame = Frame(0, 0.0, picture_of((100, 150), (220, 150)))
    assert tracker.people(frame).cancelled()
    run = tracker.track([frame])
    next(run)
    people = tracker.people(frame).result()
    run.close()
    np.testing.assert_allclose(people[:, :2], [[200, 300], [440, 300]])
    np.testing.assert_allclose(people[:, 3], [1.0, 235 / 255], atol=1e-6)
    np.testing.assert_allclose(people[:, 4], 0.0, atol=1e-12)
    assert tracker.people(frame).cancelled()


def a_clip(path, pictures, rate=30):
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=rate, options={"crf": "5", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for picture in pictures:
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        out.mux(stream.encode(None))
    return clips.open_clip(path)


def test_a_whole_clip_is_tracked_kept_and_found_again_under_its_own_name_only(tmp_path):
    clip = a_clip(tmp_path / "run.mp4", [picture_of((100 + i, 150)) for i in range(20)])
    track, legs = pose.track_clip(clip, TOY)
    legs.close()
    assert (track.tracker, track.model, track.tracker_version) == ("toy", "squares", "toy 1")
    hips = track.landmarks_px[:, HIPS].mean(axis=1)
    np.testing.assert_allclose(hips, np.column_stack([100 + np.arange(20), np.full(20, 150)]), atol=1.0)
    assert pose.save_track(clip, TOY, track)
    np.testing.assert_array_equal(pose.load_track(clip, TOY, pose.identify(TOY)).landmarks_px, track.landmarks_px)
    assert pose.load_track(clip, PoseSettings(track_hz=0), pose.identify(PoseSettings())) is None
    assert pose.load_track(clip, TOY, replace(pose.identify(TOY), version="toy 2")) is None


def test_the_first_look_sees_both_people_and_asks(tmp_path):
    both = picture_of((80, 150), (240, 150))
    clip = a_clip(tmp_path / "run.mp4", [both] * 20)
    samples = [(i / 10, both) for i in range(10)]
    found = pose.glance(samples, clip, TOY)
    np.testing.assert_allclose(found.hips, [[80 / WIDTH, 150 / HEIGHT], [240 / WIDTH, 150 / HEIGHT]])
    for box, hips in zip(found.boxes, found.hips, strict=True):
        assert box[0] < hips[0] < box[2]
        assert box[1] < hips[1] < box[3]
    assert found.track.tracker == "toy"
    right = pose.glance(samples, clip, replace(TOY, runner_at=(0.75, 0.4)))
    np.testing.assert_allclose(right.track.landmarks_px[:, HIPS].mean(axis=1), [[240, 150]] * 10)
    health = first_look.check(clip.path, TOY)
    assert health.track is None or health.track.tracker == "toy"


def test_a_clip_is_tracked_while_it_is_recorded(tmp_path, trackings):
    clip = a_clip(tmp_path / "run.mp4", [picture_of((100, 150))] * 20)
    trackings.begin(clip.path, lambda: True, TOY)
    track, legs = pose.track_clip(clip, TOY, followed=trackings)
    legs.close()
    assert track.tracker == "toy"
    assert track.detected.all()
    assert not [t for t in threading.enumerate() if t.name == "gait-live"]


def test_the_guide_in_front_of_a_camera_takes_it_too():
    guide = framing.Guide(pose.StillTracker(TOY))
    seen = guide.look(0.0, picture_of((100, 150)), (WIDTH, HEIGHT), 60.0)
    np.testing.assert_allclose(seen.landmarks[HIPS].mean(axis=0), [100 / WIDTH, 150 / HEIGHT])
    assert guide.look(1.0, picture_of(), (WIDTH, HEIGHT), 60.0).landmarks is None
