"""What does a rear-view angle mean in 3D? Learns and tests `gait.estimate_3d` on motion capture, one runner left out at a time.

usage: python -m validation.meaning_rbds RBDS_FOLDER

The heel-counter and shank markers of each runner are projected on the frontal plane and go through the product's own code from
the rearfoot stage onward (`tabulate_strides`, `shank_lean_deg`); the 3D angle of the same steps is the truth.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import norm

from gait.estimate_3d import INTERCEPT_DEG, PER_CONTACT_S, PER_LEAN_DEG, PER_PEAK_DEG, shank_lean_deg
from gait.landmarks import Side
from gait.model import FootAngles, FootEvents, GaitEvents, RearfootAngles
from gait.settings import RearfootSettings
from gait.strides import tabulate_strides

SPEEDS_M_S = {"T25": 2.5, "T35": 3.5, "T45": 4.5}
LIMITS_3D_DEG = {2.5: (6.5, 11.8), 3.5: (8.1, 13.4), 4.5: (8.6, 15.3)}
LIMITS_REAR_DEG = {2.5: (7.7, 13.1), 3.5: (8.6, 14.6), 4.5: (9.1, 16.3)}
"""Mean ± 1 SD over 52 feet, 3D and rear view (RBDS)."""

PICTURE_PX_PER_MM = 0.5


def trial_rows(path: Path) -> list[dict[str, object]]:
    """One row per foot of a trial: rear-view summary by the product's code, and the 3D peak."""
    data = np.load(path)
    runner, speed = path.stem.split("_")
    rate_hz = float(data["rate"])
    events = {
        side: FootEvents(
            data["fs_s"][data["side"] == side.value[0].upper()], data["to_s"][data["side"] == side.value[0].upper()]
        )
        for side in Side
    }
    steps = GaitEvents(events, (), 0.0, 0.0, 0.0, None)
    angles = RearfootAngles({side: foot_angles(data, side, events[side], rate_hz) for side in Side}, "standing")
    table = tabulate_strides(steps, angles, RearfootSettings())
    rows: list[dict[str, object]] = []
    for side in Side:
        foot = table.feet[side]
        assert foot.peak_eversion_deg is not None
        assert foot.contact_time_s is not None
        letter = side.value[0].upper()
        truth = data[f"{letter}_eversion3d"] - data[f"{letter}_static_ev3d"]
        peaks = []
        for strike, off in events[side].stances_s():
            first, last = round(strike * rate_hz), round((strike + 0.75 * (off - strike)) * rate_hz)
            if last < len(truth):
                peaks.append(truth[first : last + 1].max())
        rows.append(
            {
                "runner": runner,
                "side": side.value,
                "speed": SPEEDS_M_S[speed],
                "peak": foot.peak_eversion_deg.value,
                "lean": shank_lean_deg(side, angles.feet[side], foot),
                "contact": foot.contact_time_s.value,
                "true": float(np.mean(peaks)),
            }
        )
    lean = np.mean([row["lean"] for row in rows])  # type: ignore[arg-type]
    return [row | {"lean": lean} for row in rows]


def foot_angles(data: "np.lib.npyio.NpzFile", side: Side, events: FootEvents, rate_hz: float) -> FootAngles:
    """The markers' frontal projection as the rearfoot stage would hand it on: every sample of every stance."""
    letter = side.value[0].upper()
    angle = data[f"{letter}_rearfoot2d"] - data[f"{letter}_static_rf2d"]
    stance, frame, share = [], [], []
    for k, (strike, off) in enumerate(events.stances_s()):
        inside = np.arange(int(np.ceil(strike * rate_hz)), min(int(off * rate_hz), len(angle) - 1) + 1)
        stance += [k] * len(inside)
        frame += inside.tolist()
        share += (100 * (inside / rate_hz - strike) / (off - strike)).tolist()
    index = np.array(frame)
    lines = []
    for low, high in (("ankle", "knee"), ("heel_bottom", "heel_top")):
        ends = np.stack([data[f"{letter}_{low}"][index], data[f"{letter}_{high}"][index]], axis=1)
        lines.append(np.stack([ends[..., 2], -ends[..., 1]], axis=-1) * PICTURE_PX_PER_MM)
    return FootAngles(
        np.array(stance),
        index,
        index / rate_hz,
        np.array(share),
        angle[index],
        np.full(len(index), 0.2),
        np.isfinite(angle[index]),
        lines[0],
        lines[1],
        "markers",
        0.0,
        0.0,
    )


