"""Prints the table of event errors: rendered clips through a tracker, and motion capture through a simulated rear camera.

usage: python -m validation.events_table clips TRUTH_FOLDER... --tracks TRACKS_FOLDER
       python -m validation.events_table rbds RBDS_FOLDER RBDS_POINTS_PY [--fps 60] [--noise-px 2] [--seconds 20] [--seed 0]

Errors are estimate - truth. Steps are matched within 100 ms; a true step (0.1 s clear of the clip's ends) without a partner is
missed, an estimate between the first and the last true event without a partner is invented. The RBDS runners, and all of our
rendered clips but treadmill_rear, are those the tables were learnt from: `validation.train_events` prints the figures with each
runner and clip left out.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from gait.events import find_events, guess_view
from gait.landmarks import Side
from gait.model import Z95, Floats, GaitEvents, Ints, PoseTrack
from gait.pose import read_points
from gait.settings import EventSettings, TrajectorySettings
from gait.trajectories import clean

_PAIR_S = 0.1
_CLEAR_S = 0.1


def analysed(track: PoseTrack) -> tuple[GaitEvents, str]:
    """Events and view of a track by the product's own stages."""
    view = guess_view(track)[0]
    return find_events(clean(track, TrajectorySettings()), view, EventSettings()), view.value


def cached(path: Path) -> PoseTrack:
    """A track kept as .npz (times_s, landmarks_px, visibility, world_m, size; frames `between` where some were not looked at)."""
    z = np.load(path)
    return PoseTrack(
        z["times_s"],
        z["landmarks_px"],
        z["visibility"],
        z["world_m"],
        int(z["size"][0]),
        int(z["size"][1]),
        "blazepose",
        "full",
        "",
        between_of(z),
    )


def between_of(z: Mapping[str, Ints]) -> Ints:
    """The frames a kept track was not looked at in: none in one that does not say."""
    return z["between"] if "between" in z else np.empty(0, np.int64)


def pair(found: Floats, true: Floats) -> tuple[Floats, Floats]:
    """Indices of the estimate for every true event (-1 = none) and the errors of those that have one, s."""
    if not len(found):
        return np.full(len(true), -1), np.empty(0)
    near = np.abs(found[None] - true[:, None]).argmin(axis=1)
    error = found[near] - true
    ok = np.abs(error) < _PAIR_S
    return np.where(ok, near, -1), error[ok]


def compare(events: GaitEvents, truth: dict, last_s: float) -> list[dict]:
    """One row per foot."""
    rows = []
    for side in Side:
        row: dict = {"side": side.value}
        missed = invented = total = 0
        for name in ("foot_strike_s", "toe_off_s"):
            found, true = getattr(events.feet[side], name), np.array(truth["events"][side.value][name], dtype=float)
            near, error = pair(found, true)
            row[name] = error
            clear = (true > _CLEAR_S) & (true < last_s - _CLEAR_S)
            missed += int((clear & (near < 0)).sum())
            extra = np.setdiff1d(np.arange(len(found)), near)
            invented += int(((found[extra] > true[0] - _PAIR_S) & (found[extra] < true[-1] + _PAIR_S)).sum())
            total += int(clear.sum())
        strikes, offs = (np.array(truth["events"][side.value][k], dtype=float) for k in ("foot_strike_s", "toe_off_s"))
        true_stances = np.array(
            [(s, offs[offs > s][0]) for s in strikes if (offs > s).any() and offs[offs > s][0] - s < 0.6]
        )
        stances = events.feet[side].stances_s()
        contact, own = [], []
        for s, o in true_stances:
            if len(stances) and np.abs(stances[:, 0] - s).min() < _PAIR_S:
                got = stances[np.abs(stances[:, 0] - s).argmin()]
                contact.append((got[1] - got[0]) - (o - s))
                own.append(got[1] - got[0])
        row |= {"contact": np.array(contact), "missed": missed, "invented": invented, "total": total}
        if len(own) >= 2:
            half = Z95 * np.sqrt(np.var(own, ddof=1) / len(own) + events.contact_bias_sd_s**2)
            row["covered"] = abs(np.mean(own) - np.mean(true_stances[:, 1] - true_stances[:, 0])) <= half
        rows.append(row)
    return rows


