"""How far a peak moves when it is measured again from the clip that was kept; writes reports/validation/kept_clips.md.

    python -m validation.kept_clips RUN STANDING KMH [RUN STANDING KMH ...] [--out FILE]

Each run is measured, its legs are kept as `gait.services.kept_clips` keeps them, and measured again from that with the same standing clip.
"""

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

from gait import clip as clips
from gait import pose
from gait.landmarks import Side
from gait.lower_legs import kept_boxes
from gait.pipeline import Choices, analyse
from gait.services.kept_clips import track_of

OUT = Path(__file__).resolve().parents[1] / "reports" / "validation" / "kept_clips.md"


def rows(run: Path, standing: Path, speed_kmh: float, folder: Path) -> list[str]:
    """A line of the table for each foot of that run."""
    choices = Choices(standing=standing, speed_kmh=speed_kmh)
    first = analyse(run, choices)
    assert first.track is not None
    assert first.trajectories is not None
    assert first.strides is not None
    boxes = kept_boxes(
        first.trajectories.points_px, first.trajectories.times_s, first.clip.width_px, first.clip.height_px
    )
    place = folder / "kept.mp4"
    written = clips.write_legs(first.clip, boxes, place)
    pose.write_track(first.track, written, first.lens_k1, track_of(place))
    again = analyse(place, replace(choices, track=track_of(place)))
    found = []
    for side in Side:
        before = first.strides.feet[side].peak_eversion_deg
        after = again.strides.feet[side].peak_eversion_deg if again.strides else None
        if before is None or after is None:
            found.append(f"| {run.stem} | {side.value} | | | not measured | |")
            continue
        size = place.stat().st_size / run.stat().st_size
        found.append(
            f"| {run.stem} | {side.value} | {before.value:.2f} | {after.value:.2f} | {after.value - before.value:+.2f} "
            f"| {size:.2f} |"
        )
    return found


def main() -> int:
    """Print where the page is."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("clips", nargs="+", help="RUN STANDING KMH, as often as wanted")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    given = arguments.clips
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        for run, standing, kmh in zip(given[::3], given[1::3], given[2::3], strict=True):
            lines += rows(Path(run), Path(standing), float(kmh), Path(folder))
    head = (
        "# Measured again from the kept clip\n\n"
        "What a customer lets the store keep is the lower legs, packed once more. So far the peak moves by that, each run with its own\n"
        "standing clip. Written by `python -m validation.kept_clips`.\n\n"
        "| Run | Foot | Peak, ° | Again, ° | Moved by, ° | Size of the file over the original's |\n|---|---|---|---|---|---|\n"
    )
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    print(arguments.out)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
