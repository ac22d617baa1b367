"""Which of several people: two sample runs side by side in one picture, and whoever is chosen is followed, and nobody else."""

import argparse
from dataclasses import replace

import av
import numpy as np
import pytest

from gait import clip as clips
from gait import first_look, pose, quality, words
from gait.cli.arguments import place
from gait.cli.main import main
from gait.landmarks import Landmark
from gait.pipeline import Choices
from gait.pose import Identity, cache
from gait.pose.trackers import blazepose_networks
from gait.pose.trackers.blazepose import BlazePose
from gait.settings import PoseSettings
from tests.builders import SAMPLES
from tests.builders.drawn import codes, person, runs, tracked
from tests.builders.trackers import FakeFrame, FakeWorker
from tests.unit.quality.test_people import beside, seen

FRAMES = 90
GONE = range(36, 60)
"""Frames from which the runner on the right is painted out: longer than the tracker's lag."""
LEFT, RIGHT = (0.25, 0.47), (0.75, 0.47)


def pair(path, gone=range(0)):
    """Two runs of the sample's runner side by side, the right one mirrored and a quarter of a stride later."""
    a, b = (clips.open_clip(SAMPLES / name) for name in ("treadmill_rear.mp4", "treadmill_rear_shoe_b.mp4"))
    left = clips.frames(a, max_side_px=640, stop=FRAMES)
    right = clips.frames(b, max_side_px=640, start=10, stop=FRAMES + 10)
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=60, options={"crf": "20", "g": "30", "preset": "ultrafast"})
        for i, (x, y) in enumerate(zip(left, right, strict=True)):
            other = np.full_like(y.image, 120) if i in gone else y.image[:, ::-1]
            image = np.ascontiguousarray(np.hstack([x.image, other]))
            if i == 0:
                stream.width, stream.height, stream.pix_fmt = image.shape[1], image.shape[0], "yuv420p"
            out.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        out.mux(stream.encode(None))
    return clips.open_clip(path)


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    return pair(tmp_path_factory.mktemp("pair") / "both.mp4")


def followed(clip, runner_at):
    """(n,) where the hips of whoever was followed are, as a share of the width; NaN where nobody was seen."""
    track, legs = pose.track_clip(clip, PoseSettings(runner_at=runner_at))
    legs.close()
    return track.landmarks_px[:, [Landmark.LEFT_HIP, Landmark.RIGHT_HIP], 0].mean(axis=1) / clip.width_px


@pytest.mark.parametrize("place", [LEFT, RIGHT])
def test_the_one_who_was_chosen_is_followed(both, place):
    np.testing.assert_allclose(followed(both, place), place[0], atol=0.03)


def test_a_chosen_runner_who_is_lost_is_waited_for_not_swapped(tmp_path):
    x = followed(pair(tmp_path / "lost.mp4", GONE), RIGHT)
    # frames between the last look that found him and the first that did not are not known either
    there = np.setdiff1d(np.arange(FRAMES), range(GONE.start - 1, GONE.stop + 1))
    np.testing.assert_allclose(x[there], RIGHT[0], atol=0.03)
    hidden = x[list(GONE)]
    assert not np.any(hidden < 0.5), "the other runner must not be taken instead"
    assert np.isnan(hidden).mean() > 0.5


def test_nobody_at_the_place_is_nobody(both):
    few = replace(both, times_s=both.times_s[:8])
    assert np.isnan(followed(few, (0.5, 0.05))).all()


def test_the_first_look_numbers_both_and_asks(both):
    found = first_look.check(both.path)
    assert len(found.boxes) == 2
    np.testing.assert_allclose(found.hips[:, 0], [LEFT[0], RIGHT[0]], atol=0.03)
    assert "several_people" in codes(found.findings, "warn")
    assert not found.refused
    for k in (0, 1):
        one = first_look.check(both.path, PoseSettings(runner_at=(float(found.hips[k, 0]), float(found.hips[k, 1]))))
        assert "several_people" not in codes(one.findings)
        assert one.track is not None
        hips = one.track.landmarks_px[:, [Landmark.LEFT_HIP, Landmark.RIGHT_HIP], 0].mean(axis=1)
        np.testing.assert_allclose(hips / both.width_px, found.hips[k, 0], atol=0.03)
        assert {c.name: c for c in one.checks}["runner"].mark == "ok"


def test_check_tells_what_to_give_for_each_runner(both, capsys):
    assert main(["check", str(both.path)]) == 0
    said = capsys.readouterr().out
    assert "Runner 1, counted from the left: --runner-at 0.2" in said
    assert "Runner 2, counted from the left: --runner-at 0.7" in said


# -- the rule, without networks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 3])
def test_detection_begins_at_the_choice_and_goes_on_where_the_runner_was_last(monkeypatch, workers):
    asked = {}

    class Noting(FakeWorker):
        def track(self, frame, region, near=None):
            asked[frame.index] = near
            return super().track(frame, region, near)

    monkeypatch.setattr(blazepose_networks, "Worker", Noting)
    frames = [FakeFrame(i, i / 60) for i in range(60)]
    found = list(BlazePose(PoseSettings(workers=workers, runner_at=(0.1, 0.9))).track(frames))
    assert len(found) == 60
    assert asked[0] == (0.1, 0.9)
    assert asked[59] != (0.1, 0.9)
    asked.clear()
    list(BlazePose(PoseSettings(workers=workers)).track(frames))
    assert set(asked.values()) == {None}


def test_a_choice_is_part_of_what_a_track_depends_on(both):
    def key(**chosen):
        return cache.track_key(both, PoseSettings(**chosen), Identity("t", "m", "0", "1"))

    assert len({key(), key(runner_at=LEFT), key(runner_at=RIGHT)}) == 3
    assert key() == key(runner_at=None)
    assert Choices(runner_at=LEFT).pose.runner_at == LEFT
    assert Choices().pose == PoseSettings()


def test_another_person_is_a_remark_once_staff_have_chosen():
    both_ = seen(*[beside(0.0), beside(1.0)])
    for track in (runs(), tracked(person(480))):
        found = quality.check_people(both_, track, chosen=True)
        assert [(f.code, f.severity) for f in found] == [("runner_chosen", "info")]
    refused = quality.check_people(both_, tracked(person(480)))
    assert "--runner-at" in words.advice(refused[0])


@pytest.mark.parametrize("text", ["0.5", "0.5,x", "1.2,0.5", "-0.1,0.5", "nan,0.5", "0.1,0.2,0.3"])
def test_a_place_that_is_none(text):
    with pytest.raises(argparse.ArgumentTypeError):
        place(text)
    assert place("0.25, 0.5") == (0.25, 0.5)


def test_a_place_outside_the_picture_is_no_setting():
    with pytest.raises(ValueError, match="runner_at x"):
        PoseSettings(runner_at=(1.5, 0.5))
