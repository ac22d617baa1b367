"""The pictures of the accuracy page: Bland-Altman, calibration of the intervals, confusion of labels."""

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import norm

from gait.model import Z95

LABELS = ["under", "neutral", "over", "undetermined"]


def write(feet: pd.DataFrame, out: Path) -> list[str]:
    """Write the PNGs that the data allow into `out`; returns their names."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    if "peak_deg" not in feet or feet["peak_deg"].notna().sum() < 2:
        return []
    rows = feet.dropna(subset=["peak_deg"])
    true, found = rows["true_peak_deg"].to_numpy(float), rows["peak_deg"].to_numpy(float)
    error, colours = found - true, np.where(rows["side"] == "left", "#0072B2", "#D55E00")

    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
    half = np.vstack([found - rows["peak_deg_lo"], rows["peak_deg_hi"] - found])
    left.errorbar(true, found, yerr=half, fmt="none", ecolor="#999999", lw=1)
    left.scatter(true, found, c=colours, zorder=3, s=28)
    span = [min(true.min(), found.min()) - 1, max(true.max(), found.max()) + 1]
    left.plot(span, span, color="black", lw=0.8)
    left.set(xlabel="true peak from standing, °", ylabel="found, °", title="Found against true, with 95 % intervals")
    bias, sd = error.mean(), error.std(ddof=1)
    right.scatter((true + found) / 2, error, c=colours, s=28)
    for level, style in ((bias, "-"), (bias - Z95 * sd, "--"), (bias + Z95 * sd, "--")):
        right.axhline(level, color="black", lw=0.8, ls=style)
    right.set(
        xlabel="mean of true and found, °",
        ylabel="found - true, °",
        title=f"Bland-Altman: bias {bias:+.2f}°, SD {sd:.2f}°",
    )
    figure.savefig(out / "bland_altman.png", dpi=110)
    plt.close(figure)

    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
    claimed = np.linspace(0.05, 0.99, 40)
    score = np.abs(error) / ((rows["peak_deg_hi"] - rows["peak_deg_lo"]).to_numpy(float) / (2 * Z95))
    left.plot(100 * claimed, [100 * float(np.mean(score <= norm.ppf(0.5 + c / 2))) for c in claimed], color="#0072B2")
    left.plot([0, 100], [0, 100], color="black", lw=0.8)
    left.set(xlabel="interval claimed, %", ylabel="feet whose truth it covers, %", title="Calibration of the intervals")
    counts = np.array([[((feet["true_label"] == t) & (feet["label"] == f)).sum() for f in LABELS] for t in LABELS[:3]])
    right.imshow(counts, cmap="Blues")
    for (i, j), n in np.ndenumerate(counts):
        right.text(j, i, str(n), ha="center", va="center", color="white" if n > counts.max() / 2 else "black")
    right.set_xticks(range(4), LABELS)
    right.set_yticks(range(3), LABELS[:3])
    right.set(xlabel="label given", ylabel="true label", title="Labels")
    figure.savefig(out / "calibration_labels.png", dpi=110)
    plt.close(figure)
    return ["bland_altman.png", "calibration_labels.png"]
