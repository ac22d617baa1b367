"""Accuracy against known truth: every clip of a folder that has a truth file, analysed as a customer's would be.

Truth files are `NAME.truth.json` (schema "gait.truth/1") beside `NAME.mp4`, its standing clip `NAME.standing.mp4` if there is
one. The angle's truth is what a perfect reader of the picture finds (`rear_view_peak_from_standing_deg`), because that is the
number the product claims; what the picture means in 3D is a second question.
"""

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gait.errors import GaitError
from gait.landmarks import Side
from gait.model import Analysis, Label, SpeedLimits
from gait.pipeline import Choices, analyse
from gait.pronation import limits_at, read_limits
from gait.results.record import result_of
from gait.results.result import Judged, Result
from gait.words import message, say

log = logging.getLogger(__name__)

PEAK_WINDOW = 0.75
"""The peak is the maximum over the first three quarters of stance, as in the truth files."""

LEG_SHARE = 0.49
"""Leg length (hip to ankle) of body height, for the truth of step width: the renderer states both widths and heights in metres."""
DEVELOPED, KEPT_ASIDE = r"dev\d\d|treadmill_rear.*|t30\d\d", r"t90\d\d"
"""Names of clips that were looked at in development, and of those that were not until it was over."""
PATTERNED = "with a strip or other pattern"
MATCH_S = 0.12
"""A found event belongs to the nearest true one within this time; the shortest stance is twice as long."""


def validate(folder: Path, out: Path, run: Callable[[Path, Choices], Analysis] = analyse) -> Path:
    """Analyse every running clip with truth in `folder`; write accuracy.md, feet.csv and PNGs into `out`.

    Raises GaitError when the folder has no such clip. Returns the path of accuracy.md.
    """
    from gait.validation import figures

    feet, clips = measure(folder, run)
    out.mkdir(parents=True, exist_ok=True)
    feet.to_csv(out / "feet.csv", index=False, float_format="%.4f")
    page = out / "accuracy.md"
    pictures = figures.write(feet, out)
    page.write_text(markdown(feet, clips, pictures), encoding="utf-8")
    return page


