"""The JSON of a file, or of all files of a folder."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from gait.pose.files.sightings import Unreadable, frame_number

Documents: TypeAlias = Sequence[tuple[str, object]]
"""What the frame is called, and content: one of a file, one a frame of a folder or of a list of frames."""


def read_documents(path: Path) -> Documents:
    """Of a file, or of each .json of a folder by name. Raises Unreadable, OSError."""
    if not path.is_dir():
        return [("0", _parsed(path))]
    found = [(each.name, _parsed(each)) for each in sorted(path.glob("*.json")) if not each.name.startswith(".")]
    if not found:
        raise Unreadable("folder")
    return found if _numbered([name for name, _ in found]) else [(str(k), value) for k, (_, value) in enumerate(found)]


def _numbered(names: Sequence[str]) -> bool:
    """Whether each name has a number of its own; else their order counts."""
    try:
        numbers = [frame_number(name) for name in names]
    except Unreadable:
        return False
    return len(set(numbers)) == len(numbers)


def one_a_frame(documents: Documents) -> Documents:
    """A single list becomes one document for each entry; everything else stays."""
    if len(documents) == 1 and isinstance(documents[0][1], list):
        return [(str(k), entry) for k, entry in enumerate(documents[0][1])]
    return documents


def _parsed(path: Path) -> object:
    try:
        parsed: object = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:  # wrong encodings are ValueErrors
        raise Unreadable("json") from error
    return parsed
