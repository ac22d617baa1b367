"""One foot's readings on their way from pictures to angles: each step takes them and gives new ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from gait.model import Bools, Floats, Frozen
from gait.rearfoot.align import Alignment
from gait.rearfoot.frame import HeelPicture, Strip
from gait.rearfoot.reference import Leg, LegReference
from gait.rearfoot.shank import ShankFit
from gait.said import Said


@dataclass(frozen=True, eq=False)
class Cuts:
    """The two patches of every frame of stance whose picture there is, by frame index."""

    heels: Mapping[int, HeelPicture]
    strips: Mapping[int, Strip]


@dataclass(frozen=True, eq=False)
class Readings(Frozen):
    """What is known of one foot so far: one entry per frame of `leg` (m entries).

    Tilts are clockwise from vertical in the picture, not yet towards eversion. NaN = not read in that frame.
    """

    leg: Leg
    reference: LegReference
    from_standing: bool
    """Whether the reference is of a standing clip: only then have angles a common zero."""
    cuts: Cuts
    found: Mapping[int, Alignment]
    """By frame index, where the counter was found; frames without a fit are left out."""
    shanks: Mapping[int, ShankFit]
    """By frame index, where the shank's axis lies."""
    heel_px: Floats
    shank_px: Floats
    """(m, 2, 2) the lines: lower end, upper end; x, y in picture coordinates."""
    heel_tilt_deg: Floats
    shank_tilt_deg: Floats
    """(m,) of those lines."""
    heel_zero_deg: float
    shank_zero_deg: float
    """The same two tilts in the reference."""
    error_deg: Floats
    """(m,) the angle's random error, 1 SD."""
    read: Bools
    """(m,) both lines were read and passed the tests of a single frame."""
    windows_sd_deg: float = 0.0
    """How far a plain heel's windows disagree: the standard error of their mean; 0 for a heel with a strip."""
    heel_marked: bool = False
    calf_marked: bool = False
    """Whether that line is read from a pair of stick-on dots."""
    usable: Bools = field(default_factory=lambda: np.zeros(0, np.bool_))
    """(m,) accepted; empty until then."""
    doubts: Mapping[str, float] = field(default_factory=dict)
    """By name, what makes the reading doubtful (`gait.rearfoot.budget`); empty until it is reckoned."""
    systematic_sd_deg: float = float("nan")
    """1 SD of the error all frames share; NaN until it is reckoned."""
    reasons: tuple[Said, ...] = ()
    """What staff should know about this foot."""

    @property
    def plain(self) -> bool:
        """The counter has no strip, seam or logo."""
        return self.reference.counter.plain

    @property
    def marked(self) -> bool:
        """Both lines are read from dots: nothing is left that the heel's own look decides."""
        return self.heel_marked and self.calf_marked

    @property
    def standing_deg(self) -> float:
        """The reference's own angle, eversion positive."""
        return self.reference.turn * (self.heel_zero_deg - self.shank_zero_deg)

    @property
    def angle_deg(self) -> Floats:
        """(m,) heel against shank, eversion positive, from standing where there is a standing clip; NaN = not read."""
        zero = self.standing_deg if self.from_standing else 0.0
        return np.asarray(self.reference.turn * (self.heel_tilt_deg - self.shank_tilt_deg) - zero)
