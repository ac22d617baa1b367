"""A clip's own track given back as key points of other tools: what changes in angle, label and contact time.

usage: python -m validation.points [CLIP ...] [--out reports/validation/points.md]

Each clip (by default the two samples) is analysed with its standing clip. BlazePose's track of both is then written in the form of each
tool and both are analysed again with `--points` and `--standing-points`. Once more without saying that BlazePose found them: that
is what an unknown tracker's points cost where the places are the same. Writes the page, one line a clip and form, and ends with status 1 where a
peak moves by more than 0.2 degrees, or a contact time by more than 3 ms, of points that have heels and toes and say who found them.
One clip at a time; about half a minute for each line.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from gait import pose
from gait.landmarks import Landmark, Side
from gait.model import Analysis, PoseTrack
from gait.pipeline import Choices, analyse
from gait.places import samples
from gait.pose.keypoints import HALPE_26
from gait.settings import PointsTold

PEAK_DEG, CONTACT_S = 0.2, 0.003
Write = Callable[[PoseTrack, Path], Path]


def mediapipe(track: PoseTrack, folder: Path) -> Path:
    """Shares of the picture, as its landmarks are."""
    size = (track.width_px, track.height_px)
    frames = [
        [
            {"x": x, "y": y, "z": 0.0, "visibility": float(v)}
            for (x, y), v in zip((p / size).tolist(), sure, strict=True)
        ]
        if np.isfinite(p).all()
        else []
        for p, sure in zip(track.landmarks_px, track.visibility, strict=True)
    ]
    return _json(folder / "mediapipe.json", frames)


def alphapose(track: PoseTrack, folder: Path) -> Path:
    """Halpe-26, which has heels and toes; what BlazePose does not have is not seen."""
    entries = []
    for k, points in enumerate(track.landmarks_px):
        rows = [
            [0.0, 0.0, 0.0] if m is None or not np.isfinite(points[m]).all() else [*points[m].round(2).tolist(), 0.9]
            for m in HALPE_26.landmarks
        ]
        entries.append(
            {"image_id": f"{k}.jpg", "keypoints": [v for row in rows for v in row], "score": 2.5, "box": [0, 0, 1, 1]}
        )
    return _json(folder / "alphapose-results.json", entries)


def posenet(track: PoseTrack, folder: Path) -> Path:
    """COCO's 17 points by name, as TensorFlow.js writes them."""
    frames = []
    for points in track.landmarks_px:
        named = [
            {"name": n, "x": points[m][0], "y": points[m][1], "score": 0.9}
            for n, m in zip(pose.COCO_17.names, pose.COCO_17.landmarks, strict=True)
            if m is not None and np.isfinite(points[m]).all()
        ]
        frames.append({"poses": [{"keypoints": named}] if named else []})
    return _json(folder / "posenet.json", frames)


def deeplabcut(track: PoseTrack, folder: Path) -> Path:
    """Hips to toes, with body parts of its own names."""
    of = [Landmark.of(side, j) for side in Side for j in ("shoulder", "hip", "knee", "ankle", "heel", "foot_index")]
    lines = ["scorer" + ",net" * 3 * len(of)]
    lines += ["bodyparts" + "".join(f",{m.name.lower()}" * 3 for m in of), "coords" + ",x,y,likelihood" * len(of)]
    for k, points in enumerate(track.landmarks_px):
        lines.append(f"{k}" + "".join(f",{points[m][0]:.3f},{points[m][1]:.3f},0.95".replace("nan", "") for m in of))
    path = folder / "deeplabcut.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def tidy(track: PoseTrack, folder: Path) -> Path:
    """All 33 landmarks."""
    lines = ["time_s,landmark,x_px,y_px,visibility,width_px,height_px"]
    for time_s, points, sure in zip(track.times_s, track.landmarks_px, track.visibility, strict=True):
        lines += [
            f"{time_s:.6f},{m.name.lower()},{points[m][0]:.2f},{points[m][1]:.2f},{sure[m]:.3f},{track.width_px},{track.height_px}"
            for m in Landmark
            if np.isfinite(points[m]).all()
        ]
    path = folder / "tidy.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def _json(path: Path, content: object) -> Path:
    path.write_text(json.dumps(content))
    return path


def _own(form: str, name: str) -> Write:
    def write(track: PoseTrack, folder: Path) -> Path:
        pose.write_points(track, form, folder / name)
        return folder / name

    return write


FORMS: dict[str, Write] = {
    "OpenPose, BODY_25": _own("openpose", "openpose"),
    "AlphaPose, Halpe-26": alphapose,
    "TRC in pixels": _own("trc", "points.trc"),
    "MediaPipe, shares": mediapipe,
    "tidy CSV": tidy,
    "DeepLabCut CSV": deeplabcut,
    "COCO results, no feet": _own("coco", "coco.json"),
    "PoseNet, no feet": posenet,
}
WITHOUT_FEET = ("COCO results, no feet", "PoseNet, no feet")


