"""Lost and repeated frames, on drawn legs whose every frame is known."""

from dataclasses import replace

import numpy as np
import pytest

from gait import clip as clips
from gait import quality, words
from gait.clock import find, read_clock
from gait.clock.find import _same_moment
from gait.clock.sights import Sights, repeated
from gait.clock.stride import Way
from gait.model import Crop, FrameTimes
from tests.builders import SAMPLES
from tests.builders.gait import runner

FPS_HZ, N, STRIDE_S = 60.0, 420, 0.717


class Legs:
    """Two soft bright spots that swing as feet do, half a stride apart: frame k shows them at `times_s[k]`."""

    def __init__(self, times_s, stride_s=STRIDE_S, noise=1.0, seed=0):
        rng = np.random.default_rng(seed)
        turns = np.asarray(times_s) / stride_s if np.isscalar(stride_s) else np.asarray(stride_s)
        y, x = np.mgrid[0:160, 0:120]
        self.images = []
        for turn in turns:
            level = np.full(y.shape, 60.0)
            for side, lead in ((40, 0.0), (80, 0.5)):
                swing = (1 - np.cos(2 * np.pi * (turn - lead))) / 2
                ahead = np.sin(2 * np.pi * (turn - lead))
                level += 150 * np.exp(-((x - side - 7 * ahead) ** 2 + (y - 130 + 90 * swing) ** 2) / (2 * 12**2))
            noisy = level + noise * rng.standard_normal(level.shape)
            self.images.append(np.clip(noisy, 0, 255).astype(np.uint8))

    def luma(self, frames):
        """As `LegPictures.luma`."""
        return ((int(f), Crop(self.images[int(f)], 200, 700)) for f in frames)


def legs_at(taken, **more):
    """The clock of frames that were taken at frame numbers `taken` and stored one after the other."""
    times_s = np.asarray(taken) / FPS_HZ
    track = runner(stride_s=STRIDE_S, times_s=times_s)
    stored_s = np.arange(len(times_s)) / FPS_HZ
    return stored_s, read_clock(stored_s, track.landmarks_px, Legs(times_s, **more))


def lost(share, seed=1):
    """Frame numbers of which a share is missing here and there."""
    kept = np.random.default_rng(seed).random(N) >= share
    return np.flatnonzero(kept | (np.arange(N) == 0))


@pytest.mark.parametrize("share", [0.03, 0.08])
def test_lost_frames_are_put_back_where_they_were(share):
    taken = lost(share)
    _, clock = legs_at(taken)
    found = clock.times_s * FPS_HZ - (taken - taken[0])
    before = np.arange(len(taken)) - (taken - taken[0])
    assert clock.added == 0
    assert clock.lost == pytest.approx(N - len(taken), rel=0.2)
    assert abs(found[-1]) <= 1.96 * clock.sd_share * N
    assert abs(found[-1]) <= 0.2 * abs(before[-1])
    assert 0 < clock.sd_share < 0.02


def test_a_clean_clip_keeps_its_times():
    stored_s, clock = legs_at(np.arange(N))
    assert np.array_equal(clock.times_s, stored_s)
    assert (clock.lost, clock.added, clock.sd_share) == (0, 0, 0.0)


def test_frames_put_in_twice_are_taken_out():
    order = np.sort(np.r_[np.arange(N), np.random.default_rng(2).choice(np.arange(20, N - 20), 28, replace=False)])
    stored_s = np.arange(len(order)) / FPS_HZ
    pictures = Legs(np.arange(N) / FPS_HZ)
    pictures.images = [pictures.images[k] for k in order]
    clock = read_clock(stored_s, runner(stride_s=STRIDE_S, times_s=order / FPS_HZ).landmarks_px, pictures)
    assert clock.added == pytest.approx(28, abs=2)
    assert clock.lost == 0
    assert clock.times_s[-1] == pytest.approx((N - 1) / FPS_HZ, abs=2.5 / FPS_HZ)
    assert (np.diff(clock.times_s) > 0).all()


def test_a_copy_in_place_of_a_lost_frame_leaves_the_times():
    shown = np.arange(N)
    instead = np.random.default_rng(3).choice(np.arange(20, N - 20), 28, replace=False)
    pictures = Legs(shown / FPS_HZ)
    for k in np.sort(instead):
        pictures.images[k] = pictures.images[k - 1]
    stored_s = shown / FPS_HZ
    clock = read_clock(stored_s, runner(stride_s=STRIDE_S, times_s=stored_s).landmarks_px, pictures)
    assert np.array_equal(clock.times_s, stored_s)


def test_true_gaps_stay_as_they_are():
    times_s = lost(0.2) / FPS_HZ
    times_s -= times_s[0]
    clock = read_clock(times_s, runner(stride_s=STRIDE_S, times_s=times_s).landmarks_px, Legs(times_s))
    assert np.array_equal(clock.times_s, times_s)


