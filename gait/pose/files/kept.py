"""The track of a clip of which only the lower legs are kept: nobody could find the runner in it again. Landmarks alone, no picture."""

import os
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from gait.errors import GaitError
from gait.model import Clip, Ints, PoseTrack

_TOLD = ("tracker", "model", "model_sha256", "tracker_version")


def write_track(track: PoseTrack, frames: Ints, lens_k1: float, out: Path) -> None:
    """Write the track of those frames (ascending; of the kept clip, one after the other), and how the lens bends. Raises OSError."""
    part = out.with_name(f".{out.name}.part")
    between = np.flatnonzero(np.isin(frames, track.between))
    try:
        with part.open("wb") as to:
            np.savez_compressed(
                to,
                landmarks_px=track.landmarks_px[frames],
                visibility=track.visibility[frames],
                world_m=track.world_m[frames],
                between=between,
                lens_k1=np.array(lens_k1),
                told=np.array([getattr(track, name) for name in _TOLD]),
            )
            to.flush()
            os.fsync(to.fileno())
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


def read_track(path: Path, clip: Clip) -> tuple[PoseTrack, float]:
    """The kept clip's track, and `gait.lens`'s first term. Raises GaitError when it cannot be read or is another clip's."""
    try:
        with np.load(path, allow_pickle=False) as z:
            told = dict(zip(_TOLD, z["told"].tolist(), strict=True))
            track = PoseTrack(
                *(clip.times_s, z["landmarks_px"], z["visibility"], z["world_m"]),
                *(clip.width_px, clip.height_px),
                tracker=told["tracker"],
                model=told["model"],
                model_sha256=told["model_sha256"],
            )
            track = replace(track, between=z["between"], tracker_version=told["tracker_version"])
            lens_k1 = float(z["lens_k1"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise GaitError("run_gone") from error
    if len(track.landmarks_px) != clip.n_frames:
        raise GaitError("run_gone")
    return track, lens_k1