def unknown(track: PoseTrack, folder: Path) -> Path:
    """All of BODY_25, without a word of who found them."""
    path = FORMS["OpenPose, BODY_25"](track, folder)
    for each in path.iterdir():
        content = json.loads(each.read_text())
        each.write_text(json.dumps({k: v for k, v in content.items() if k != "tracker"}))
    return path


def measure(clip: Path, standing: Path, speed_kmh: float | None, tell: Callable[[str], None]) -> bool:
    """Tells each line of one clip; whether all of them hold."""
    own = analyse(clip, Choices(standing=standing, speed_kmh=speed_kmh))
    assert own.standing is not None
    assert own.track is not None
    settings = Choices().pose
    # The standing clip's own track is thinned; points come for all of its frames.
    still, pictures = pose.track_clip(own.standing, settings)
    pictures.close()
    tell(_line(clip.stem, "its own track", own, own))
    holds = True
    for name, write in {**FORMS, "OpenPose, unknown tracker": unknown}.items():
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
            says = "" if "unknown" in name else "blazepose"
            choices = Choices(
                standing=standing,
                speed_kmh=speed_kmh,
                points=write(own.track, Path(one)),
                standing_points=write(still, Path(two)),
                points_told=PointsTold(tracker=says),
            )
            again = analyse(clip, choices)
        tell(_line(clip.stem, name, again, own))
        holds &= _moved(again, own, peak=True) <= PEAK_DEG
        if name not in WITHOUT_FEET and says:
            holds &= _moved(again, own, peak=False) <= CONTACT_S
    return holds


def _values(a: Analysis, side: Side) -> tuple[float, float, float, str]:
    """Peak, contact time, half its interval, and label."""
    if a.strides is None or a.pronation is None:
        return np.nan, np.nan, np.nan, "refused"
    foot = a.strides.feet[side]
    peak, contact = foot.peak_eversion_deg, foot.contact_time_s
    half = (contact.ci95[1] - contact.ci95[0]) / 2 if contact else np.nan
    return peak.value if peak else np.nan, contact.value if contact else np.nan, half, a.pronation.feet[side].label


def _moved(again: Analysis, own: Analysis, *, peak: bool) -> float:
    """The larger change of both feet; infinite where there is no value any more."""
    at = 0 if peak else 1
    moved = [abs(_values(again, side)[at] - _values(own, side)[at]) for side in Side]
    return max(moved) if np.isfinite(moved).all() else np.inf


def _line(clip: str, form: str, again: Analysis, own: Analysis) -> str:
    cells = [clip, form]
    for side in Side:
        peak, contact, half, label = _values(again, side)
        was = _values(own, side)
        cells += [f"{peak:.2f} ({peak - was[0]:+.2f})", label]
        cells += [f"{1e3 * contact:.1f} ± {1e3 * half:.0f} ({1e3 * (contact - was[1]):+.1f})"]
    return "| " + " | ".join(cells) + " |"


HEAD = """# Key points of other tools

Made by `python -m validation.points`. Each clip's own BlazePose track, of the run and of the standing clip, was written in the form of another
tool and given back with `--points` and `--standing-points`. In brackets is what changed against the clip's own result. What must hold: peaks
within {peak} degrees in every form; contact times within {contact:.0f} ms where the form has heels and toes and it is said that BlazePose found the points.

Forms that are not in the table were not run yet. Forms without feet cannot hold that: foot strike and toe-off are then read from ankles and knees, and the interval is wider for it. The last line of
each clip has all points in their places but does not say whose they are. These lines say nothing of how well OpenPose, AlphaPose or another
network finds a runner: their own points were not measured here.

| clip | form | left peak, deg | label | left contact, ms | right peak, deg | label | right contact, ms |
|---|---|---|---|---|---|---|---|
"""


def main() -> int:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    both = [samples() / name for name in ("treadmill_rear.mp4", "treadmill_rear_shoe_b.mp4")]
    parser.add_argument("clips", nargs="*", type=Path, default=both)
    parser.add_argument("--out", type=Path, default=Path("reports/validation/points.md"))
    arguments = parser.parse_args()
    lines: list[str] = []
    holds = True
    head = HEAD.format(peak=PEAK_DEG, contact=1e3 * CONTACT_S)

    def tell(line: str) -> None:
        """Written at once: the whole takes long."""
        lines.append(line)
        print(line, flush=True)
        arguments.out.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")

    for clip in arguments.clips:
        truth = json.loads(clip.with_name(f"{clip.stem}.truth.json").read_text())
        speed = truth.get("speed_kmh")
        holds &= measure(clip, clip.with_name(f"{clip.stem}.standing.mp4"), speed, tell)
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
