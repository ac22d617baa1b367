"""A track in the form of another tool, so that it can be looked at there: what `read_points` then reads of it is the same to 0.01 px.

What the other skeleton does not have is lost: COCO has no feet, none but TRC has the frames' times. Who tracked is written beside the
points where the form allows it, so that gait reads the steps of its own tracker's points as its own.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np

from gait.errors import GaitError
from gait.landmarks import Landmark
from gait.model import AnyFloats, Floats, PoseTrack
from gait.pose.keypoints import BODY_25, COCO_17, HALPE_26, Layout

DIGITS = 3
"""Of a pixel."""
_MIDDLES = {"Neck": "SHOULDER", "MidHip": "HIP"}
"""Points of BODY_25 that lie between two of BlazePose's."""


def write_openpose(track: PoseTrack, out: Path) -> None:
    """A folder with a file for each frame, as OpenPose's `--write_json` with BODY_25. Raises OSError."""
    out.mkdir(parents=True, exist_ok=True)
    for k, rows in enumerate(_rows(track, BODY_25)):
        people = [{"person_id": [-1], "pose_keypoints_2d": _flat(rows)}] if (rows[:, 2] > 0).any() else []
        _write(
            out / f"{out.name}_{k:012d}_keypoints.json", {"version": 1.3, "tracker": track.tracker, "people": people}
        )


def write_coco(track: PoseTrack, out: Path) -> None:
    """COCO's key-point results: one entry for each frame, without points where nobody was seen. Raises OSError."""
    entries = []
    for k, rows in enumerate(_rows(track, COCO_17)):
        seen = rows[:, 2] > 0
        entries.append(
            {
                "image_id": k,
                "category_id": 1,
                "keypoints": _flat(rows) if seen.any() else [],
                "score": round(float(rows[seen, 2].mean()), DIGITS) if seen.any() else 0.0,
                "tracker": track.tracker,
            }
        )
    _write(out, entries)


MARKERS: tuple[tuple[str, Landmark], ...] = tuple(
    (name, landmark) for name, landmark in zip(HALPE_26.names, HALPE_26.landmarks, strict=True) if landmark is not None
)
"""The landmarks that a file of markers has, by Halpe-26's names, as Pose2Sim and Sports2D call them."""


def write_trc(track: PoseTrack, out: Path) -> None:
    """TRC in pixels with y downward and the frames' own times, by Halpe-26's names, as Sports2D's. Raises OSError."""
    write_markers(track.times_s, track.landmarks_px[:, [int(landmark) for _, landmark in MARKERS]], "px", out)


def write_markers(times_s: Floats, places: AnyFloats, unit: str, out: Path) -> None:
    """A TRC file. Raises OSError.

    Args:
        times_s: (n,) of the frames, ascending, n > 1.
        places: (n, k, 2) of `MARKERS`, in their order and in `unit`; z is 0. NaN: not seen, which the file says as nan: OpenSim refuses
            a row whose last cells are empty.
        unit: As the head says it. OpenSim takes mm and m for lengths, and px for a unit that it does not know.
        out: The file.
    """
    n, rate = len(times_s), (len(times_s) - 1) / float(times_s[-1] - times_s[0])
    keys = (
        "DataRate",
        "CameraRate",
        "NumFrames",
        "NumMarkers",
        "Units",
        "OrigDataRate",
        "OrigDataStartFrame",
        "OrigNumFrames",
    )
    values = (f"{rate:.6g}", f"{rate:.6g}", n, len(MARKERS), unit, f"{rate:.6g}", 0, n)
    lines = [
        f"PathFileType\t4\t(X/Y/Z)\t{out.name}",
        "\t".join(keys),
        "\t".join(map(str, values)),
        "Frame#\tTime\t" + "\t\t\t".join(name for name, _ in MARKERS) + "\t\t",
        "\t\t" + "\t".join(f"{axis}{k}" for k in range(1, len(MARKERS) + 1) for axis in "XYZ"),
    ]
    for k, (time_s, row) in enumerate(zip(times_s, places, strict=True)):
        cells = [str(k), f"{time_s:.6f}"]
        for x, y in row:
            cells += [f"{x:.{DIGITS}f}", f"{y:.{DIGITS}f}", "0"] if np.isfinite(x + y) else ["nan"] * 3
        lines.append("\t".join(cells))
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")


FORMS: Mapping[str, Callable[[PoseTrack, Path], None]] = MappingProxyType(
    {"openpose": write_openpose, "coco": write_coco, "trc": write_trc}
)
"""By the name a person chooses."""


def write_points(track: PoseTrack, form: str, out: Path) -> None:
    """Write the track: a folder for openpose, a file for coco and trc.

    Raises:
        GaitError: There is no such form, or it cannot be written there.
    """
    if form not in FORMS:
        raise GaitError("no_form", name=form, names=", ".join(FORMS))
    try:
        FORMS[form](track, out)
    except OSError as error:
        raise GaitError("cannot_write", "points", file=out.name, folder=str(out.parent)) from error


def _rows(track: PoseTrack, layout: Layout) -> Floats:
    """(n, k, 3) x, y, visibility in that skeleton's order; 0, 0, 0 where not seen."""
    rows = np.full((len(track.times_s), len(layout.names), 3), np.nan)
    # A visibility of 0 would say that it was not seen.
    seen = np.maximum(np.asarray(track.visibility, dtype=np.float64), 10.0**-DIGITS)
    for k, (name, landmark) in enumerate(zip(layout.names, layout.landmarks, strict=True)):
        ends = [landmark] if landmark is not None else []
        if name in _MIDDLES:
            ends = [Landmark[f"{side}_{_MIDDLES[name]}"] for side in ("LEFT", "RIGHT")]
        if ends:
            at = [int(end) for end in ends]
            rows[:, k, :2] = track.landmarks_px[:, at].mean(axis=1)
            rows[:, k, 2] = seen[:, at].min(axis=1)
    rows[~np.isfinite(rows).all(axis=2)] = 0
    return rows


def _flat(rows: Floats) -> list[float]:
    return [round(float(value), DIGITS) for value in rows.ravel()]


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")
