"""The values that flow through gait, in the order they flow. Frozen; their arrays are read-only.

Picture coordinates (`*_px`) have x to the right and y down, origin at the top-left corner of the picture as displayed
(rotation applied). Times (`*_s`) are seconds from the clip's first frame, from the container, never frame/fps.
Angles (`*_deg`): eversion positive for both feet. NaN always means "not seen", never zero.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import ClassVar, Literal, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gait.landmarks import Side, View
from gait.said import Said, Value
from gait.settings import PronationSettings, RearfootSettings

Floats = NDArray[np.float64]
AnyFloats = NDArray[np.float64] | NDArray[np.float32]
"""What is kept as it came: networks answer in single precision, and twice the memory would hold the same numbers."""
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Picture = NDArray[np.uint8]
"""(height, width, 3) RGB."""

Label = Literal["neutral", "over", "under", "undetermined"]
RearfootMethod = Literal["markers", "heel_counter", "landmarks"]
Severity = Literal["refuse", "warn", "info"]


class Frozen:
    """Base of the stage values: after construction no array of theirs can be written to."""

    def __post_init__(self) -> None:
        """Make every array field read-only (a view is taken, so the caller's array stays writable)."""
        for f in fields(self):  # type: ignore[arg-type]
            value = getattr(self, f.name)
            if isinstance(value, np.ndarray):
                view = value.view()
                view.flags.writeable = False
                object.__setattr__(self, f.name, view)


Z95 = 1.96
"""Half-width of the 95 % interval of a normal error, in its SDs."""


@dataclass(frozen=True)
class Estimate:
    """A number with its 95 % interval, both in the unit the field's name carries.

    Example:
        >>> Estimate.from_sd(10.0, 1.0)
        Estimate(value=10.0, ci95=(8.04, 11.96))
        >>> round(Estimate(10.0, (8.04, 11.96)).sd, 6)
        1.0
    """

    value: float
    ci95: tuple[float, float]
    """Lower end, upper end."""

    @classmethod
    def from_sd(cls, value: float, sd: float) -> "Estimate":
        """The interval of a normal error with this standard deviation, in the value's unit."""
        return cls(float(value), (float(value - Z95 * sd), float(value + Z95 * sd)))

    @property
    def sd(self) -> float:
        """The standard error behind the interval, read as a normal one; intervals from Student's t come out a little wide."""
        return (self.ci95[1] - self.ci95[0]) / (2 * Z95)


@dataclass(frozen=True)
class StepMean(Estimate):
    """The mean over a foot's steps, with how many there were."""

    n_steps: int


@dataclass(frozen=True)
class Finding:
    """One observation of `quality`: what was measured and the limit it is held against.

    `refuse` means the clip cannot be judged at all.
    """

    kind: ClassVar[str] = "finding"
    code: str
    severity: Severity
    value: float | str | None = None
    limit: float | str | None = None
    values: Mapping[str, Value] = field(default_factory=dict)
    """What its sentences hold: `gait.words.message` and `advice` make them."""
    case: str = ""
    """Which of the code's sentences; empty where there is one."""


@dataclass(frozen=True, eq=False)
class Clip(Frozen):
    """A video file that was opened and indexed. Its pixels stay in the file: see `gait.clip.frames`."""

    path: Path
    sha256: str
    times_s: Floats
    """(n,) presentation time of every frame, strictly increasing, first = 0."""
    width_px: int
    height_px: int
    """As displayed, rotation applied."""
    rotation_deg: int
    """To the left, from the stored picture to the displayed one."""
    codec: str
    start_s: float = 0.0
    """The container's own time of the first frame, which is time 0 everywhere else."""
    key_frames: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    """(k,) indices of frames that can be decoded without those before them; empty when not known."""
    slow_motion: float = 1.0
    """How many times slower than life the file plays, as a person confirmed; `times_s` are true times, already divided by it."""
    stamps: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    """(n,) what the container calls each frame, where that is not its time: frames stored without times, or an edit that plays them at
    another rate. Empty where the container's time is the frame's."""
    interlaced: bool = False
    """Each stored frame holds two half pictures taken one after the other; each of them is a frame here."""
    transfer: str = ""
    """Of high dynamic range, "pq" or "hlg": frames are given with the brightness of an ordinary clip. Empty for one."""
    other_sizes_px: tuple[tuple[int, int], ...] = ()
    """(width, height) as stored of frames that were brought to this clip's size: a stream can change it on the way."""
    edit_rate: float = 1.0
    """How many times faster than stored the file says it is to be played; `times_s` are as played."""
    stored_s: Floats = field(default_factory=lambda: np.empty(0))
    """(n,) time of every frame as the file has it, first = 0, where `times_s` were put right (`gait.clock`). Empty where they are the same."""
    turned: int = 0
    """Quarter turns to the left beyond what the file asks for, because the runner lies on the side or the head otherwise."""
    mirrored: bool = False
    """The camera shows what a mirror shows, as a person confirmed: frames are given the other way round, before `turned`."""
    camera: str = ""
    """Make and model of what filmed it, as the file says; empty where it does not."""

    def unmirrored(self) -> "Clip":
        """The same file, known to be mirrored: its frames the right way round. Comes before `upright`."""
        return replace(self, mirrored=True)

    def upright(self, turns: int) -> "Clip":
        """The same file shown turned by so many quarter turns to the left."""
        size = (self.width_px, self.height_px)
        width, height = size[::-1] if turns % 2 else size
        turned, rotation_deg = (self.turned + turns) % 4, (self.rotation_deg + 90 * turns) % 360
        return replace(self, turned=turned, rotation_deg=rotation_deg, width_px=width, height_px=height)

    def retimed(self, times_s: Floats) -> "Clip":
        """The same frames at other times than the file has them."""
        if np.array_equal(times_s, self.times_s):
            return self
        return replace(self, times_s=times_s, stored_s=self.in_file_s)

    @property
    def in_file_s(self) -> Floats:
        """(n,) the frames' times as the file has them, `slow_motion` taken out, first = 0: what finds a frame in it."""
        return self.stored_s if len(self.stored_s) else self.times_s

    def slowed(self, factor: float) -> "Clip":
        """The same file, known to play `factor` times slower than life: its times in seconds as they passed.

        Example:
            >>> clip = Clip(Path("run.mp4"), "", np.array([0.0, 0.1, 0.2]), 720, 1280, 0, "h264")
            >>> round(clip.fps_hz, 6), round(clip.slowed(2).fps_hz, 6)
            (10.0, 20.0)
        """
        return replace(
            self,
            times_s=self.times_s / factor,
            stored_s=self.stored_s / factor,
            slow_motion=self.slow_motion * factor,
        )

    def thinned(self, rate_hz: float) -> "Clip":
        """The same file with at most about so many frames per second, evenly in time: enough where nothing moves."""
        due = np.arange(0.0, self.times_s[-1], 1 / rate_hz)
        half = float(np.median(np.diff(self.times_s))) / 2 if self.n_frames > 1 else 0.0
        kept = np.unique(np.minimum(np.searchsorted(self.times_s, due - half), self.n_frames - 1))
        keys = np.flatnonzero(np.isin(kept, self.key_frames))
        stamps = self.stamps[kept] if len(self.stamps) else self.stamps
        stored_s = self.stored_s[kept] if len(self.stored_s) else self.stored_s
        return replace(self, times_s=self.times_s[kept], key_frames=keys, stamps=stamps, stored_s=stored_s)

    @property
    def n_frames(self) -> int:
        """Number of frames that can be shown."""
        return len(self.times_s)

    @property
    def duration_s(self) -> float:
        """Time from the first to the last frame's end, taking the last frame as long as the median one."""
        return float(self.times_s[-1] + np.median(np.diff(self.times_s))) if self.n_frames > 1 else 0.0

    @property
    def fps_hz(self) -> float:
        """Frames over the time they span: exact for a constant rate, the mean for a variable one."""
        return float((self.n_frames - 1) / self.times_s[-1]) if self.n_frames > 1 else float("nan")


@dataclass(frozen=True, eq=False)
class Crop(Frozen):
    """Part of a frame at the clip's own resolution. Picture point = crop index + (x0_px, y0_px)."""

    image: Picture
    x0_px: int
    y0_px: int


class LegPictures(Protocol):
    """The full-resolution picture round both lower legs (knees to below the toes), by frame index."""

    def crop(self, frame: int) -> Crop | None:
        """The crop of that frame; None where the runner was not seen."""
        ...

    def crops(self, frames: Ints) -> Iterator[tuple[int, Crop | None]]:
        """Those frames, ascending: the cheap way to go through many."""
        ...

    def luma(self, frames: Ints) -> Iterator[tuple[int, Crop | None]]:
        """The same in brightness only, in a fifth of the time: `image` is (height, width), as the file has it (black may be 16)."""
        ...


@dataclass(frozen=True, eq=False)
class PoseTrack(Frozen):
    """One runner, frame by frame, as the tracker saw them: unfiltered."""

    times_s: Floats
    """(n,) as in `Clip`."""
    landmarks_px: Floats
    """(n, 33, 2) picture coordinates; NaN = not seen in that frame."""
    visibility: AnyFloats
    """(n, 33) the tracker's own confidence 0-1. No measure of quality (see README)."""
    world_m: AnyFloats
    """(n, 33, 3) the tracker's 3D guess in metres, hip-centred, y down; for show only. NaN = not seen."""
    width_px: int
    height_px: int
    tracker: str
    model: str
    model_sha256: str
    between: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    """(m,) frames that were not tracked (`PoseSettings.track_hz`). Their points lie on the straight line between those of the
    frames either side: good for cutting out pictures and drawing, no measurement of their own."""
    tracker_version: str = ""
    """Of what ran the tracker, "mediapipe 0.10.21"; empty for key points from a file."""
    points_file: str = ""
    """The name of the file that the key points come from; empty for what was tracked here."""

    @property
    def tracked(self) -> Ints:
        """(k,) frames the tracker ran on."""
        return np.setdiff1d(np.arange(len(self.times_s)), self.between)

    @property
    def without_between(self) -> "PoseTrack":
        """The track without the frames `between`."""
        return self.only(self.tracked) if len(self.between) else self

    def only(self, rows: Ints) -> "PoseTrack":
        """The track of those frames, all of which were tracked."""
        return replace(
            self,
            times_s=self.times_s[rows],
            landmarks_px=self.landmarks_px[rows],
            visibility=self.visibility[rows],
            world_m=self.world_m[rows],
            between=np.empty(0, np.int64),
        )

    @property
    def detected(self) -> Bools:
        """(n,) frames in which the runner was found."""
        return np.asarray(np.isfinite(self.landmarks_px).any(axis=(1, 2)))

    @property
    def detected_fraction(self) -> float:
        """Share of frames with a runner, 0-1."""
        return float(self.detected.mean()) if len(self.times_s) else 0.0


@dataclass(frozen=True, eq=False)
class FrameTimes(Frozen):
    """When a clip's frames were taken, as far as the pictures tell."""

    times_s: Floats
    """(n,) rising, first = 0: as in the file, with what was lost put in and what was added taken out."""
    lost: int = 0
    """Frames that are missing and whose time the file does not have."""
    added: int = 0
    """Frames that repeat the one before and whose time the file has too much."""
    sd_share: float = 0.0
    """Error of a time between two events, 1 SD as a share of it; 0 where nothing speaks against the file's times."""
    doubtful: float = 0.0
    """Share of the steps from frame to frame that do not fit the file's times, where no better times can be told; else 0."""


@dataclass(frozen=True, eq=False)
class Trajectories(Frozen):
    """Cleaned and low-pass filtered landmarks, still in picture coordinates and at the clip's own times."""

    times_s: Floats
    points_px: Floats
    """(n, 33, 2) picture coordinates (y down); NaN inside long gaps."""
    filled: Bools
    """(n, 33) True where a short gap or an outlier was filled by interpolation."""
    cutoff_hz: float
    """Of the two-pass filter: gain 0.5 at this frequency."""
    swaps_repaired: int
    """Frames in which the tracker had exchanged left and right and which were put back."""
    width_px: int
    height_px: int
    unfiltered_px: Floats = field(default_factory=lambda: np.empty((0, 33, 2)))
    """(n, 33, 2) the same before the low-pass: repaired and filled only. Events are read here."""
    tracker: str = ""
    """As in `PoseTrack`: each tracker's points err in their own way."""


@dataclass(frozen=True, eq=False)
class FootEvents(Frozen):
    """One foot's events, ascending, in clip time.

    Example:
        >>> FootEvents(np.array([0.0, 0.7, 1.4]), np.array([0.25, 0.95])).stances_s().tolist()
        [[0.0, 0.25], [0.7, 0.95]]
    """

    foot_strike_s: Floats
    toe_off_s: Floats

    def stances_s(self) -> Floats:
        """(k, 2) foot strike and toe-off of every stance that is whole in the clip."""
        rows = []
        for i, strike in enumerate(self.foot_strike_s):
            following = self.toe_off_s[self.toe_off_s > strike]
            next_strike = self.foot_strike_s[i + 1] if i + 1 < len(self.foot_strike_s) else np.inf
            if len(following) and following[0] < next_strike:
                rows.append((strike, following[0]))
        return np.array(rows, dtype=float).reshape(-1, 2)


@dataclass(frozen=True)
class Segment:
    """A part of the clip with one activity."""

    start_s: float
    end_s: float
    activity: Literal["running", "walking", "standing", "unknown"]


@dataclass(frozen=True, eq=False)
class GaitEvents:
    """Foot strikes and toe-offs of the steady running part, finer than a frame."""

    feet: Mapping[Side, FootEvents]
    segments: tuple[Segment, ...]
    """The whole clip, in order; events exist only inside "running" segments."""
    strike_sd_s: float
    toe_off_sd_s: float
    """Random error SD of a single event."""
    contact_bias_sd_s: float
    """SD over feet of the error that all steps of a foot share; enters every interval of a contact time."""
    cadence_spm: Estimate | None
    seen_contact_sd_s: Mapping[Side, float] = field(default_factory=dict)
    """The same of a foot whose foot strike or toe-off the pictures showed too (`gait.events.contacts`), or whose clip's clock may be wrong."""
    slow_motion: float = 1.0
    """How many times slower than life the clip seems to play, by `gait.rhythm.slow_factor`. The events were read with it, but their
    times are the clip's own."""

    def contact_sd_s(self, side: Side) -> float:
        """What goes for this foot."""
        return self.seen_contact_sd_s.get(side, self.contact_bias_sd_s)

    def by_clock(self, sd_share: float) -> "GaitEvents":
        """The same events by a clock that may be wrong by `sd_share` (1 SD, of any time): contact times and cadence hold that too.

        Example:
            >>> one = FootEvents(np.array([0.0, 0.7]), np.array([0.3, 1.0]))
            >>> events = GaitEvents({Side.LEFT: one}, (), 0.0, 0.0, 0.004, Estimate.from_sd(170.0, 0.1))
            >>> sure = events.by_clock(0.01)
            >>> round(sure.contact_sd_s(Side.LEFT), 4), round(sure.cadence_spm.sd, 2)
            (0.005, 1.7)
        """
        if not sd_share:
            return self
        sds = {}
        for side, foot in self.feet.items():
            stances = foot.stances_s()
            if len(stances):
                contact_s = float((stances[:, 1] - stances[:, 0]).mean())
                sds[side] = float(np.hypot(self.contact_sd_s(side), sd_share * contact_s))
        spm = self.cadence_spm
        if spm is not None:
            spm = Estimate.from_sd(spm.value, float(np.hypot(spm.sd, sd_share * spm.value)))
        return replace(self, seen_contact_sd_s={**self.seen_contact_sd_s, **sds}, cadence_spm=spm)


@dataclass(frozen=True, eq=False)
class LegLikeness(Frozen):
    """How heel and calf, as remembered from standing, look on the run. Colours are red, green, blue in grey levels."""

    score: float
    """0-1: median over the flat foot's frames of the heel's correlation times its share of pixels that look alike."""
    size: float
    """The heel's size on the run over that standing."""
    heel_standing: Floats
    heel_run: Floats
    calf_standing: Floats
    calf_run: Floats
    """(3,) each."""
    calf_width: float = float("nan")
    """The calf's width on the run over that standing, with the shank's lean taken out; NaN = not read."""
    shoe_standing: Floats = field(default_factory=lambda: np.empty((0, 3)))
    shoe_run: Floats = field(default_factory=lambda: np.empty((0, 3)))
    """(k, 3) each: the shoe round the counter, at the same places of it."""


@dataclass(frozen=True, eq=False)
class FootAngles(Frozen):
    """The rear-view rearfoot angle of one foot: one entry per measured frame of stance, in time order (m entries)."""

    stance: Ints
    """(m,) index into `FootEvents.stances_s()`."""
    frame: Ints
    time_s: Floats
    stance_pct: Floats
    """(m,) 0 = foot strike, 100 = toe-off; the frame just before foot strike is negative."""
    angle_deg: Floats
    """(m,) heel-counter line against shank line, eversion positive, minus the standing angle when `zero` is "standing"."""
    error_deg: Floats
    """(m,) the measurement's own random error, 1 SD."""
    usable: Bools
    """(m,) passed the acceptance tests (registration quality, not hidden by the other leg ...)."""
    shank_px: Floats
    heel_px: Floats
    """(m, 2, 2) the two lines as drawn: lower end, upper end; x, y in picture coordinates."""
    method: RearfootMethod
    systematic_sd_deg: float
    """1 SD of the error all frames of this foot share (reference, registration, perspective)."""
    standing_deg: float
    """The standing angle that was subtracted, as an absolute picture angle; NaN without a standing clip."""
    reasons: tuple[Said, ...] = ()
    """Why fewer frames than expected are usable."""
    plain_heel: bool = False
    """The back of the shoe has no strip, seam or logo: read by its shading and weave alone."""
    likeness: LegLikeness | None = None
    """None without a standing clip, or where the flat foot was not found."""
    doubts: Mapping[str, float] = field(default_factory=dict)
    """By name, what the systematic SD is reckoned from: see `gait.rearfoot.budget`."""


@dataclass(frozen=True, eq=False)
class RearfootAngles:
    """Both feet. A foot that could not be measured in the pixels at all is absent."""

    feet: Mapping[Side, FootAngles]
    zero: Literal["standing", "none"]
    toe_out_deg: Mapping[Side, Estimate | None] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class FootSummary(Frozen):
    """One foot over all its clean steps; None where it could not be measured."""

    n_strides: int
    contact_time_s: Estimate | None
    flight_time_s: Estimate | None
    touchdown_deg: Estimate | None
    peak_eversion_deg: Estimate | None
    eversion_excursion_deg: Estimate | None
    time_to_peak_pct: Estimate | None
    toe_out_deg: Estimate | None
    rearfoot_method: RearfootMethod
    curve_pct: Floats
    """(101,) 0-100 % of stance."""
    curve_deg: Floats
    curve_sd_deg: Floats
    """(101,) mean over steps and SD between steps; NaN where nothing was measured."""
    reasons: tuple[Said, ...] = ()


@dataclass(frozen=True, eq=False)
class StrideTable:
    """One row per stance in `rows`, and what they come to per foot.

    Columns: side, stance, foot_strike_s, touchdown_deg, peak_eversion_deg, eversion_excursion_deg, peak_frame, n_frames, used (bool),
    note (a code: `gait.words.note`). Each is the step's own; contact, flight and the peak's time are the foot's, in `feet`.
    """

    rows: pd.DataFrame
    feet: Mapping[Side, FootSummary]


@dataclass(frozen=True)
class SpeedLimits:
    """The band at one speed, degrees of rear-view peak from standing (or of excursion when that is what is judged)."""

    speed_kmh: float
    under_deg: float
    """Below it: under-pronating."""
    over_deg: float
    """Above it: over-pronating."""
    source: str
    """Who says so; printed with the result."""


@dataclass(frozen=True)
class Kinematics:
    """What else the view shows, by the figures' names (`gait.kinematics` says what each means); what was not seen is absent."""

    feet: Mapping[Side, Mapping[str, StepMean]]
    both: Mapping[str, StepMean]
    """Figures of the whole body."""


@dataclass(frozen=True)
class Meaning:
    """The 3D peak that a foot's rear-view reading stands for, and what it was made from."""

    peak_eversion_3d_deg: Estimate
    shank_lean_deg: float
    """Mean of both legs, outward positive."""


@dataclass(frozen=True)
class FootVerdict:
    """The label of one foot with what speaks for it."""

    label: Label
    probability: Mapping[str, float]
    """Keys under, neutral, over; sums to 1; empty when nothing was measured."""
    reasons: tuple[Said, ...]


@dataclass(frozen=True)
class Pronation:
    """Both labels and the band they were held against."""

    feet: Mapping[Side, FootVerdict]
    limits: SpeedLimits


@dataclass(frozen=True)
class Shoe:
    """One model on the store's shelf."""

    sku: str
    brand: str
    model: str
    category: str
    """neutral, stability or motion-control."""
    cushioning: str = ""
    drop_mm: float | None = None
    widths: tuple[str, ...] = ()
    price: float | None = None
    currency: str = ""
    """As the shelf's own column has it, such as EUR; empty where it has none."""
    sizes: tuple[float, ...] = ()
    """In stock, rising, in the shelf's own system; empty in results of older versions, which did not keep them."""

    @property
    def name(self) -> str:
        """As a customer says it."""
        return f"{self.brand} {self.model}".strip()


@dataclass(frozen=True)
class Shelf:
    """The shoes that could be offered: those in stock, in the size asked for."""

    kind: Literal["example", "store"]
    shoes: tuple[Shoe, ...]
    size: float | None = None
    """In the shelf's own system; None asks for no size."""
    others: tuple[Shoe, ...] = ()
    """In stock in other sizes only: what there is when the size turns out to be another."""

    @property
    def knows_sizes(self) -> bool:
        """Whether it can be asked for another size: results of older versions kept one size's shoes only."""
        stock = (*self.shoes, *self.others)
        return bool(stock) and all(shoe.sizes for shoe in stock)

    def in_size(self, size: float | None) -> "Shelf":
        """The same shelf for another size; None asks for none. Only where `knows_sizes`.

        Example:
            >>> shelf = Shelf("store", (Shoe("a", "A", "1", "neutral", sizes=(41.0, 42.0)),), others=(Shoe("b", "B", "2", "neutral", sizes=(44.0,)),))
            >>> [shoe.sku for shoe in shelf.in_size(44).shoes], [shoe.sku for shoe in shelf.in_size(None).shoes]
            (['b'], ['a', 'b'])
        """
        stock = sorted((*self.shoes, *self.others), key=lambda shoe: shoe.sku)
        fits = [size is None or any(abs(s - size) < 0.01 for s in shoe.sizes) for shoe in stock]
        return replace(
            self,
            shoes=tuple(shoe for shoe, fit in zip(stock, fits, strict=True) if fit),
            size=size,
            others=tuple(shoe for shoe, fit in zip(stock, fits, strict=True) if not fit),
        )


@dataclass(frozen=True)
class ShelfRule:
    """Which kind of shoe one of the three places is for, by the labels of both feet."""

    feet: str
    """Which feet, as `gait.shoes.rules` names them."""
    place: int
    """1 to 3."""
    category: str
    cushioning: tuple[str, ...]
    """Wanted first, then next."""
    why: str
    """Which reason is said: a code of `gait.shoes.rules`."""
    source: str
    """Who says so; `store` for a rule of the store's own, whose `note` then says why."""
    drop_mm: tuple[float, float] | None = None
    """Wanted from the first to the second; None asks for no drop."""
    note: str = ""


@dataclass(frozen=True)
class ShelfRules:
    """All rules, for each kind of feet the places 1 to 3. Without rows they are those that come with gait: results of older versions kept none."""

    rows: tuple[ShelfRule, ...] = ()
    version: int = 0
    """Of the store's own; 0 where it never had any."""


@dataclass(frozen=True)
class Suggestion:
    """A shoe to try, and what speaks for and against it."""

    shoe: Shoe
    why: tuple[Said, ...]
    why_not: tuple[Said, ...] = ()


@dataclass(frozen=True)
class Recommendation:
    """The shoes to try first, in order."""

    shoes: tuple[Suggestion, ...]
    remarks: tuple[Said, ...] = ()
    """What staff should say besides."""
    evidence: Said | None = None
    """What speaks for choosing shoes by feet."""
    evidence_grade: str = ""
    shelf: Literal["example", "store"] = "store"
    size: float | None = None


@dataclass(frozen=True)
class Basis:
    """All that a judgement needs beside what was measured. Read once, kept with the result, used whenever it is judged again."""

    limits: tuple[SpeedLimits, ...]
    """The whole table, by rising speed."""
    shelf: Shelf | None
    """None: a result written before its shelf was kept, whose store's table is gone."""
    speed_kmh: float | None = None
    rearfoot: RearfootSettings = field(default_factory=RearfootSettings)
    pronation: PronationSettings = field(default_factory=PronationSettings)
    rules: ShelfRules = ShelfRules()
    """By which kinds of shoe are suggested."""


@dataclass(frozen=True, eq=False)
class Judgement:
    """What measured frames come to when they are held against a basis."""

    basis: Basis
    strides: StrideTable
    pronation: Pronation
    zero: Literal["standing", "none"]
    """What the angles are referred to, as in `RearfootAngles`."""
    meaning_3d: Mapping[Side, Meaning]
    """Absent where it cannot be said."""
    recommendation: Recommendation | None
    """None: the basis knows no shelf."""


@dataclass(frozen=True, eq=False)
class Analysis:
    """Everything the outputs need. `gait.results.folder` writes it to a folder and that folder is what every page reads."""

    clip: Clip
    standing: Clip | None
    view: View
    findings: tuple[Finding, ...]
    track: PoseTrack | None = None
    trajectories: Trajectories | None = None
    events: GaitEvents | None = None
    rearfoot: RearfootAngles | None = None
    kinematics: Kinematics | None = None
    judgement: Judgement | None = None
    lens_k1: float = 0.0
    """How the lens bends straight lines (`gait.lens`); 0: not so that it matters."""

    @property
    def strides(self) -> StrideTable | None:
        """The judged strides; None for a clip that was refused."""
        return self.judgement.strides if self.judgement else None

    @property
    def pronation(self) -> Pronation | None:
        """Both labels; None for a clip that was refused."""
        return self.judgement.pronation if self.judgement else None

    @property
    def refused(self) -> bool:
        """Whether any finding says the clip cannot be judged."""
        return any(f.severity == "refuse" for f in self.findings)
