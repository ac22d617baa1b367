"""Tracks are found again exactly when they would come out the same, and nothing can make them wrong."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gait.model import Clip, PoseTrack
from gait.pose import Identity, cache
from gait.settings import PoseSettings

SETTINGS = PoseSettings()
BY = Identity("blaze", "full", "m" * 64, "runtime 1")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GAIT_CACHE_DIR", str(tmp_path))
    return tmp_path


def a_clip(n=5, sha="a" * 64):
    return Clip(Path("run.mp4"), sha, np.arange(n) / 60, 720, 1280, 0, "h264")


def a_track(clip, value=3.25):
    n = clip.n_frames
    landmarks = np.full((n, 33, 2), value)
    landmarks[1] = np.nan
    return PoseTrack(
        clip.times_s,
        landmarks,
        np.full((n, 33), 0.5),
        np.full((n, 33, 3), 0.1),
        720,
        1280,
        *(BY.tracker, BY.model, BY.model_sha256),
        np.arange(1, n, 2),
        BY.version,
    )


def test_a_track_comes_back_to_the_last_digit():
    clip = a_clip()
    track = a_track(clip, value=1 / 3)
    assert cache.save_track(clip, SETTINGS, track)
    found = cache.load_track(clip, SETTINGS, BY)
    assert found is not None
    for name in ("times_s", "landmarks_px", "visibility", "world_m", "between"):
        np.testing.assert_array_equal(getattr(found, name), getattr(track, name))
    assert (found.tracker, found.model, found.model_sha256) == ("blaze", "full", "m" * 64)
    assert found.tracker_version == "runtime 1"


@pytest.mark.parametrize(
    "change",
    [
        lambda c, s, m: (a_clip(sha="b" * 64), s, m),
        lambda c, s, m: (c, replace(s, min_tracking_confidence=0.6), m),
        lambda c, s, m: (c, replace(s, max_side_px=700), m),
        lambda c, s, m: (c, replace(s, track_hz=0), m),
        lambda c, s, m: (c, replace(s, static_image_mode=True), m),
        lambda c, s, m: (c, replace(s, tracker="other"), m),
        lambda c, s, m: (c, s, replace(m, tracker="other")),
        lambda c, s, m: (c, s, replace(m, model="heavy")),
        lambda c, s, m: (c, s, replace(m, model_sha256="n" * 64)),
        lambda c, s, m: (c, s, replace(m, version="runtime 2")),
        lambda c, s, m: (c.slowed(2), s, m),
    ],
)
def test_another_clip_setting_or_tracker_finds_nothing(change):
    clip = a_clip()
    cache.save_track(clip, SETTINGS, a_track(clip))
    assert cache.load_track(*change(clip, SETTINGS, BY)) is None


def test_an_entry_that_says_it_is_anothers_is_no_entry(folder):
    clip = a_clip()
    cache.save_track(clip, SETTINGS, a_track(clip))
    (entry,) = folder.rglob("*.npz")
    with np.load(entry) as z:
        values = dict(z)
    np.savez(entry, **values | {"tracker": np.array("other")})
    assert cache.load_track(clip, SETTINGS, BY) is None
    np.savez(entry, **values)
    assert cache.load_track(clip, SETTINGS, BY) is not None


def test_a_new_name_or_another_number_of_workers_finds_it():
    clip = a_clip()
    cache.save_track(clip, SETTINGS, a_track(clip))
    renamed = replace(clip, path=Path("other.mp4"))
    assert cache.load_track(renamed, replace(SETTINGS, workers=3), BY) is not None


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 cut off", b"\x93NUMPY"])
def test_a_damaged_entry_is_no_entry(damage, folder):
    clip = a_clip()
    cache.save_track(clip, SETTINGS, a_track(clip))
    (entry,) = folder.rglob("*.npz")
    entry.write_bytes(damage)
    assert cache.load_track(clip, SETTINGS, BY) is None


def test_an_entry_cut_anywhere_is_no_entry(folder):
    clip = a_clip()
    cache.save_track(clip, SETTINGS, a_track(clip))
    (entry,) = folder.rglob("*.npz")
    whole = entry.read_bytes()
    for length in range(0, len(whole), len(whole) // 40):
        entry.write_bytes(whole[:length])
        assert cache.load_track(clip, SETTINGS, BY) is None


def test_an_unwritable_folder_costs_the_cache_not_the_analysis(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("GAIT_CACHE_DIR", str(blocked))
    clip = a_clip()
    assert cache.save_track(clip, SETTINGS, a_track(clip)) is False
    assert cache.load_track(clip, SETTINGS, BY) is None


def test_only_landmarks_are_kept_and_nothing_half_written(folder):
    clip = a_clip()
    cache.save_track(clip, SETTINGS, a_track(clip))
    (entry,) = [p for p in folder.rglob("*") if p.is_file()]
    with np.load(entry) as z:
        assert set(z.files) == {"landmarks_px", "visibility", "world_m", "between", "tracker", "model"}


def test_the_oldest_go_when_there_are_too_many(monkeypatch, folder):
    import os

    monkeypatch.setattr(cache, "MAX_ENTRIES", 3)
    clips = [a_clip(sha=c * 64) for c in "abcde"]
    for age, clip in enumerate(clips):
        cache.save_track(clip, SETTINGS, a_track(clip))
        for entry in folder.rglob(f"{cache.track_key(clip, SETTINGS, BY)}.npz"):
            os.utime(entry, (age, age))
    found = [cache.load_track(c, SETTINGS, BY) is not None for c in clips]
    assert found == [False, False, True, True, True]
    assert cache.clear_tracks() == 3


def test_the_tracks_of_a_clip_are_deleted_whatever_made_them_and_no_others(tmp_path, monkeypatch):
    monkeypatch.setenv("GAIT_CACHE_DIR", str(tmp_path))
    folder = tmp_path / "tracks"
    folder.mkdir()
    mine, others = "ab" * 32, "cd" * 32
    for name in (f"{mine[:24]}-{'1' * 64}.npz", f"{mine[:24]}-{'2' * 64}.npz", f"{others[:24]}-{'3' * 64}.npz"):
        (folder / name).write_bytes(b"track")
    cache.forget_tracks([mine.upper(), "../../*", ""])
    assert [p.name[:24] for p in folder.iterdir()] == [others[:24]]
    (folder / ".track-half.npz").write_bytes(b"half")
    (folder / f"{'4' * 64}.npz").write_bytes(b"of an older version: it does not say whose it is")
    cache.drop_half_kept()
    assert [p.name[:24] for p in folder.iterdir()] == [others[:24]]