def test_a_runner_who_speeds_up_loses_no_frames():
    stored_s = np.arange(N) / FPS_HZ
    turns = stored_s / STRIDE_S * (1 + 0.03 * stored_s / stored_s[-1])
    clock = read_clock(stored_s, runner(stride_s=STRIDE_S, times_s=stored_s).landmarks_px, Legs(stored_s, turns))
    assert np.array_equal(clock.times_s, stored_s)


def test_strides_that_differ_as_peoples_do_lose_no_frames():
    stored_s = np.arange(N) / FPS_HZ
    ends = np.cumsum(STRIDE_S * (1 + 0.015 * np.random.default_rng(4).standard_normal(20)))
    turns = np.interp(stored_s, np.r_[0.0, ends], np.arange(21))
    clock = read_clock(stored_s, runner(stride_s=STRIDE_S, times_s=stored_s).landmarks_px, Legs(stored_s, turns))
    assert np.array_equal(clock.times_s, stored_s)


@pytest.mark.parametrize("frames", [2, 29, 60, 170])
def test_short_clips_keep_their_times(frames):
    stored_s, clock = legs_at(np.arange(frames))
    assert np.array_equal(clock.times_s, stored_s)


def test_without_pictures_nothing_is_told():
    class Nobody:
        def luma(self, frames):
            return ((int(f), None) for f in frames)

    stored_s = np.arange(N) / FPS_HZ
    clock = read_clock(stored_s, runner(stride_s=STRIDE_S, times_s=stored_s).landmarks_px, Nobody())
    assert np.array_equal(clock.times_s, stored_s)


def test_a_repeat_is_a_frame_that_hardly_differs():
    levels = np.array([0.0, 10.0, 11.9, 21.9, 24.0, 34.0])[:, None]
    assert repeated(Sights(levels)).tolist() == [False, False, True, False, False, False]


@pytest.mark.parametrize(
    ("lost", "added", "case", "said"),
    [
        (10, 0, "", "10% of the frames were lost"),
        (10, 5, "both", "5% were put in twice"),
        (0, 9, "added", "lasts longer"),
    ],
)
def test_what_was_mended_is_said(lost, added, case, said):
    (found,) = quality.check_clock(FrameTimes(np.arange(90) / 60, lost, added, 0.01))
    assert (found.code, found.case, found.severity) == ("frames_lost", case, "warn")
    assert said in words.message(found)
    assert words.advice(found).endswith(".")


def test_lost_frames_that_cannot_be_placed_widen(monkeypatch):
    def nothing_better(values, stamps, phase, stride_frames, allowed):
        return Way(np.zeros(len(stamps) - 1, np.int64), stride_frames, phase, 0.0)

    monkeypatch.setattr(find, "whole_steps", nothing_better)
    stored_s, clock = legs_at(lost(0.1))
    assert np.array_equal(clock.times_s, stored_s)
    assert 0.05 < clock.doubtful < 0.15
    assert 1.96 * clock.sd_share > 0.1


def test_times_that_explain_less_than_the_files_are_not_taken(monkeypatch):
    whole_steps = find.whole_steps

    def dear(values, stamps, phase, stride_frames, allowed):
        way = whole_steps(values, stamps, phase, stride_frames, allowed)
        return replace(way, cost=way.cost + (1e6 if allowed.any() else 0.0))

    monkeypatch.setattr(find, "whole_steps", dear)
    stored_s, clock = legs_at(lost(0.1))
    assert np.array_equal(clock.times_s, stored_s)


def test_frames_are_found_in_the_file_under_their_new_times():
    clip = clips.open_clip(SAMPLES / "treadmill_rear.mp4")
    later = np.arange(clip.n_frames) >= 40
    mended = clip.retimed(clip.times_s + later / FPS_HZ)
    wanted = np.array([39, 40, 200])
    shown = list(clips.stills(mended, wanted, max_side_px=64))
    assert [f.index for f in shown] == wanted.tolist()
    assert [f.time_s for f in shown] == pytest.approx((wanted + (wanted >= 40)) / FPS_HZ, abs=1e-6)
    as_before = list(clips.stills(clip, wanted, max_side_px=64))
    assert all(np.array_equal(a.image, b.image) for a, b in zip(shown, as_before, strict=True))
    slowed = clip.slowed(2).retimed(clip.slowed(2).times_s + later / FPS_HZ)
    assert [f.index for f in clips.stills(slowed, wanted, max_side_px=64)] == wanted.tolist()


def test_doubt_is_said():
    (found,) = quality.check_clock(FrameTimes(np.arange(90) / 60, sd_share=0.1, doubtful=0.06))
    assert (found.code, found.case, found.value) == ("frames_lost", "somewhere", 0.06)
    assert "Where cannot be told" in words.message(found)


def test_steps_at_one_moment_of_the_stride_are_the_runners():
    assert _same_moment(np.full(8, 0.3))
    assert _same_moment(np.tile([0.2, 0.7], 6))
    assert not _same_moment(np.arange(12) / 12)
    assert not _same_moment(np.full(5, 0.3))


def test_nothing_is_said_of_true_times():
    assert quality.check_clock(FrameTimes(np.arange(90) / 60)) == ()
