"""What stands in a result folder: python examples/read_result.py FOLDER."""

import sys
from pathlib import Path

from gait.landmarks import Side
from gait.results.folder import ResultFolder

folder = ResultFolder(Path(sys.argv[1]))
result = folder.result
print(result.clip.file, result.clip.fps_hz, "frames per second,", result.view)
for finding in result.findings:
    print(finding.severity, finding.code, finding.value)
if result.judged is None:
    sys.exit("refused")
for side in Side:
    foot = result.judged.feet[side]
    print(side, foot.label, foot.n_strides, "steps", foot.peak_eversion_deg)

steps = folder.strides  # pandas, one row a step
print(steps[steps["used"]].groupby("side")["peak_eversion_deg"].describe())
times_s, points_px = folder.pose["times_s"], folder.pose["landmarks_px"]  # as tracked, not filtered
print(points_px.shape, "points over", times_s[-1], "s")