def table(cases: list[tuple[str, str, GaitEvents, str, dict, float]]) -> str:
    """Markdown: one line per clip and a last line for all. A case: name, group, events, view, truth, last time."""
    lines = [
        "| clip | view | foot strike ms: bias, MAE | toe-off ms: bias, MAE | contact ms: bias, MAE, feet L/R | worst event ms | missed + invented | cadence error /min | covered |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    everything: dict[str, list[dict]] = {}
    cadences = []
    for name, group, events, view, truth, last_s in cases:
        rows = compare(events, truth, last_s)
        everything.setdefault(group, []).extend(rows)
        cadence = events.cadence_spm.value - truth["cadence_spm"] if events.cadence_spm else float("nan")
        cadences.append(abs(cadence))
        lines.append(_line(name, view, rows, f"{cadence:+.2f}"))
    for group, rows in everything.items():
        lines.append(_line(f"**{group}**", "", rows, ""))
    if len(everything) > 1:
        lines.append(
            _line("**all**", "", [r for rows in everything.values() for r in rows], f"max {np.nanmax(cadences):.2f}")
        )
    return "\n".join(lines)


def _line(name: str, view: str, rows: list[dict], cadence: str) -> str:
    def both(key: str) -> str:
        e = 1e3 * np.concatenate([r[key] for r in rows])
        return f"{e.mean():+.1f}, {np.abs(e).mean():.1f}" if len(e) else "-"

    feet = " / ".join(f"{1e3 * r['contact'].mean():+.1f}" for r in rows if len(r["contact"])) if len(rows) == 2 else (
        f"feet {np.mean([abs(1e3 * r['contact'].mean()) for r in rows if len(r['contact'])]):.1f}")  # fmt: skip
    worst = max(
        (
            1e3 * np.abs(np.concatenate([r["foot_strike_s"], r["toe_off_s"]])).max()
            for r in rows
            if len(r["foot_strike_s"])
        ),
        default=np.nan,
    )
    lost = f"{sum(r['missed'] for r in rows)} + {sum(r['invented'] for r in rows)} of {sum(r['total'] for r in rows)}"
    covered = [r["covered"] for r in rows if "covered" in r]
    return (
        f"| {name} | {view} | {both('foot_strike_s')} | {both('toe_off_s')} | {both('contact')}, {feet} | {worst:.0f} | {lost} "
        f"| {cadence} | {sum(covered)} of {len(covered)} |"
    )


def clip_cases(folders: list[Path], tracks: Path) -> list[tuple[str, str, GaitEvents, str, dict, float]]:
    """Every running clip with truth and a cached track."""
    cases = []
    for file in sorted(f for folder in folders for f in folder.glob("*.truth.json")):
        truth = json.loads(file.read_text(encoding="utf-8"))
        name = file.name.removesuffix(".truth.json")
        if truth.get("activity") == "running" and (tracks / f"{name}.npz").exists():
            track = cached(tracks / f"{name}.npz")
            events, view = analysed(track)
            cases.append((name, f"clips {truth['fps_hz']:g} fps", events, view, truth, float(track.times_s[-1])))
    return cases


def rbds_cases(
    folder: Path, tool: Path, options: argparse.Namespace
) -> list[tuple[str, str, GaitEvents, str, dict, float]]:
    """Every trial through the simulated camera, grouped by strike type."""
    strikes = {}
    with (folder / "summary_per_foot.csv").open(encoding="utf-8") as f:
        for r in csv.DictReader(f):
            strikes[f"{r['sub']}_{r['speed']}", r["side"]] = r["foot_strike"].lower()
    cases = []
    with tempfile.TemporaryDirectory() as work:
        for trial in sorted(folder.glob("RBDS*_T*.npz")):
            out = Path(work) / trial.stem
            extra = [
                "--fps",
                options.fps,
                "--noise-px",
                options.noise_px,
                "--seconds",
                options.seconds,
                "--seed",
                options.seed,
            ]
            subprocess.run([sys.executable, str(tool), str(trial), str(out), *map(str, extra)], check=True)
            track = read_points(Path(f"{out}.csv"))
            events, view = analysed(track)
            truth = json.loads(Path(f"{out}.truth.json").read_text(encoding="utf-8"))
            kinds = sorted({strikes[trial.stem, s.name[0]] for s in Side})
            cases.append((trial.stem, "/".join(kinds), events, view, truth, float(track.times_s[-1])))
    return cases


def main() -> None:
    """Print."""
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sub = ap.add_subparsers(dest="what", required=True)
    c = sub.add_parser("clips")
    c.add_argument("folders", type=Path, nargs="+")
    c.add_argument("--tracks", type=Path, required=True)
    r = sub.add_parser("rbds")
    r.add_argument("folder", type=Path)
    r.add_argument("tool", type=Path)
    r.add_argument("--fps", type=float, default=60.0)
    r.add_argument("--noise-px", type=float, default=2.0)
    r.add_argument("--seconds", type=float, default=20.0)
    r.add_argument("--seed", type=int, default=0)
    a = ap.parse_args()
    print(table(clip_cases(a.folders, a.tracks) if a.what == "clips" else rbds_cases(a.folder, a.tool, a)))


if __name__ == "__main__":
    main()
