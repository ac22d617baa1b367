"""What a shop does to a clip, against known truth: light from one side, a touched camera, the wrong standing clip.

    python -m validation.shop CLIPS [--wrong FOLDER] [--out reports/validation] [--looked-at "what was looked at before"]

CLIPS (one folder or several) holds running clips with truth (`NAME.mp4`, `NAME.standing.mp4`, `NAME.truth.json`); a part of the name after two underscores
is the condition, as in `dev01__12_side_light`, and a clip without one is clean. FOLDER holds standing clips that go with a run of
CLIPS: `RUN.W_KIND.mp4` is a wrong reference (another person, shoe or camera), `RUN.R_KIND.mp4` a right one that looks different.
Writes shop.md and shop.csv.
"""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gait.errors import GaitError
from gait.landmarks import Side
from gait.model import Analysis
from gait.pipeline import Choices, analyse
from gait.pronation import limits_at, read_limits
from gait.validation.accuracy import label_at, peak_truth, picture_truth, read_truth, true_stances
from validation.goals import CLEAN, NOT_GIVEN, goals
from validation.goals import lines as goal_lines

REFERENCE_CODES = (
    *(
        "standing_mirrored",
        "standing_other_place",
        "standing_camera_moved",
        "standing_other_person",
        "standing_other_shoe",
        "standing_doubtful",
    ),
    *("standing_size", "standing_view", "standing_moves", "standing_no_person"),
)
"""Findings that say of a standing clip that it is no reference, or a doubtful one."""


