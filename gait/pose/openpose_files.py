"""Where a user's own OpenPose networks are, and that somebody confirmed their licence.

OpenPose's licence lets nobody pass the networks on or use them for business, so gait neither has nor fetches them.
"""

import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path

from gait.errors import GaitError
from gait.places import networks_folder

FOLDER_VARIABLE = "GAIT_OPENPOSE"
"""Names the folder of the networks, where another one than was confirmed is to be used."""
LICENCE_FILE = "openpose.json"
_NUMBERS = {"body_25": "584000", "coco": "440000", "mpi": "160000"}
"""In the names of the weights as OpenPose has them, where a folder holds several."""
_OUTPUTS = {"body_25": {52, 26}, "coco": {38, 19}, "mpi": {28, 16}}
"""Maps of the last two layers, which tell the networks' files apart."""


def openpose_in(folder: Path) -> list[str]:
    """Which of OpenPose's networks are in that folder. Raises GaitError when none is."""
    there = [name for name in _OUTPUTS if _files_in(folder, name) is not None]
    if not there:
        raise GaitError("no_openpose", "files", folder=str(folder), network="BODY_25")
    return there


def allow_openpose(folder: Path) -> None:
    """Keep that a person confirmed the licence of the networks in that folder. Raises GaitError when it cannot be kept."""
    kept = networks_folder() / LICENCE_FILE
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        note = {"folder": str(folder.resolve()), "licence_confirmed": datetime.now(UTC).isoformat(timespec="seconds")}
        kept.write_text(json.dumps(note, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise GaitError("no_openpose", "not_kept", folder=str(kept.parent), why=error.strerror or str(error)) from error


def openpose_files(name: str) -> tuple[Path, Path]:
    """The network and its weights. Raises GaitError: nobody confirmed the licence, or they are not in the folder."""
    try:
        note = json.loads((networks_folder() / LICENCE_FILE).read_text(encoding="utf-8"))
        confirmed, kept = bool(note["licence_confirmed"]), str(note["folder"])
    except (OSError, ValueError, KeyError, TypeError):
        confirmed, kept = False, ""
    if not confirmed:
        raise GaitError("no_openpose", "licence")
    folder = Path(os.environ.get(FOLDER_VARIABLE) or kept)
    found = _files_in(folder, name)
    if found is None:
        raise GaitError("no_openpose", "files", folder=str(folder), network=name.upper())
    return found


def _files_in(folder: Path, name: str) -> tuple[Path, Path] | None:
    """The pair of that network in a folder or below it: a .prototxt whose last layers have its maps, and the .caffemodel beside it."""
    for network in sorted(folder.rglob("*.prototxt")):
        weights = sorted(network.parent.glob("*.caffemodel"))
        named = [w for w in weights if _NUMBERS[name] in w.name] or (weights if len(weights) == 1 else [])
        if named and _OUTPUTS[name] <= _maps_of(network):
            return network, named[0]
    return None


def _maps_of(network: Path) -> set[int]:
    try:
        return {
            int(n) for n in re.findall(r"num_output\s*:\s*(\d+)", network.read_text(encoding="utf-8", errors="replace"))
        }
    except OSError:
        return set()
