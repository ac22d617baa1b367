"""Every tracker of gait's own on clips whose truth is known: time, points, peaks, labels and contact times beside BlazePose's.

usage: python -m validation.trackers [CLIP ...] [--trackers NAME ...] [--frames 240] [--out reports/validation/trackers.md]

Each clip needs NAME.truth.json and NAME.standing.mp4 beside it; by default the two samples. A tracker that is not ready is left out and
said. Each clip is first tracked for so many frames, which gives times and distances, then analysed whole as a customer's would be. One
clip at a time; with kept tracks switched off, half a minute for each line and more on a busy machine.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gait import pose
from gait.errors import GaitError
from gait.landmarks import Side
from gait.model import Analysis, Floats
from gait.pipeline import Choices, analyse
from gait.places import samples
from gait.pronation import limits_at, read_limits
from gait.settings import PoseSettings, Settings
from gait.validation.accuracy import label_at, peak_truth, read_truth, true_stances
from gait.validation.trackers import TrackerFigures, measure

Row = dict[str, Any]


def rows_of(clip: Path, tracker: str, frames: int) -> tuple[TrackerFigures, list[Row]]:
    """What tracking costs and finds, and a row for each foot of the analysis. Raises GaitError."""
    truth = read_truth(clip.with_suffix(".truth.json"))
    speed_kmh = truth["speed_mps"] * 3.6
    found = measure(tracker, clip, frames)
    choices = Choices(
        standing=clip.with_suffix(".standing.mp4"),
        speed_kmh=speed_kmh,
        cache=False,
        settings=Settings(pose=PoseSettings(tracker=tracker)),
    )
    analysis = analyse(clip, choices)
    limits = limits_at(speed_kmh, read_limits())
    rows = []
    for side in Side:
        peak = peak_truth(truth, side)
        assert peak is not None
        stances = [off - strike for strike, off in true_stances(truth["events"][side.value])]
        rows.append(
            {
                "clip": clip.stem,
                "tracker": tracker,
                "side": side.value,
                "true_peak_deg": peak,
                "true_label": label_at(peak, limits),
                "true_contact_s": float(np.mean(stances)),
            }
            | _read(analysis, side)
        )
    return found, rows


def _read(analysis: Analysis, side: Side) -> Row:
    """Of one foot; without peak and contact where it was not measured."""
    if analysis.strides is None or analysis.pronation is None:
        return {"label": "refused", "peak_deg": np.nan, "contact_s": np.nan, "half_s": np.nan}
    foot = analysis.strides.feet[side]
    peak, contact = foot.peak_eversion_deg, foot.contact_time_s
    return {
        "label": analysis.pronation.feet[side].label,
        "peak_deg": peak.value if peak else np.nan,
        "contact_s": contact.value if contact else np.nan,
        "half_s": (contact.ci95[1] - contact.ci95[0]) / 2 if contact else np.nan,
    }


def page(measured: Sequence[tuple[str, str, TrackerFigures]], rows: Sequence[Row], missing: Sequence[str]) -> str:
    """The report: a table by tracker, then one by foot."""
    names = list(dict.fromkeys(tracker for tracker, _, _ in measured))
    usual = {(r["clip"], r["side"]): r for r in rows if r["tracker"] == names[0]}
    lines = [HEAD.format(clips=", ".join(dict.fromkeys(clip for _, clip, _ in measured)), first=names[0])]
    for name in names:
        own, feet = [m for t, _, m in measured if t == name], [r for r in rows if r["tracker"] == name]
        off = np.array([abs(r["peak_deg"] - r["true_peak_deg"]) for r in feet])
        told = [r for r in feet if r["label"] in ("under", "neutral", "over")]
        right = sum(r["label"] == r["true_label"] for r in told)
        both = [(r, usual[r["clip"], r["side"]]) for r in feet]
        moved = np.array([abs(a["peak_deg"] - b["peak_deg"]) for a, b in both])
        other = sum(a["label"] != b["label"] for a, b in both)
        contact = 1000 * np.array([r["contact_s"] - r["true_contact_s"] for r in feet])
        inside = sum(abs(r["contact_s"] - r["true_contact_s"]) <= r["half_s"] for r in feet)
        cells = [
            f"`{name}`",
            f"{np.mean([m.processor_ms for m in own]):.0f}",
            f"{np.mean([m.seen_share for m in own]):.1%}",
            *(_off(own, joint) for joint in ("knee", "ankle", "heel")),
            f"{np.mean([m.exchanged_share for m in own]):.1%}",
            _mean(off),
            _mean(moved),
            f"{np.isfinite(off).sum()} of {len(feet)}",
            f"{right} right, {len(told) - right} wrong, {len(feet) - len(told)} not told",
            f"{other}",
            f"{_bias(contact)}, {inside} of {len(feet)} inside",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    lines.append(FEET)
    for r in rows:
        contact = f"{1e3 * (r['contact_s'] - r['true_contact_s']):+.0f} ± {1e3 * r['half_s']:.0f}"
        cells = [r["clip"], r["side"], f"`{r['tracker']}`", f"{r['true_peak_deg']:.1f}", f"{r['peak_deg']:.1f}"]
        lines.append("| " + " | ".join([*cells, r["true_label"], r["label"], contact]) + " |")
    if missing:
        lines.append("\nNot measured, because they are not on the machine it ran on: " + ", ".join(missing) + ".")
    return "\n".join(lines) + "\n"


def _mean(off: Floats) -> str:
    """Mean and largest of those that were measured."""
    good = off[np.isfinite(off)]
    return f"{good.mean():.2f} ({good.max():.1f})" if len(good) else "–"


def _bias(off_ms: Floats) -> str:
    good = off_ms[np.isfinite(off_ms)]
    return f"{good.mean():+.0f} ± {good.std():.0f}" if len(good) else "–"


def _off(own: Sequence[TrackerFigures], joint: str) -> str:
    found = [m.off_px[joint] for m in own if joint in m.off_px]
    return f"{np.mean([a for a, _ in found]):.0f} ({np.mean([b for _, b in found]):.0f})" if found else "–"


HEAD = """# Trackers of gait's own

