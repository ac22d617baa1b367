"""Tracks of clips that were analysed before: found again by the clip's content, never by its name.

Tracking takes most of the time; what comes after it is quick. Only landmarks are kept, no pictures. The key holds
everything a track depends on (clip, tracker with its model file and version, settings that change numbers), so an entry is never
wrong, only unused.
"""

import contextlib
import hashlib
import os
import re
import tempfile
import time
import zipfile
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import numpy as np

from gait.model import Clip, PoseTrack
from gait.places import cache_folder
from gait.pose.base import Identity
from gait.settings import PoseSettings

FORMAT = "5"
"""Raised when what is kept, or how frames are given to trackers, changes: tracks of before are not found any more."""
MAX_ENTRIES = 300
"""About 1.3 MB for 20 s at 60 per second: some 380 MB. The ones unused longest go first."""
HASH = re.compile(r"[0-9a-fA-F]{64}")
_NO_EFFECT = {"workers"}
"""Settings that do not change a number (a test holds this)."""


def track_key(clip: Clip, settings: PoseSettings, by: Identity) -> str:
    """Names a track: equal exactly when tracking again would give the same numbers."""
    chosen = {name: value for name, value in asdict(settings).items() if name not in _NO_EFFECT and value is not None}
    made_by = (by.tracker, by.model, by.model_sha256, by.version)
    parts = [FORMAT, clip.sha256, str(clip.n_frames), *made_by, repr(sorted(chosen.items()))]
    if clip.slow_motion != 1:  # the tracker's lags are in seconds as they passed
        parts.append(f"slow motion {clip.slow_motion:.6g}")
    if clip.turned:
        parts.append(f"turned {clip.turned}")
    if clip.mirrored:
        parts.append("mirrored")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def load_track(clip: Clip, settings: PoseSettings, by: Identity) -> PoseTrack | None:
    """The track of this clip that this tracker would give under these settings; None when there is none or it cannot be read."""
    path = _path(clip, settings, by)
    try:
        with np.load(path, allow_pickle=False) as z:
            if (str(z["tracker"]), str(z["model"])) != (by.tracker, by.model):
                return None
            track = PoseTrack(
                clip.times_s,
                z["landmarks_px"],
                z["visibility"],
                z["world_m"],
                clip.width_px,
                clip.height_px,
                by.tracker,
                by.model,
                by.model_sha256,
                z["between"],
                by.version,
            )
        n = clip.n_frames
        if (
            track.landmarks_px.shape != (n, 33, 2)
            or track.visibility.shape != (n, 33)
            or track.world_m.shape != (n, 33, 3)
        ):
            return None
        with contextlib.suppress(OSError):
            os.utime(path)  # "used now", for `_make_room`
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    return track


def save_track(clip: Clip, settings: PoseSettings, track: PoseTrack) -> bool:
    """Keep a track. False when it could not be written: an analysis must not fail for its cache.

    Written beside its place and moved there, so that a crash or a second program never leaves half an entry.
    """
    by = Identity(track.tracker, track.model, track.model_sha256, track.tracker_version)
    path = _path(clip, settings, by)
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".track-", suffix=".npz", delete=False) as f:
            temporary = Path(f.name)
            np.savez(
                f,
                landmarks_px=track.landmarks_px,
                visibility=track.visibility,
                world_m=track.world_m,
                between=track.between,
                tracker=np.array(track.tracker),
                model=np.array(track.model),
            )
        temporary.replace(path)
        _make_room(path.parent)
    except OSError:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink()
        return False
    return True


def clear_tracks() -> int:
    """Delete every entry (and what a crash left half-written); how many there were."""
    count = 0
    for path in [*_tracks_folder().glob("*.npz"), *_tracks_folder().glob(".track-*")]:
        with contextlib.suppress(OSError):
            path.unlink()
            count += 1
    return count


def tracks_of(clips_sha256: Iterable[str]) -> list[Path]:
    """The kept tracks of these clips, whatever made them."""
    marks = sorted({_mark(s) for s in clips_sha256 if HASH.fullmatch(s)})
    return [path for mark in marks for path in sorted(_tracks_folder().glob(f"{mark}-*.npz"))]


def forget_tracks(clips_sha256: Iterable[str]) -> None:
    """Delete the tracks of these clips, whatever made them. Raises OSError."""
    for path in tracks_of(clips_sha256):
        path.unlink(missing_ok=True)


def drop_half_kept() -> None:
    """Delete what killed programs left half-written, and entries of older versions, which do not say whose they are. Raises OSError.

    A living program that is just writing one loses that entry and nothing else.
    """
    folder = _tracks_folder()
    for path in [*folder.glob(".track-*"), *(p for p in folder.glob("*.npz") if HASH.fullmatch(p.stem))]:
        path.unlink(missing_ok=True)


def _tracks_folder() -> Path:
    return cache_folder() / "tracks"


def _path(clip: Clip, settings: PoseSettings, by: Identity) -> Path:
    """Begins with the clip's checksum, so that the tracks of a clip are found whatever made them."""
    return _tracks_folder() / f"{_mark(clip.sha256)}-{track_key(clip, settings, by)}.npz"


def _mark(sha256: str) -> str:
    return sha256[:24].lower()


def _make_room(folder: Path) -> None:
    """Drop the entries unused longest beyond `MAX_ENTRIES`, and half-written ones a day old."""
    entries = sorted((p for p in folder.glob("*.npz") if not p.name.startswith(".")), key=_used)
    old = [p for p in folder.glob(".track-*") if _used(p) < time.time() - 86400]
    for path in entries[:-MAX_ENTRIES] + old:
        with contextlib.suppress(OSError):
            path.unlink()


def _used(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # another program was quicker
        return 0.0
