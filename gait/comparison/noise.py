"""What differs from run to run although nothing has changed: of the measuring, and of the runner. One row a figure.

A figure that is not here is not compared: nobody knows its noise.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Noise:
    """Of one run, 1 SD in the figure's unit; a difference of two runs has sqrt(2) times as much."""

    method: float
    """What its error changes by from one run to the next with the same standing clip, beyond what the scatter of the steps explains.
    From the halves of rendered clips, whose truth is known: `validation/compare.py`, reports/validation/compare.md."""
    runner: float
    """What the runner changes by from run to run in the same shoe at the same speed."""


RUN_TO_RUN = 1.9
"""How many times more a runner differs from run to run than between the first and the last third of 30 s on a treadmill. The peak is known
in both: 0.47 degrees is the lower end of the published smallest detectable differences (1.3 degrees, Dingenen 2018, over 1.96 sqrt(2));
within 30 s it is 0.25 (RBDS, 32 feet at three speeds, `validation/compare.py`). Other figures have no published number and take the same ratio."""

NOISE: Mapping[str, Noise] = {
    "contact_time_s": Noise(0.0026, RUN_TO_RUN * 0.0020),
    "flight_time_s": Noise(0.0023, RUN_TO_RUN * 0.0016),
    "touchdown_deg": Noise(0.3, RUN_TO_RUN * 0.41),
    "peak_eversion_deg": Noise(0.2, RUN_TO_RUN * 0.25),
    "eversion_excursion_deg": Noise(0.45, RUN_TO_RUN * 0.47),
    "time_to_peak_pct": Noise(1.0, RUN_TO_RUN * 1.1),
    "cadence_spm": Noise(0.1, RUN_TO_RUN * 0.50),
    "step_width_pct_leg": Noise(0.2, RUN_TO_RUN * 0.68),
}
OF_A_FOOT = (
    "peak_eversion_deg",
    "touchdown_deg",
    "eversion_excursion_deg",
    "time_to_peak_pct",
    "contact_time_s",
    "flight_time_s",
)
"""In the order they are listed in."""
OF_BOTH = ("cadence_spm", "step_width_pct_leg")
BLIND_DEG = 5.4
"""A peak's change that must be larger than this to be called real cannot be told at all: a foot could go from one end of the neutral band
to the other (7.7 to 13.1 degrees at 9 km/h) and it would pass for noise."""
ASKED = ("peak_eversion_deg",)
"""What the comparison is made for. Its figures are a group of their own when many are judged at once."""
