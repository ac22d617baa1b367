"""What staff ask for when they have a clip analysed."""

from dataclasses import dataclass, field
from pathlib import Path

from gait.words import chosen


@dataclass(frozen=True)
class AnalysisRequest:
    """What staff asked for."""

    clip: Path
    standing: Path | None = None
    speed_kmh: float | None = None
    runner: str = ""
    shoe_size: float | None = None
    uploads: Path | None = None
    """The folder the uploaded clips were put in; deleted when the job ends. None for clips that stay (the example)."""
    slow_motion: float = 1.0
    """How many times slower than life staff say the running clip plays."""
    runner_at: tuple[float, float] | None = None
    """Which of several people staff say the runner is (see `PoseSettings.runner_at`)."""
    recording: Path | None = None
    """The folder of the recording that the clips belong to; it is kept when there is no result."""
    mirrored: bool | None = False
    """Whether its camera mirrors, as staff confirmed; None: nobody has said (see `Choices.mirrored`)."""
    clip_name: str = ""
    """What the clip was called where it was uploaded from; a run without a name is known by it."""
    owner: str = ""
    """What only the one who asks knows. The analysis is theirs to cancel, and anybody's where it is empty."""
    shoe_worn: str = ""
    """The shoe that is run in, as staff call it."""
    puts_right: str = ""
    """The name of the result whose standing clip is put right: the new one takes its place. Empty for a new run."""
    film_alone: bool = False
    """Of the result that `puts_right` names the film alone is drawn again, from its kept clip (`gait.services.film_again`)."""
    run_id: str = ""
    """The run of a visit that this is the clip of; empty for one without a visit."""
    track: Path | None = None
    """Of a kept clip, which is measured again: its track (`gait.services.kept_clips`)."""
    tracker: str = ""
    """What follows the runner, a name of `gait.pose.registry`; empty for the store's own choice."""
    who: str = ""
    """The member of staff who asks; the queue goes round between them. Empty where nobody signs in: then between owners."""
    language: str = field(default_factory=chosen)
    """Of its PDF and the lettering of its pictures: the one that was spoken where it was asked for."""
