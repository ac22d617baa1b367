"""Times that were not as in the file: what was put right, said."""

from gait.model import Finding, FrameTimes


def check_clock(taken: FrameTimes) -> tuple[Finding, ...]:
    """The share of frames that were lost, or put in twice, while the file's times run on as if nothing were wrong.

    Args:
        taken: As from `gait.clock.read_clock`.

    Example:
        >>> import numpy as np
        >>> [(f.code, f.case, f.value) for f in check_clock(FrameTimes(np.arange(90) / 60, lost=10, sd_share=0.02))]
        [('frames_lost', '', 0.1)]
    """
    if taken.doubtful:
        return (Finding("frames_lost", "warn", round(taken.doubtful, 3), None, {"share": taken.doubtful}, "somewhere"),)
    if not taken.lost and not taken.added:
        return ()
    whole = len(taken.times_s) + taken.lost
    share, added = taken.lost / whole, taken.added / whole
    values = {"share": share, "added": added, "lost": taken.lost}
    if not taken.lost:
        return (Finding("frames_lost", "warn", round(added, 3), None, values, "added"),)
    return (Finding("frames_lost", "warn", round(share, 3), None, values, "both" if taken.added else ""),)
