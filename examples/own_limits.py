"""The same frames judged by other limits, without measuring again: python examples/own_limits.py [LIMITS.csv].

The columns of LIMITS.csv are those of gait/data/limits.csv.
"""

import sys
from dataclasses import replace
from pathlib import Path

from gait import places
from gait.judge import judge, read_basis
from gait.model import RearfootAngles, SpeedLimits
from gait.pipeline import Choices, analyse
from gait.settings import Settings

analysis = analyse(places.sample_run(), Choices(standing=places.sample_standing(), speed_kmh=9.7))
if analysis.judgement is None or analysis.events is None:
    sys.exit("refused")
basis = analysis.judgement.basis
if len(sys.argv) > 1:
    mine = read_basis(basis.speed_kmh, Settings(), limits=Path(sys.argv[1]))
else:
    mine = replace(basis, limits=(SpeedLimits(9.7, under_deg=4.0, over_deg=9.0, source="a stricter store"),))

again = judge(analysis.events, analysis.rearfoot or RearfootAngles({}, "none"), mine)
for side in again.pronation.feet:
    before, after = analysis.judgement.pronation.feet[side], again.pronation.feet[side]
    print(f"{side}: {before.label} by the shipped limits, {after.label} by {mine.limits[0].source}")
