"""Learns what tells the heel counter's place in a standing clip: `WEIGHTS` of `gait.rearfoot.place`.

usage: python -m validation.train_place CLIPS [CLIPS ...]

CLIPS are folders of standing clips with truth (`NAME.standing.mp4`, `NAME.standing.truth.json`) as `validation.runners` makes them. Heels with dots are
left out: their place is the dots'. Prints the weights, and how far off each runner's counters are when the weights are learnt from the others.
The likelihood of a place is that of every height of a counter there, added up; it is fitted to the truth with an SD of 2 patch pixels (4 mm).
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp

from gait import pose
from gait.clip import open_clip
from gait.landmarks import Side
from gait.model import Floats
from gait.pipeline import Choices
from gait.rearfoot import StandingInput, place, remember_standing
from gait.rearfoot.frame import UNITS, HeelPicture, expected_heel
from gait.settings import RearfootSettings

TRUTH_SD_PX, RIDGE, FAR_PX = 2.0, 0.002, 6.0


def main() -> None:
    """Read, learn, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("clips", type=Path, nargs="+")
    files = [f for folder in parser.parse_args().clips for f in sorted(folder.glob("*.standing.mp4"))]
    heels = [heel for file in files for heel in heels_of(file)]
    features = np.array([heel["features"] for heel in heels])
    true_px = np.array([heel["true_px"] for heel in heels])
    runners = np.array([heel["runner"] for heel in heels])
    mean, spread = (f(features.reshape(-1, features.shape[-1]), axis=0) for f in (np.mean, np.std))
    features = (features - mean) / spread
    off_px = np.zeros(len(heels))
    for runner in np.unique(runners):
        own = runners == runner
        likely = logsumexp(features[own] @ learn(features[~own], true_px[~own]), axis=2)
        off_px[own] = place.LOWER_PX[likely.argmax(axis=1)] - true_px[own]
    far = np.abs(off_px) > FAR_PX
    print(f"{len(heels)} heels of {len(np.unique(runners))} runners, each by the others' weights:")
    print(
        f"{far.sum()} more than {FAR_PX:.0f} px off, the others {off_px[~far].mean():+.2f}, SD {off_px[~far].std():.2f} px"
    )
    for runner, off in zip(runners[far], off_px[far], strict=True):
        print(f"  {runner}: {off:+.0f} px")
    for name, weight in zip(place.WEIGHTS, learn(features, true_px) / spread, strict=True):
        print(f"    {name!r}: {weight:.4g},")


def heels_of(file: Path) -> list[dict[str, Any]]:
    """Both heels of a standing clip: what speaks for each stretch, and how much lower than expected the counter is."""
    truth = json.loads(file.with_suffix(".truth.json").read_text(encoding="utf-8"))
    if truth["spec"].get("dots"):
        return []
    seen: list[tuple[Sequence[HeelPicture], float]] = []

    def look(pictures: Sequence[HeelPicture], middle_px: float) -> float:
        seen.append((pictures, middle_px))
        return 0.0

    print(file.stem, flush=True)
    track, legs = pose.track_clip(open_clip(file), Choices().pose)
    with legs, patch.object(place, "raised_by", look):
        remember_standing(StandingInput(legs, track), RearfootSettings())
    found = []
    for pictures, middle_px in seen:
        to_picture, (x, sole) = pictures[0].to_picture, expected_heel(pictures[0])
        counters = [counter_px(truth, side, to_picture) for side in Side]
        nearest = min(counters, key=lambda xy: abs(xy[0] - x))
        lower = float(nearest[1] - (sole - place.EXPECTED * UNITS))
        features = place.weighed(pictures, middle_px)
        found.append({"runner": file.name.split(".")[0], "features": features, "true_px": lower})
    return found


def counter_px(truth: dict[str, Any], side: Side, to_picture: Floats) -> Floats:
    """(2,) where the middle of a counter is in a heel picture, patch pixels."""
    frames = truth["frames"][side.value]
    ends = [np.median(np.array(frames[name], float), axis=0) for name in ("heel_lo_px", "heel_hi_px")]
    middle: Floats = (np.mean(ends, axis=0) - to_picture[:, 2]) / to_picture[0, 0]
    return middle


def learn(features: Floats, true_px: Floats) -> Floats:
    """(features,) the weights that make the true places likeliest.

    Args:
        features: (heels, places, heights, features).
        true_px: (heels,).
    """
    told = np.exp(-(((place.LOWER_PX - true_px[:, None]) / TRUTH_SD_PX) ** 2) / 2)
    told /= told.sum(axis=1, keepdims=True)

    def loss(weights: Floats) -> tuple[float, Floats]:
        each = features @ weights
        of_place = logsumexp(each, axis=2)
        likely = of_place - logsumexp(of_place, axis=1, keepdims=True)
        of_height = np.exp(each - of_place[..., None])
        slope = np.einsum("np,nph,nphk->k", np.exp(likely) - told, of_height, features) / len(features)
        return float(-(told * likely).sum() / len(features) + RIDGE * weights @ weights), slope + 2 * RIDGE * weights

    return np.asarray(minimize(loss, np.zeros(features.shape[-1]), jac=True).x)


if __name__ == "__main__":
    main()