def measure(folder: Path, run: Callable[[Path, Choices], Analysis] = analyse) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row per foot and one per clip: what was found, what is true."""
    feet: list[dict[str, Any]] = []
    clips: list[dict[str, Any]] = []
    for truth, clip_path in clips_with_truth(folder):
        standing = clip_path.with_name(f"{clip_path.stem}.standing{clip_path.suffix}")
        choices = Choices(standing=standing if standing.is_file() else None, speed_kmh=truth["speed_mps"] * 3.6)
        log.info("validating %s", clip_path.name)
        try:
            result = result_of(run(clip_path, choices))
        except GaitError as error:
            clips.append({"clip": clip_path.stem, "status": f"error: {message(error)}"})
            continue
        clips.append(_clip_row(clip_path.stem, result, truth))
        feet += [_foot_row(clip_path.stem, result, truth, side) for side in Side]
    return pd.DataFrame(feet), pd.DataFrame(clips)


def clips_with_truth(folder: Path) -> list[tuple[dict[str, Any], Path]]:
    """(truth, clip) of every running clip in the folder with rearfoot truth, by name."""
    found = []
    for truth_path in sorted(folder.glob("*.truth.json")):
        truth = read_truth(truth_path)
        clip = truth_path.with_name(truth.get("clip", ""))
        if (
            truth.get("activity") == "running"
            and clip.is_file()
            and clip.suffix != ".csv"
            and all(peak_truth(truth, side) is not None for side in Side)
        ):
            found.append((truth, clip))
    if not found:
        raise GaitError("no_truth", folder=str(folder))
    return found


def read_truth(path: Path) -> dict[str, Any]:
    """A truth file; where it lacks the picture's own angles from standing they are worked out from its frames and the standing clip's."""
    truth: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    beside = path.with_name(path.name.replace(".truth.json", ".standing.truth.json"))
    sides = [side for side in Side if side.value in truth.get("feet", {}) and truth.get("events")]
    if not beside.is_file() or all("rear_view_standing_deg" in truth["feet"][side.value] for side in sides):
        return truth
    still = json.loads(beside.read_text(encoding="utf-8"))
    for side in sides:
        foot = truth["feet"][side.value]
        foot["rear_view_standing_deg"] = float(np.mean(still["frames"][side.value]["image_eversion_deg"]))
        found = picture_truth(truth, side)
        foot["rear_view_peak_from_standing_deg"] = found["touchdown_deg"] + found["excursion_deg"]
    return truth


def label_at(peak_deg: float, limits: SpeedLimits) -> Label:
    """The label that a true peak has within these limits."""
    return "under" if peak_deg < limits.under_deg else "over" if peak_deg > limits.over_deg else "neutral"


def peak_truth(truth: Mapping[str, Any], side: Side) -> float | None:
    """The rear-view peak from standing that a perfect reader of the picture finds, degrees; None where the file does not say."""
    value = truth.get("feet", {}).get(side.value, {}).get("rear_view_peak_from_standing_deg")
    return None if value is None else float(value)


def picture_truth(truth: Mapping[str, Any], side: Side) -> dict[str, float]:
    """Touchdown, excursion (degrees from standing, in the picture) and time to peak (% of stance), mean over whole stances."""
    foot, frames = truth["feet"][side.value], truth["frames"][side.value]
    angle = np.array(frames["image_eversion_deg"], dtype=float) - foot["rear_view_standing_deg"]
    times = np.arange(len(angle)) / truth["fps_hz"]
    events = truth["events"][side.value]
    touchdown, peak, when = [], [], []
    for strike, off in true_stances(events):
        fine = np.linspace(strike, strike + PEAK_WINDOW * (off - strike), 200)
        curve = np.interp(fine, times, angle)
        touchdown.append(curve[0])
        peak.append(curve.max())
        when.append(100 * (fine[int(curve.argmax())] - strike) / (off - strike))
    down = float(np.mean(touchdown))
    return {
        "touchdown_deg": down,
        "excursion_deg": float(np.mean(peak)) - down,
        "time_to_peak_pct": float(np.mean(when)),
    }


def _foot_row(name: str, result: Result, truth: Mapping[str, Any], side: Side) -> dict[str, Any]:
    peak = peak_truth(truth, side)
    assert peak is not None
    limits = limits_at(truth["speed_mps"] * 3.6, read_limits())
    picture = picture_truth(truth, side)
    events = truth["events"][side.value]
    row: dict[str, Any] = {
        "clip": name,
        "side": side.value,
        "status": _status(result),
        "true_peak_deg": peak,
        "true_label": label_at(peak, limits),
        "true_contact_s": float(np.mean([off - strike for strike, off in true_stances(events)])),
        **{f"true_{key}": value for key, value in picture.items()},
    }
    judged = result.judged
    if judged is None:
        return row | {"label": "refused", "reason": message(result.findings[0])}
    foot = judged.feet[side]
    row["heel"] = "dots" if foot.rearfoot_method == "markers" else "plain" if _plain(judged, side) else PATTERNED
    row |= {"label": foot.label, "method": foot.rearfoot_method, "steps": foot.n_strides}
    row["reason"] = " ".join(say(r) for r in foot.reasons) if foot.label == "undetermined" else ""
    for key, estimate in {
        "peak_deg": foot.peak_eversion_deg,
        "touchdown_deg": foot.touchdown_deg,
        "excursion_deg": foot.eversion_excursion_deg,
        "time_to_peak_pct": foot.time_to_peak_pct,
        "contact_s": foot.contact_time_s,
    }.items():
        if estimate:
            row |= {key: estimate.value, f"{key}_lo": estimate.ci95[0], f"{key}_hi": estimate.ci95[1]}
    return row


def _status(result: Result) -> str:
    return "refused" if result.refused else "ok"


def _plain(judged: Judged, side: Side) -> bool:
    read = judged.measurement.feet.get(side) if judged.measurement else None
    return read is not None and read.plain_heel


def true_stances(events: Mapping[str, Any]) -> list[tuple[float, float]]:
    """True foot strike and toe-off of every stance that is whole in the clip; none lasts 0.6 s."""
    pairs = [(s, next((t for t in events["toe_off_s"] if s < t < s + 0.6), None)) for s in events["foot_strike_s"]]
    return [(strike, off) for strike, off in pairs if off is not None]


def _clip_row(name: str, result: Result, truth: Mapping[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {"clip": name, "status": _status(result), "true_cadence_spm": truth["cadence_spm"]}
    judged = result.judged
    if judged is None:
        return row
    row["cadence_spm"] = judged.cadence_spm.value if judged.cadence_spm else np.nan
    spec, width = truth.get("spec", {}), judged.kinematics.both.get("step_width_pct_leg")
    if width and {"step_width_m", "height_m"} <= spec.keys():
        row |= {
            "true_step_width_pct_leg": 100 * spec["step_width_m"] / (LEG_SHARE * spec["height_m"]),
            "step_width_pct_leg": width.value,
            "step_width_pct_leg_lo": width.ci95[0],
            "step_width_pct_leg_hi": width.ci95[1],
        }
    for event, found in (
        ("foot_strike_s", {side: own.foot_strike_s for side, own in judged.events.items()}),
        ("toe_off_s", {side: own.toe_off_s for side, own in judged.events.items()}),
    ):
        errors, missed, invented = [], 0, 0
        for side in Side:
            e, m, i = match(found[side], truth["events"][side.value][event])
            errors += e
            missed += m
            invented += i
        short = event.removesuffix("_s")
        row |= {
            f"{short}_mae_ms": 1000 * float(np.mean(np.abs(errors))) if errors else np.nan,
            f"{short}_bias_ms": 1000 * float(np.mean(errors)) if errors else np.nan,
            f"{short}_worst_ms": 1000 * float(np.max(np.abs(errors))) if errors else np.nan,
            f"{short}_missed": missed,
            f"{short}_invented": invented,
        }
    return row


def match(found: Iterable[float], true: Iterable[float]) -> tuple[list[float], int, int]:
    """Errors (found - true, s) of the events that pair up, how many true ones are missed and how many were invented.

    True events within `MATCH_S` of the clip's ends, as the found ones show them, may be missed: they are not whole.
    """
    found, true = np.asarray(list(found)), np.asarray(list(true))
    if not len(found) or not len(true):
        return [], len(true), len(found)
    nearest = np.abs(found[:, None] - true[None, :]).argmin(axis=1)
    errors = found - true[nearest]
    paired = np.abs(errors) <= MATCH_S
    inner = true[(true >= true[0] + 0.5) & (true <= true[-1] - 0.5)]
    missed = int(sum(not np.any(np.abs(found - t) <= MATCH_S) for t in inner))
    return [float(e) for e in errors[paired]], missed, int((~paired).sum())


def pooled(feet: pd.DataFrame) -> dict[str, float]:
    """The figures the product is held to, over all feet that were not refused."""
    given = feet[feet["label"].isin(["neutral", "over", "under"])]
    opposite = given[
        (given["label"] == "over") & (given["true_label"] == "under")
        | (given["label"] == "under") & (given["true_label"] == "over")
    ]
    figures: dict[str, float] = {
        "feet": float(len(feet)),
        "refused": float((feet["label"] == "refused").sum()),
        "undetermined_pct": 100 * float((feet["label"] == "undetermined").mean()),
        "labels_right_pct": 100 * float((given["label"] == given["true_label"]).mean()) if len(given) else np.nan,
        "over_for_under": float(len(opposite)),
    }
    for key in ("peak_deg", "touchdown_deg", "excursion_deg", "time_to_peak_pct", "contact_s"):
        figures |= {f"{key}_{name}": value for name, value in _accuracy(feet, key).items()}
    if "method" in feet:
        figures["dots_mae"] = _accuracy(feet[feet["method"] == "markers"], "peak_deg").get("mae", np.nan)
    return figures


def _accuracy(feet: pd.DataFrame, key: str) -> dict[str, float]:
    if key not in feet:
        return {}
    rows = feet.dropna(subset=[key])
    if len(rows) < 2:
        return {}
    found, true = rows[key].to_numpy(float), rows[f"true_{key}"].to_numpy(float)
    error = found - true
    covered = (rows[f"{key}_lo"] <= rows[f"true_{key}"]) & (rows[f"true_{key}"] <= rows[f"{key}_hi"])
    return {
        "n": float(len(rows)),
        "mae": float(np.mean(np.abs(error))),
        "worst": float(np.max(np.abs(error))),
        "bias": float(np.mean(error)),
        "sd": float(np.std(error, ddof=1)),
        "slope": float(np.polyfit(true, found, 1)[0]) if np.ptp(true) > 1e-9 else np.nan,
        "r": float(np.corrcoef(true, found)[0, 1]) if np.ptp(true) > 1e-9 else np.nan,
        "covered_pct": 100 * float(covered.mean()),
    }


def markdown(feet: pd.DataFrame, clips: pd.DataFrame, pictures: Iterable[str]) -> str:
    """The accuracy page."""
    lines = [
        "# Accuracy against known truth",
        "",
        "Made by `gait validate DIR`: every clip is analysed as a customer's would be. Rendered clips prove how well the picture",
        "is read; they are cleaner than life. Angles in degrees, eversion positive.",
        "",
        *_provenance(feet),
        f"{len(clips)} clips, {len(feet)} feet.",
        "",
    ]
    aside = feet[_kept_aside(feet)]
    lines += _pooled_table({"found": feet, "kept aside": aside} if 0 < len(aside) < len(feet) else {"found": feet})
    lines += _by_heel(feet)
    lines += _step_width(clips)
    lines += ["", "## Per foot", "", _table(_foot_view(feet)), "", "## Per clip: steps", "", _table(clips.round(2))]
    lines += ["", *(f"![{Path(p).stem.replace('_', ' ')}]({p})" for p in pictures), ""]
    return "\n".join(lines)


def _kept_aside(feet: pd.DataFrame) -> "pd.Series[bool]":
    return feet["clip"].str.fullmatch(KEPT_ASIDE)


def _provenance(feet: pd.DataFrame) -> list[str]:
    """What the clips known by name may prove; nothing about others."""
    said = []
    if feet["clip"].str.fullmatch(DEVELOPED).any():
        said += [
            "dev01-dev08 and the two samples (runners of our own rendering) were looked at while the method was made and set the widths of",
            "its intervals: they are no clean test. An earlier page held 39 more rendered clips, measured before the calf's edges were",
            "followed through shading: over its 98 feet the peak's mean error was 0.545°, worst 2.7°, and intervals held on 98 %.",
        ]
    if _kept_aside(feet).any():
        said += [
            "t9000 and the following (bodies, shoes, clothes, cameras and light drawn at random by seed) were not looked at before the method",
            "stood, and run once: what they say is published as it came.",
        ]
    return [*said, ""] if said else []


def _pooled_table(groups: Mapping[str, pd.DataFrame]) -> list[str]:
    found = {name: pooled(feet) for name, feet in groups.items()}
    nan = float("nan")
    goals = [
        ("peak from standing, mean absolute error", "peak_deg_mae", "°", "≤ 1.0"),
        ("peak, worst foot", "peak_deg_worst", "°", "≤ 3"),
        ("peak, slope against truth", "peak_deg_slope", "", "0.95-1.05"),
        ("peak, correlation", "peak_deg_r", "", "≥ 0.98"),
        ("peak, 95 % interval covers the truth", "peak_deg_covered_pct", " %", "90-98"),
        ("labels given that are right", "labels_right_pct", " %", "≥ 97"),
        ("over for under or the reverse", "over_for_under", "", "0"),
        ("feet left undetermined", "undetermined_pct", " %", "≤ 10"),
        ("touchdown angle, mean absolute error", "touchdown_deg_mae", "°", "≤ 1.5"),
        ("excursion, mean absolute error", "excursion_deg_mae", "°", "≤ 1.5"),
        ("time to peak, mean absolute error", "time_to_peak_pct_mae", " % of stance", "≤ 4"),
        ("contact time per foot, mean absolute error", "contact_s_mae", " s", "≤ 0.008"),
        ("contact time, 95 % interval covers the truth", "contact_s_covered_pct", " %", "90-98"),
        ("peak with stick-on dots, mean absolute error", "dots_mae", "°", "≤ 0.5"),
    ]
    rows = [f"| | {' | '.join(found)} | goal |", "|---" * (len(found) + 2) + "|"]
    for name, key, unit, goal in goals:
        cells = " | ".join(f"{f.get(key, nan):.3g}{unit}" for f in found.values())
        rows.append(f"| {name} | {cells} | {goal} |")
    return rows


def _by_heel(feet: pd.DataFrame) -> list[str]:
    """The peak by what there is to see on the heel, and how many feet got a touchdown angle."""
    if "heel" not in feet or "peak_deg" not in feet:
        return []
    rows = [
        "",
        "| heel | feet | peak, mean absolute error | worst | interval covers | undetermined | touchdown given |",
    ]
    rows.append("|---|---|---|---|---|---|---|")
    for heel, own in feet.dropna(subset=["peak_deg"]).groupby("heel"):
        f = _accuracy(own, "peak_deg")
        if f:
            given = int(own["touchdown_deg"].notna().sum()) if "touchdown_deg" in own else 0
            unsure = int((own["label"] == "undetermined").sum())
            rows.append(
                f"| {heel} | {len(own)} | {f['mae']:.2f}° | {f['worst']:.2f}° | {f['covered_pct']:.0f} % | {unsure} | {given} |"
            )
    return rows


def _step_width(clips: pd.DataFrame) -> list[str]:
    """How well the distance between the feet's lines is read, in one sentence."""
    f = _accuracy(clips, "step_width_pct_leg")
    if not f:
        return []
    return [
        "",
        f"Step width on {f['n']:.0f} clips, in percent of leg length ({LEG_SHARE} of body height): mean absolute error {f['mae']:.1f}, "
        f"slope {f['slope']:.2f}, r {f['r']:.2f}; the interval covers the truth on {f['covered_pct']:.0f} %.",
    ]


def _foot_view(feet: pd.DataFrame) -> pd.DataFrame:
    view = feet.copy()
    if "peak_deg" in view:
        view["error_deg"] = view["peak_deg"] - view["true_peak_deg"]
        view["interval"] = [
            f"{lo:.1f} to {hi:.1f}" for lo, hi in zip(view["peak_deg_lo"], view["peak_deg_hi"], strict=True)
        ]
    columns = [
        "clip",
        "side",
        "true_peak_deg",
        "peak_deg",
        "interval",
        "error_deg",
        "true_label",
        "label",
        "method",
        "steps",
        "reason",
    ]
    return view[[c for c in columns if c in view]].round(2)


def _table(frame: pd.DataFrame) -> str:
    head = [f"| {' | '.join(map(str, frame.columns))} |", "|" + "---|" * len(frame.columns)]
    body = [
        "| " + " | ".join("" if pd.isna(v) else str(v) for v in row) + " |" for row in frame.itertuples(index=False)
    ]
    return "\n".join(head + body)
