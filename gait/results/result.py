"""A finished result as a value: what analysis.json says, typed. `gait.results.codec` reads and writes it.

Numbers are as the file holds them (rounded, no NaN); None means "could not be measured" or "an older version did not write it".
Angles in degrees, eversion positive for both feet; left and right are the runner's; times in seconds from the clip's first frame.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from gait.calibration import CameraCalibration
from gait.landmarks import Side, View
from gait.model import Basis, Estimate, Finding, Kinematics, Label, Meaning, RearfootMethod, Recommendation, Segment
from gait.said import Said

Line = tuple[float, float, float, float]
"""x0, y0, x1, y1 in picture coordinates, lower end first."""


@dataclass(frozen=True)
class ClipInfo:
    """A clip that was analysed. A key point file has no size of its own; a single frame has no rate."""

    file: str
    sha256: str
    duration_s: float
    fps_hz: float | None = None
    n_frames: int | None = None
    width_px: int | None = None
    height_px: int | None = None
    slow_motion: float = 1.0
    """How many times slower than life the file plays; all times are true times, already divided by it."""


@dataclass(frozen=True)
class Tracking:
    """How the runner was followed."""

    tracker: str
    model: str
    detected_fraction: float
    """0-1, of the frames that were tracked."""
    swaps_repaired: int
    frames_looked_at: int | None = None
    points_file: str | None = None
    """The file of key points that another tool wrote; None for what was tracked here."""


@dataclass(frozen=True)
class Versions:
    """What made the result."""

    gait: str
    mediapipe: str | None = None
    """As `tracker_version` has it; None where another tracker, or none, was at work. For readers of before."""
    model_sha256: str | None = None
    """Of the tracker's network."""
    tracker: str | None = None
    """None where nothing was tracked."""
    tracker_version: str | None = None
    """Of what ran the tracker, "mediapipe 0.10.21"."""


@dataclass(frozen=True)
class EventTimes:
    """One foot's events, ascending, in clip time."""

    foot_strike_s: tuple[float, ...]
    toe_off_s: tuple[float, ...]


@dataclass(frozen=True)
class EventErrors:
    """As in `gait.model.GaitEvents`: 1 SD each."""

    strike_sd_s: float
    toe_off_sd_s: float
    contact_bias_sd_s: float
    seen_contact_sd_s: Mapping[Side, float] = field(default_factory=dict)


@dataclass(frozen=True)
class FootReading:
    """How one foot's angle was read, as in `gait.model.FootAngles`."""

    method: RearfootMethod
    systematic_sd_deg: float | None = None
    standing_deg: float | None = None
    """The standing angle that was subtracted; None without a standing clip."""
    reasons: tuple[Said, ...] = ()
    plain_heel: bool = False


@dataclass(frozen=True)
class Measurement:
    """What the tables alone do not say and judging the steps again needs."""

    events: EventErrors
    feet: Mapping[Side, FootReading]
    """A foot that could not be measured in the pixels is absent."""


@dataclass(frozen=True)
class FootResult:
    """One foot over all its clean steps, and its label. Without a standing clip there is no `peak_eversion_deg`."""

    n_strides: int
    label: Label
    rearfoot_method: RearfootMethod
    contact_time_s: Estimate | None = None
    flight_time_s: Estimate | None = None
    touchdown_deg: Estimate | None = None
    peak_eversion_deg: Estimate | None = None
    eversion_excursion_deg: Estimate | None = None
    time_to_peak_pct: Estimate | None = None
    toe_out_deg: Estimate | None = None
    probability: Mapping[str, float] = field(default_factory=dict)
    """Keys under, neutral, over; empty when nothing was measured."""
    reasons: tuple[Said, ...] = ()


@dataclass(frozen=True)
class Limits:
    """The band that was held against, degrees."""

    under_deg: float
    over_deg: float


@dataclass(frozen=True)
class Reference:
    """What the angles are referred to and held against."""

    zero: Literal["standing", "none"]
    limits: Limits
    source: str
    speed_kmh: float | None = None
    """As a person gave it."""
    limits_speed_kmh: float | None = None
    """The speed whose band is printed: the given one, else the middle of the usual ones."""


@dataclass(frozen=True)
class Chosen:
    """What a person chose, by the names the tables had on the computer then."""

    shoe_size: float | None = None
    shelf: str | None = None
    limits: str | None = None


@dataclass(frozen=True)
class Details:
    """What staff typed beside the clip, and may put right afterwards."""

    runner: str = ""
    shoe_worn: str = ""
    """The shoe that was run in, in staff's words; empty when nobody said."""
    speed_kmh: float | None = None
    shoe_size: float | None = None


@dataclass(frozen=True)
class StepEdit:
    """One person's word on one step."""

    side: Side
    stance: int
    rejected: bool = False
    shank_px: Line | None = None
    heel_px: Line | None = None


@dataclass(frozen=True)
class EditRecord:
    """An edit as it was carried out."""

    edit: StepEdit
    angle_change_deg: float
    """How much more eversion the moved lines show than the measured ones."""


@dataclass(frozen=True)
class Judged:
    """What was found on a run that could be judged."""

    cadence_spm: Estimate | None
    events: Mapping[Side, EventTimes]
    feet: Mapping[Side, FootResult]
    """Both feet, always."""
    reference: Reference
    recommendation: Recommendation
    activity: tuple[Segment, ...] = ()
    measurement: Measurement | None = None
    """None: an older result, whose steps cannot be judged again."""
    meaning_3d: Mapping[Side, Meaning] = field(default_factory=dict)
    """Absent where it cannot be said."""
    kinematics: Kinematics = field(default_factory=lambda: Kinematics({side: {} for side in Side}, {}))
    choices: Chosen = field(default_factory=Chosen)
    basis: Basis | None = None
    """What the feet were judged by; None: an older result, which did not keep it."""
    edits: tuple[EditRecord, ...] = ()


@dataclass(frozen=True)
class Result:
    """One analysed clip."""

    clip: ClipInfo
    view: View
    findings: tuple[Finding, ...]
    versions: Versions
    runner: str = ""
    shoe_worn: str = ""
    """The shoe that was run in, as staff wrote it."""
    store: str = ""
    created: datetime | None = None
    """To the second."""
    standing: ClipInfo | None = None
    tracking: Tracking | None = None
    """None: refused before the runner was followed."""
    judged: Judged | None = None
    """None: the clip was refused; a finding says why."""
    version: int = 1
    """One more with each correction, and with each analysis that took the place of this one."""
    given_first: Details | None = None
    """What staff had typed before they put it right; None: nothing was put right, or all of it was taken back."""
    standing_put_right: bool = False
    """Whether the run was measured again with another standing clip than at first."""
    calibration: CameraCalibration | None = None
    """The latest one of the camera when the clip was analysed; None: it was not calibrated. No number of the result was changed by it."""

    @property
    def details(self) -> Details:
        """What staff typed, as it stands now. Of a refused clip the speed and the size are not kept."""
        judged = self.judged
        speed_kmh, shoe_size = (judged.reference.speed_kmh, judged.choices.shoe_size) if judged else (None, None)
        return Details(self.runner, self.shoe_worn, speed_kmh, shoe_size)

    def is_of_run(self, other: "Result") -> bool:
        """Whether both are of one analysis, whatever was corrected since."""
        return (self.created, self.clip, self.standing) == (other.created, other.clip, other.standing)

    @property
    def refused(self) -> bool:
        """Whether the clip could not be judged at all."""
        return self.judged is None
