"""Repeated pictures: on drawn pictures whose differences are known, then written into a clip and compressed again."""

import av
import numpy as np
import pytest

from gait import clip as clips
from gait import quality, words
from gait.model import Crop, PoseTrack
from gait.quality.repeats import BURST_FRAMES, MIN_FPS_HZ, MOVING, REPEATED_SHARE, UNMOVED, repeated
from tests.builders import SAMPLES

N = 600


class Drawn:
    """A grey square whose level follows `levels`, in a crop that wanders with the runner or jumps to and fro."""

    def __init__(self, levels, unseen=(), jump_px=0):
        self.levels, self.unseen, self.jump_px = levels, set(unseen), jump_px

    def crop(self, frame):
        """The square at that frame."""
        if frame in self.unseen:
            return None
        return Crop(
            np.full((64, 48), self.levels[frame], np.uint8),
            int(frame % 5 + self.jump_px * (frame % 2)),
            int(frame % 3),
        )

    def luma(self, frames):
        """The squares, in order."""
        return ((int(f), self.crop(int(f))) for f in frames)


def shown(new, fps=60.0, **more):
    """Findings on a clip whose frame k is a new picture where `new[k]`."""
    return quality.check_repeats(Drawn(20 * (np.cumsum(new) % 2), **more), np.arange(len(new)) / fps)


def every(n, of=N):
    """All but every n-th picture are new."""
    return np.arange(of) % n != n - 1


def test_all_pictures_new():
    assert shown(np.ones(N, dtype=bool)) == ()


@pytest.mark.parametrize(("n", "told"), [(2, True), (5, True), (6, True), (36, False)])
def test_share_of_repeats_from_both_sides(n, told):
    found = shown(every(n))
    assert [f.code for f in found] == (["repeated_frames"] if told else [])
    if told:
        assert found[0].severity == "warn"
        assert found[0].limit == REPEATED_SHARE
        assert found[0].value == pytest.approx(1 / n, abs=0.03)
        assert f"only {60 * (1 - found[0].value):.0f} are new" in words.message(found[0])
        assert words.advice(found[0]).endswith(".")


@pytest.mark.parametrize(("fps", "severity"), [(42.0, "warn"), (38.0, "refuse")])
def test_a_true_rate_below_the_least_is_refused(fps, severity):
    (found,) = shown(every(2), fps)
    assert found.severity == severity
    if severity == "refuse":
        assert found.value == pytest.approx(fps / 2, abs=0.1)
        assert found.limit == MIN_FPS_HZ


@pytest.mark.parametrize(("share", "is_repeat"), [(0.9 * UNMOVED, True), (1.1 * UNMOVED, False)])
def test_what_counts_as_unmoved_from_both_sides(share, is_repeat):
    changes = np.full(20, 10.0)
    changes[7] = 10 * share
    assert repeated([changes]).sum() == is_repeat


@pytest.mark.parametrize(("share", "counted"), [(0.9 * MOVING, 10), (1.1 * MOVING, 20)])
def test_a_burst_without_movement_is_left_out(share, counted):
    assert len(repeated([np.full(10, 10.0), np.full(10, 10.0 * share)])) == counted


def test_standing_before_the_run_is_no_repetition():
    # A codec writes nothing where nothing moves, but for its key frames.
    levels = np.where(np.arange(N) < N // 2, (np.arange(N) % 60 == 0).astype(int), 20 * (np.arange(N) % 2))
    assert quality.check_repeats(Drawn(levels), np.arange(N) / 60) == ()


def test_nothing_is_said_of_what_was_not_seen():
    assert shown(every(2), unseen=range(N)) == ()
    assert shown(every(2, of=BURST_FRAMES - 1)) == ()
    assert shown(np.zeros(N, dtype=bool)) == ()  # a still picture: another finding's matter
    assert len(shown(every(2), unseen=range(N // 2))) == 1


@pytest.mark.parametrize(("jump_px", "compared"), [(24, True), (36, False)])
def test_a_tracker_that_jumps_leaves_nothing_to_compare(jump_px, compared):
    # Of 48 pixels 20 and 8 remain common to all, with the wandering.
    assert bool(shown(every(2), jump_px=jump_px)) is compared


def rewritten(path, repeat_every):
    """The first 2.5 s of the sample clip, compressed again, every n-th picture replaced by the one before."""
    with av.open(str(SAMPLES / "treadmill_rear.mp4")) as source, av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=60, options={"crf": "28", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = 720, 1280, "yuv420p"
        last = None
        for k, frame in enumerate(source.decode(video=0)):
            if k == 150:
                break
            if last is None or repeat_every is None or k % repeat_every:
                last = frame.to_ndarray(format="yuv420p")
            again = av.VideoFrame.from_ndarray(last, format="yuv420p")
            again.pts = k
            out.mux(stream.encode(again))
        out.mux(stream.encode(None))
    return clips.open_clip(path)


@pytest.mark.slow
@pytest.mark.parametrize(("repeat_every", "share"), [(None, 0.0), (6, 1 / 6), (2, 1 / 2)])
def test_in_a_clip(tmp_path, repeat_every, share):
    clip = rewritten(tmp_path / "run.mp4", repeat_every)
    points = np.zeros((clip.n_frames, 33, 2))
    points[:, :, 0] = np.linspace(260, 460, 33)  # a box round both legs, wherever they are in it
    points[:, :25, 1], points[:, 25:27, 1], points[:, 27:, 1] = 400, 800, 1100
    n = clip.n_frames
    track = PoseTrack(clip.times_s, points, np.ones((n, 33)), np.zeros((n, 33, 3)), 720, 1280, "drawn", "drawn", "")
    with clips.leg_pictures(clip, track) as pictures:
        found = quality.check_repeats(pictures, clip.times_s)
    assert [f.value for f in found] == ([pytest.approx(share, abs=0.04)] if share else [])