def trials(folder: Path) -> pd.DataFrame:
    """All trials of a folder of RBDS files: one row per foot and speed."""
    return pd.DataFrame([row for path in sorted(folder.glob("RBDS*.npz")) for row in trial_rows(path)])


def predictors(table: pd.DataFrame) -> np.ndarray:
    """(k, 4) one, peak, lean, contact time."""
    return np.column_stack([np.ones(len(table)), table[["peak", "lean", "contact"]].to_numpy(float)])


def learnt_from_all(table: pd.DataFrame) -> tuple[np.ndarray, int]:
    """(4,) intercept and what each degree of peak, degree of lean and second of contact adds; and how many feet say so."""
    return np.linalg.lstsq(predictors(table), table["true"].to_numpy(float), rcond=None)[0], len(table)


def left_out(table: pd.DataFrame) -> np.ndarray:
    """The 3D peak of each foot by coefficients learnt without its runner."""
    X = predictors(table)
    y, runners = table["true"].to_numpy(float), table["runner"].to_numpy()
    out = np.empty(len(table))
    for runner in np.unique(runners):
        train = runners != runner
        out[~train] = X[~train] @ np.linalg.lstsq(X[train], y[train], rcond=None)[0]
    return out


def labels(values: np.ndarray, limits: np.ndarray) -> np.ndarray:
    """Labels: under / neutral / over by plain comparison."""
    return np.where(values < limits[:, 0], "under", np.where(values > limits[:, 1], "over", "neutral"))


def main() -> None:
    """Print the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    table = trials(parser.parse_args().folder)
    true, speeds = table["true"].to_numpy(float), table["speed"].to_numpy(float)
    limits_3d = np.array([LIMITS_3D_DEG[s] for s in speeds])
    limits_rear = np.array([LIMITS_REAR_DEG[s] for s in speeds])
    plain, learnt = table["peak"].to_numpy(float), left_out(table)
    error = learnt - true
    sd = float(np.std(error, ddof=1))
    under, over = norm.cdf((limits_3d[:, 0] - learnt) / sd), norm.sf((limits_3d[:, 1] - learnt) / sd)
    sure = np.maximum(np.maximum(under, over), 1 - under - over) >= 0.7
    truth = labels(true, limits_3d)
    agree_plain, agree = labels(plain, limits_rear) == truth, labels(learnt, limits_3d) == truth
    coefficients, _ = learnt_from_all(table)
    print("| 3D peak eversion from the rear view | plain reading | corrected, runner left out |\n|---|---|---|")
    print(f"| error SD | {np.std(plain - true, ddof=1):.2f}° | {sd:.2f}° |")
    print(f"| correlation | {np.corrcoef(plain, true)[0, 1]:.3f} | {np.corrcoef(learnt, true)[0, 1]:.3f} |")
    print(
        f"| mean absolute error, bias removed | {np.mean(np.abs(plain - true - np.mean(plain - true))):.2f}° | {np.mean(np.abs(error)):.2f}° |"
    )
    print(f"| label agrees, all feet | {100 * agree_plain.mean():.0f} % | {100 * agree.mean():.0f} % |")
    print(f"| label agrees, feet labelled at 0.7 ({100 * sure.mean():.0f} %) | | {100 * agree[sure].mean():.0f} % |")
    opposite = ((labels(learnt, limits_3d) == "over") & (truth == "under")) | (
        (labels(learnt, limits_3d) == "under") & (truth == "over")
    )
    print(f"| over for under or the reverse | | {int(opposite.sum())} |")
    print(f"| 95 % interval covers | | {100 * np.mean(np.abs(error) <= 1.96 * sd):.0f} % |\n")
    shipped = [INTERCEPT_DEG, PER_PEAK_DEG, PER_LEAN_DEG, PER_CONTACT_S]
    print(
        f"{len(table)} feet of {table['runner'].nunique()} runners. Coefficients learnt from all: {np.round(coefficients, 4).tolist()}; shipped: {shipped}"
    )


if __name__ == "__main__":
    main()