Made by `python -m validation.trackers`, on rendered clips with known truth: {clips}. Rendered runners are cleaner than life; nothing here says how
well a tracker finds real ones. Times are of the processor for each picture that the tracker looks at, with reading the clip, on a
machine that had other work as well: compare them with each other. Points: median distance from the truth in the clip's pixels over swing and
stance, in brackets the 95th percentile. Peak: mean error, in brackets the largest, in degrees; "beside `{first}`" is the same against that tracker's
peak. Both are over the feet that have a peak, and "feet" says how many have. Labels are held against the truth's own label. Contact time: mean and scatter of the error, ms, and how many intervals hold the truth.

| tracker | ms | seen | knee | ankle | heel | ankles exchanged | peak off | peak beside `{first}` | feet | labels | other label | contact time |
|---|---|---|---|---|---|---|---|---|---|---|---|---|"""

FEET = """
## Each foot

| clip | foot | tracker | true peak | peak | true label | label | contact time off, ms |
|---|---|---|---|---|---|---|---|"""


def main(argv: Sequence[str] | None = None) -> int:
    """Write the page after each clip. Status 0."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("clips", nargs="*", type=Path)
    parser.add_argument("--trackers", nargs="+", default=list(pose.TRACKERS))
    parser.add_argument("--frames", type=int, default=240)
    parser.add_argument("--out", type=Path, default=Path("reports/validation/trackers.md"))
    arguments = parser.parse_args(argv)
    clips = arguments.clips or sorted(p for p in samples().glob("*.mp4") if ".standing" not in p.name)
    ready, missing = [], []
    for name in arguments.trackers:
        try:
            pose.tracker_kind(name).identify()
            ready.append(name)
        except GaitError as error:
            missing.append(name)
            print(f"{name}: {error}", file=sys.stderr)
    measured: list[tuple[str, str, TrackerFigures]] = []
    rows: list[Row] = []
    for clip in clips:
        for name in ready:
            found, feet = rows_of(clip, name, arguments.frames)
            measured.append((name, clip.stem, found))
            rows += feet
            print(clip.stem, name, [(r["side"], round(r["peak_deg"], 2), r["label"]) for r in feet], flush=True)
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        arguments.out.write_text(page(measured, rows, missing), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
