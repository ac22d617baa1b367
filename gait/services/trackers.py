"""The trackers of this computer: which are ready, what the others lack, and getting the file of one when somebody asks for it."""

import hashlib
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from gait import pose
from gait.errors import GaitError
from gait.landmarks import Landmark
from gait.places import networks_folder
from gait.results.result import Tracking
from gait.said import Said

Told = Callable[[int], None]
"""Called with how many bytes have come."""
_PIECE, _PATIENCE_S = 1 << 16, 30.0
_MOST_BYTES = 500_000_000


@dataclass(frozen=True)
class KnownTracker:
    """A tracker that can be chosen."""

    name: str
    kind: pose.TrackerKind
    lacks: GaitError | None
    """What is missing, and what to do; None when it is ready."""

    @property
    def warning(self) -> Said | None:
        """What its licence forbids a store."""
        return self.kind.forbids

    @property
    def feet(self) -> bool:
        """Whether it sees heels and toes."""
        return {Landmark.LEFT_HEEL, Landmark.LEFT_FOOT_INDEX} <= self.kind.joints


def titles() -> dict[str, str]:
    """What each is called, by name. Loads nothing, and does not ask whether it is ready."""
    return {name: pose.tracker_kind(name).title for name in pose.TRACKERS}


def forbids(name: str) -> Said | None:
    """What its licence does not let a store do; None when it lets a store use it."""
    return pose.tracker_kind(name).forbids


def openpose_in(folder: Path) -> list[str]:
    """Which of OpenPose's networks are in that folder. Raises GaitError when none is."""
    return pose.openpose_in(folder)


def allow_openpose(folder: Path) -> None:
    """Keep that a person confirmed the licence of the networks there. Raises GaitError when it cannot be kept."""
    pose.allow_openpose(folder)


def check(name: str) -> None:
    """Raises GaitError when there is no tracker of that name, or what it needs is missing."""
    pose.tracker_kind(name).identify()


def of_result(tracking: Tracking | None) -> str:
    """The name of the tracker that followed a result's runner; empty where nobody was, the points came from a file, or it is not ready here any more."""
    return (
        ""
        if tracking is None or tracking.points_file is not None
        else pose.tracker_named(tracking.tracker, tracking.model)
    )


def known() -> list[KnownTracker]:
    """All of them. Loads no network."""
    found = []
    for name in pose.TRACKERS:
        kind, lacks = pose.tracker_kind(name), None
        try:
            kind.identify()
        except GaitError as error:
            lacks = error
        found.append(KnownTracker(name, kind, lacks))
    return found


def get(name: str, told: Told | None = None) -> Path:
    """Fetch the file of that tracker's network from where its makers offer it, check it, and keep it. Nothing is sent but the request.

    Raises GaitError: there is no such tracker, it has no file that may be fetched, its makers cannot be reached, or what came is another file.
    """
    file = pose.tracker_kind(name).file
    if file is None:
        raise GaitError("no_fetch", "nothing", tracker=name)
    folder = networks_folder()
    part: Path | None = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        digest, came = hashlib.sha256(), 0
        with (
            urlopen(file.address, timeout=_PATIENCE_S) as answer,  # noqa: S310  an address of ours, never a user's
            tempfile.NamedTemporaryFile(dir=folder, prefix=".part-", delete=False) as out,
        ):
            part = Path(out.name)
            while (piece := answer.read(_PIECE)) and came < _MOST_BYTES:
                digest.update(piece)
                out.write(piece)
                came += len(piece)
                if told is not None:
                    told(came)
        if digest.hexdigest() != file.sha256:
            raise GaitError("no_fetch", "another", file=file.name, address=file.address)
        return part.replace(folder / file.name)
    except (URLError, TimeoutError, ConnectionError) as error:
        raise GaitError("no_fetch", "offline", file=file.name, address=file.address, folder=str(folder)) from error
    except OSError as error:
        raise GaitError("no_fetch", "disk", folder=str(folder), why=error.strerror or str(error)) from error
    finally:
        if part is not None:
            with suppress(OSError):
                part.unlink()
