"""The settings of the stages: frozen, units in names, bounds checked when made, each with its source or reason.

A stage's method constants live with the method; here stand the ones a person may want to change. A value out of bounds raises
ValueError, which names all that is wrong at once.

Example:
    >>> Settings(trajectories=TrajectorySettings(cutoff_hz=10.0)).trajectories.cutoff_hz
    10.0
    >>> PronationSettings(min_probability=0.1, min_steps=1)
    Traceback (most recent call last):
    ValueError: PronationSettings: min_probability must be between 0.34 and 0.999. Got 0.1; min_steps must be between 2 and 100. Got 1
"""

from dataclasses import dataclass, field
from pathlib import Path


def _check(name: str, complaints: list[str]) -> None:
    """Raise ValueError with all complaints at once."""
    if complaints:
        raise ValueError(f"{name}: " + "; ".join(complaints))


def _within(complaints: list[str], name: str, value: float, low: float, high: float) -> None:
    """Add a complaint unless low <= value <= high."""
    if not low <= value <= high:
        complaints.append(f"{name} must be between {low} and {high}. Got {value}")


@dataclass(frozen=True)
class PoseSettings:
    """How the runner is found and followed."""

    tracker: str = "blazepose"
    """Name of a tracker, as `gait.pose.registry` lists them; an unknown one is refused where the settings are used."""
    min_detection_confidence: float = 0.5
    min_tracking_confidence: float = 0.5
    """BlazePose's own defaults; other trackers take them for their own thresholds or leave them."""
    static_image_mode: bool = False
    """True detects anew in every frame: slower, no memory of the frame before."""
    max_side_px: int = 640
    """The tracker's picture is shrunk to this longer side. Measured: landmark error against truth does not change."""
    track_hz: float = 29.0
    """The runner is detected in so many frames per second at least, evenly (in every one of a slower clip); in between his points
    run on smoothly. 0: in every frame. Measured: see `gait.pose.trackers.blazepose`."""
    workers: int = 0
    """Trackers side by side; 0 = one per core. One keeps one core busy, decoding and all."""
    runner_at: tuple[float, float] | None = None
    """Where the runner's hips are, as shares of the picture's width and height: the person there is followed, whoever else is
    in the picture. None: the person seen best."""

    def __post_init__(self) -> None:
        """Check bounds."""
        c: list[str] = []
        _within(c, "min_detection_confidence", self.min_detection_confidence, 0, 1)
        _within(c, "min_tracking_confidence", self.min_tracking_confidence, 0, 1)
        _within(c, "max_side_px", self.max_side_px, 256, 8192)
        _within(c, "track_hz", self.track_hz, 0, 1000)
        _within(c, "workers", self.workers, 0, 64)
        for name, share in zip(("runner_at x", "runner_at y"), self.runner_at or (), strict=False):
            _within(c, name, share, 0, 1)
        _check("PoseSettings", c)


@dataclass(frozen=True)
class PointsTold:
    """What a person says of a file of key points where it does not say it itself."""

    fps_hz: float | None = None
    """Frames a second of a file without times, where there is no clip."""
    size_px: tuple[int, int] | None = None
    """Width and height of the picture, for shares of it."""
    names: Path | None = None
    """What the points are called, for names of one's own: see docs/key_points.md."""
    tracker: str = ""
    """The tracker of gait's that found the points, "blazepose": its steps are then read by that tracker's own table."""

    def __post_init__(self) -> None:
        """Check bounds. Raises ValueError with every complaint."""
        complaints: list[str] = []
        if self.fps_hz is not None:
            _within(complaints, "fps_hz", self.fps_hz, 1, 2000)
        for side in self.size_px or ():
            _within(complaints, "size_px", side, 2, 100_000)
        _check("PointsTold", complaints)


@dataclass(frozen=True)
class TrajectorySettings:
    """How landmarks are cleaned."""

    cutoff_hz: float = 8.0
    """Of the low-pass that runs forwards and backwards: gain 0.5 here, where a single pass has 0.707."""
    max_gap_s: float = 0.1
    """Gaps up to this are filled and marked, longer ones stay NaN."""

    def __post_init__(self) -> None:
        """Check bounds."""
        c: list[str] = []
        _within(c, "cutoff_hz", self.cutoff_hz, 1, 60)
        _within(c, "max_gap_s", self.max_gap_s, 0, 1)
        _check("TrajectorySettings", c)


@dataclass(frozen=True)
class EventSettings:
    """What counts as running."""

    min_cadence_spm: float = 120.0
    max_cadence_spm: float = 240.0
    """Below, people walk or shuffle; above, the frame rate or the clip's speed is wrong. RBDS, 48 trials of 16 runners: 142-223."""

    def __post_init__(self) -> None:
        """Check bounds."""
        c: list[str] = []
        _within(c, "min_cadence_spm", self.min_cadence_spm, 40, self.max_cadence_spm)
        _within(c, "max_cadence_spm", self.max_cadence_spm, self.min_cadence_spm, 400)
        _check("EventSettings", c)


@dataclass(frozen=True)
class RearfootSettings:
    """How the angle is read."""

    use_markers: bool = True
    """Look for stick-on dots; without any the heel counter is registered to the standing clip."""
    peak_window_pct: float = 75.0
    """The peak is sought up to this share of stance (as in the truth files and RBDS tables)."""

    def __post_init__(self) -> None:
        """Check bounds."""
        c: list[str] = []
        _within(c, "peak_window_pct", self.peak_window_pct, 30, 100)
        _check("RearfootSettings", c)


@dataclass(frozen=True)
class PronationSettings:
    """When a label is given."""

    min_probability: float = 0.8
    """Of the likeliest label; below, the foot is "undetermined". On rendered feet whose interval was
    learnt without their runner 0.7 gave 5 % wrong labels and no label to 4 %, 0.8 none and 12 % (`validation/train_intervals.py`)."""
    min_steps: int = 7
    """Clean steps of a foot. Dingenen 2018: at least 7."""

    def __post_init__(self) -> None:
        """Check bounds."""
        c: list[str] = []
        _within(c, "min_probability", self.min_probability, 0.34, 0.999)
        _within(c, "min_steps", self.min_steps, 2, 100)
        _check("PronationSettings", c)


@dataclass(frozen=True)
class Settings:
    """All stages."""

    pose: PoseSettings = field(default_factory=PoseSettings)
    trajectories: TrajectorySettings = field(default_factory=TrajectorySettings)
    events: EventSettings = field(default_factory=EventSettings)
    rearfoot: RearfootSettings = field(default_factory=RearfootSettings)
    pronation: PronationSettings = field(default_factory=PronationSettings)
