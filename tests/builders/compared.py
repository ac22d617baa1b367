"""Two results to compare, whose numbers are known."""

from dataclasses import replace
from math import sqrt
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from gait.comparison.noise import OF_A_FOOT, OF_BOTH
from gait.landmarks import Side
from gait.model import Estimate, StepMean
from gait.results.folder import ResultFolder
from gait.results.result import Result
from tests.builders.any_result import maybe
from tests.builders.results import example_result

STEPS, STEP_SD_DEG, SHARED_SD_DEG = 25, 1.0, 0.5
"""A peak's chance is 1/5 of a degree, and what its steps share half of one."""


def folder_of(result: Result, peaks_deg: dict[Side, float] | None = None) -> ResultFolder:
    """The result as if read from a folder, with a table of steps round these peaks whose spread is `STEP_SD_DEG` exactly."""
    folder = ResultFolder(Path("somewhere") / "result")
    folder.__dict__.update(result=result, strides=steps_table(peaks_deg or {}), trajectories=None)
    return folder


def steps_table(peaks_deg: dict[Side, float]) -> pd.DataFrame:
    """`STEPS` used steps a foot and one that is not, far off."""
    spread = np.linspace(-1, 1, STEPS)
    spread *= STEP_SD_DEG / spread.std(ddof=1)
    rows = [
        {
            "side": side.value,
            "used": used,
            "peak_eversion_deg": deg,
            "touchdown_deg": -4.0,
            "eversion_excursion_deg": deg + 4,
        }
        for side, mean in peaks_deg.items()
        for used, deg in [*((True, mean + one) for one in spread), (False, 99.0)]
    ]
    return pd.DataFrame(rows)


def run_of(left_deg: float, right_deg: float, sha: str = "a", standing: str = "1", **changes: object) -> ResultFolder:
    """A run with these peaks, each with the chance of `STEPS` steps and `SHARED_SD_DEG`."""
    result = example_result()
    assert result.judged is not None
    assert result.standing is not None
    peaks = {Side.LEFT: left_deg, Side.RIGHT: right_deg}
    sd = sqrt(STEP_SD_DEG**2 / STEPS + SHARED_SD_DEG**2)
    feet = {
        side: replace(foot, n_strides=STEPS, peak_eversion_deg=Estimate.from_sd(peaks[side], sd))
        for side, foot in result.judged.feet.items()
    }
    made = replace(
        result,
        clip=replace(result.clip, sha256=sha * 64),
        standing=replace(result.standing, sha256=standing * 64),
        judged=replace(result.judged, feet=feet),
    )
    return folder_of(replace(made, **changes), peaks)  # type: ignore[arg-type]


def _with(figures: dict[str, dict[str, Estimate | None]], standing: str, zero: str, shoe: str) -> ResultFolder:
    result = example_result()
    assert result.judged is not None
    assert result.standing is not None
    judged = result.judged
    feet = {side: replace(foot, **figures[side.value]) for side, foot in judged.feet.items()}
    width = figures["both"]["step_width_pct_leg"]
    both = {"step_width_pct_leg": StepMean(width.value, width.ci95, 9)} if width else {}
    judged = replace(
        judged,
        feet=feet,
        cadence_spm=figures["both"]["cadence_spm"],
        reference=replace(judged.reference, zero=zero),
        kinematics=replace(judged.kinematics, both=both),
    )
    standing_clip = replace(result.standing, sha256=standing * 64)
    return folder_of(replace(result, judged=judged, standing=standing_clip, shoe_worn=shoe))


def _figures(keys: tuple[str, ...]) -> st.SearchStrategy[dict[str, Estimate | None]]:
    return st.fixed_dictionaries(dict.fromkeys(keys, maybe))


any_run = st.builds(
    _with,
    st.fixed_dictionaries({"left": _figures(OF_A_FOOT), "right": _figures(OF_A_FOOT), "both": _figures(OF_BOTH)}),
    st.sampled_from("12"),
    st.sampled_from(["standing", "none"]),
    st.sampled_from(["", "Old", "New"]),
)
"""Any figures, in any order of size, each of which may be absent."""
