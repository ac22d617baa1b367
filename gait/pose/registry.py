"""The trackers there are, by the name a person chooses. A new one is one module in `trackers/` and one line here.

Each line says where its `TrackerKind` is: "module:NAME". The module is loaded when somebody asks for the tracker, what runs its
network when somebody tracks. See docs/add_a_tracker.md.
"""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

from gait.errors import GaitError
from gait.pose.base import Identity, Tracker, TrackerKind
from gait.settings import PoseSettings

TRACKERS: Mapping[str, str] = MappingProxyType(
    {
        "blazepose": "gait.pose.trackers.blazepose:FULL",
        "blazepose-heavy": "gait.pose.trackers.blazepose:HEAVY",
        "blazepose-lite": "gait.pose.trackers.blazepose:LITE",
        "posenet": "gait.pose.trackers.posenet:POSENET",
        "posenet-fine": "gait.pose.trackers.posenet:FINE",
        "openpose": "gait.pose.trackers.openpose:BODY",
        "openpose-coco": "gait.pose.trackers.openpose:COCO",
        "openpose-mpi": "gait.pose.trackers.openpose:MPI",
    }
)


def check_tracker(name: str) -> None:
    """Raises GaitError when there is no tracker of that name. Loads nothing."""
    if name not in TRACKERS:
        raise GaitError("no_tracker", name=name, names=", ".join(TRACKERS))


def tracker_kind(name: str) -> TrackerKind:
    """What the tracker of that name can do. Raises GaitError when there is none."""
    check_tracker(name)
    module, _, attribute = TRACKERS[name].partition(":")
    kind = getattr(import_module(module), attribute)
    if not isinstance(kind, TrackerKind):
        raise TypeError(f"{TRACKERS[name]} must be a TrackerKind. Got {type(kind).__name__}")
    return kind


def tracker_named(tracker: str, model: str) -> str:
    """The name by which the tracker is chosen that calls itself and its network so; empty where none that is ready does.

    Args:
        tracker: As `Identity.tracker`, which stands in a result.
        model: As `Identity.model`.
    """
    for name in TRACKERS:
        try:
            found = tracker_kind(name).identify()
        except GaitError:
            continue
        if (found.tracker, found.model) == (tracker, model):
            return name
    return ""


def identify(settings: PoseSettings) -> Identity:
    """What would track under these settings, without loading a network. Raises GaitError when it is not there."""
    return tracker_kind(settings.tracker).identify()


def open_tracker(settings: PoseSettings) -> Tracker:
    """The tracker that these settings choose. Raises GaitError when there is none, or something it needs is missing."""
    return tracker_kind(settings.tracker).open(settings)
