"""A clip in, a label per foot out: python examples/analyse_clip.py [RUN.mp4 [STANDING.mp4]]."""

import sys
from pathlib import Path

from gait import places
from gait.pipeline import Choices, analyse

run, standing = Path(places.sample_run()), Path(places.sample_standing())
if len(sys.argv) > 1:
    run, standing = Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None

analysis = analyse(run, Choices(standing=standing, speed_kmh=9.7))
if analysis.judgement is None:
    sys.exit("; ".join(finding.code for finding in analysis.findings if finding.severity == "refuse"))
for side, verdict in analysis.judgement.pronation.feet.items():
    peak = analysis.judgement.strides.feet[side].peak_eversion_deg
    tilt = f"{peak.value:.1f}° ({peak.ci95[0]:.1f} to {peak.ci95[1]:.1f})" if peak else "not measured"
    print(f"{side}: {verdict.label}, {tilt}")