def main() -> None:
    """Analyse, tabulate, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("clips", type=Path, nargs="+")
    parser.add_argument("--wrong", type=Path)
    parser.add_argument("--out", type=Path, default=Path("reports/validation"))
    parser.add_argument(
        "--looked-at", default="", help="a sentence for the page: which of these clips the method was made with"
    )
    args = parser.parse_args()
    runs = [path for folder in args.clips for path in runs_in(folder)]
    rows = [row for path in runs for row in judge_clip(path, path.with_suffix(".standing.mp4"), "own")]
    if args.wrong:
        named = {path.stem: path for path in runs}
        for standing in sorted(args.wrong.glob("*.[WR]_*.mp4")):
            run = named.get(standing.name.split(".")[0])
            if run is not None:
                rows += judge_clip(run, standing, standing.stem.split(".")[1])
    table = pd.DataFrame(rows)
    args.out.mkdir(parents=True, exist_ok=True)
    table.to_csv(args.out / "shop.csv", index=False, float_format="%.3f")
    (args.out / "shop.md").write_text(page(table, args.looked_at), encoding="utf-8")
    print(args.out / "shop.md")


def runs_in(folder: Path) -> list[Path]:
    """Running clips with truth and a standing clip, by name."""
    found = []
    for truth in sorted(folder.glob("*.truth.json")):
        path = truth.with_name(truth.name.removesuffix(".truth.json") + ".mp4")
        if ".standing" not in path.stem and path.is_file() and path.with_suffix(".standing.mp4").is_file():
            found.append(path)
    return found


def judge_clip(run: Path, standing: Path, reference: str) -> list[dict[str, Any]]:
    """One row a foot: what was found, what is true, what was said of the reference."""
    truth = read_truth(run.with_suffix(".truth.json"))
    speed_kmh = truth["speed_mps"] * 3.6
    print(f"{run.stem} with {standing.stem}", flush=True)
    try:
        found = analyse(run, Choices(standing=standing, speed_kmh=speed_kmh))
    except GaitError as error:
        none = {"label": "refused", "refused_reference": False, "warned": True, "said": ""}
        return [
            {"clip": run.stem, "runner": runner(run), "side": side.value, "reference": reference}
            | {"condition": condition(run), "status": error.code, **truth_of(truth, side, speed_kmh), **none}
            for side in Side
        ]
    return [foot_row(found, truth, run, reference, side, speed_kmh) for side in Side]


def condition(run: Path) -> str:
    """The part of the name after two underscores."""
    return run.stem.partition("__")[2] or CLEAN


def runner(run: Path) -> str:
    """The part of the name before two underscores: clips of one runner are not independent."""
    return run.stem.partition("__")[0]


def truth_of(truth: Mapping[str, Any], side: Side, speed_kmh: float) -> dict[str, Any]:
    """The true peak and its place against the limits."""
    true, band = peak_truth(truth, side), limits_at(speed_kmh, read_limits())
    assert true is not None
    return {"true_peak_deg": true, "true_label": label_at(true, band)}


def touchdown_truth(truth: Mapping[str, Any], side: Side) -> float | None:
    """The angle at foot strike from standing, in the picture, degrees; None where the file does not say."""
    known = truth["feet"][side.value].get("rear_view_touchdown_from_standing_deg")
    if known is None and "frames" in truth:
        return picture_truth(truth, side)["touchdown_deg"]
    return None if known is None else float(known)


def foot_row(
    found: Analysis, truth: Mapping[str, Any], run: Path, reference: str, side: Side, speed_kmh: float
) -> dict[str, Any]:
    """What was found of one foot beside what is true of it."""
    known = truth_of(truth, side, speed_kmh)
    true = known["true_peak_deg"]
    row: dict[str, Any] = {
        "clip": run.stem, "runner": runner(run), "side": side.value, "condition": condition(run), "reference": reference,
        "status": "refused" if found.refused else "ok", **known,
        "warned": any(f.severity != "info" for f in found.findings),
        "findings": " ".join(f.code for f in found.findings if f.severity != "info"),
        "said": " ".join(f.code for f in found.findings if f.code in REFERENCE_CODES),
        "refused_reference": found.rearfoot is not None and found.rearfoot.zero == "none",
    }  # fmt: skip
    true_contact = np.mean([off - strike for strike, off in true_stances(truth["events"][side.value])])
    if found.strides is None or found.judgement is None:
        return row | {"label": "refused"}
    foot = found.strides.feet.get(side)
    verdict = found.judgement.pronation.feet[side]
    row |= {
        "label": verdict.label,
        "probability": max(verdict.probability.values(), default=np.nan),
        "reasons": " ".join(reason.code for reason in verdict.reasons),
    }
    if found.rearfoot is not None and side in found.rearfoot.feet:
        row["plain"] = found.rearfoot.feet[side].plain_heel
    if foot is not None and foot.contact_time_s is not None:
        low, high = foot.contact_time_s.ci95
        row |= {
            "contact_error_s": foot.contact_time_s.value - true_contact,
            "contact_held": low <= true_contact <= high,
        }
    if foot is not None and foot.peak_eversion_deg is not None:
        low, high = foot.peak_eversion_deg.ci95
        row |= {
            "error_deg": foot.peak_eversion_deg.value - true,
            "half_width_deg": (high - low) / 2,
            "held": low <= true <= high,
        }
    down = touchdown_truth(truth, side)
    if foot is not None and foot.touchdown_deg is not None and down is not None:
        low, high = foot.touchdown_deg.ci95
        row |= {"touchdown_error_deg": foot.touchdown_deg.value - down, "touchdown_held": low <= down <= high}
    return row


def page(table: pd.DataFrame, looked_at: str) -> str:
    """shop.md."""
    own = table[table["reference"] == "own"]
    lines = [
        "# In a shop: conditions and references",
        "",
        "Made by `make validate-shop`: rendered clips, clean and degraded one condition at a time, and standing clips that do not belong to",
        "the run. Angles in degrees from standing, eversion positive. Rendered runners are cleaner than life.",
        "",
        *([looked_at, ""] if looked_at else []),
        "## Goals",
        "",
        f"{own['clip'].nunique()} clips of {own['runner'].nunique()} runners, {len(own)} feet.",
        "",
        *goal_lines(goals(table)),
        "",
        "## By condition, with the runner's own standing clip",
        "",
        "| condition | feet | read | mean error | worst | bias | interval holds | right / wrong / cannot tell | contact, mean error | contact interval holds |",
        "|---|---|---|---|---|---|---|---|---|---|",
        *(condition_line(name, rows) for name, rows in own.groupby("condition", sort=True)),
        condition_line("**all**", own),
        "",
    ]
    others = table[table["reference"] != "own"]
    if len(others):
        lines += [
            "## By reference",
            "",
            "W: a standing clip that is not of this runner, shoe or camera; R: the right one in another light.",
            "",
            "| reference | clips | refused as reference | said | labels given | of those wrong | worst error of what was given |",
            "|---|---|---|---|---|---|---|",
            *(reference_line(name, rows) for name, rows in others.groupby("reference", sort=True)),
            "",
        ]
    return "\n".join(lines)


def condition_line(name: object, rows: pd.DataFrame) -> str:
    """One row of the first table."""
    error = rows["error_deg"].dropna()
    given = rows[~rows["label"].isin(NOT_GIVEN)]
    wrong = int((given["label"] != given["true_label"]).sum())
    held = rows.loc[error.index, "held"].astype(bool)
    contact = rows["contact_error_s"].dropna()
    times = rows.loc[contact.index, "contact_held"].astype(bool)
    return (
        f"| {name} | {len(rows)} | {len(error)} | {error.abs().mean():.2f} | {error.abs().max():.1f} | {error.mean():+.2f} "
        f"| {held.sum()} of {len(held)} | {len(given) - wrong} / {wrong} / {len(rows) - len(given)} "
        f"| {1000 * contact.abs().mean():.1f} ms | {times.sum()} of {len(times)} |"
    )


def reference_line(name: object, rows: pd.DataFrame) -> str:
    """One row of the second table."""
    given = rows[~rows["label"].isin(NOT_GIVEN)]
    wrong = int((given["label"] != given["true_label"]).sum())
    clips = rows.groupby("clip")
    said = ", ".join(sorted({code for text in rows["said"] for code in str(text).split()})) or "nothing"
    worst = rows["error_deg"].abs().max()
    return (
        f"| {name} | {clips.ngroups} | {int(clips['refused_reference'].any().sum())} | {said} | {len(given)} | {wrong} "
        f"| {'–' if np.isnan(worst) else f'{worst:.1f}'} |"
    )


if __name__ == "__main__":
    main()
