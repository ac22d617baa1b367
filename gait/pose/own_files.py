"""Networks that do not come with gait: which file each is, and where it lies once somebody got it."""

import os
from dataclasses import dataclass
from pathlib import Path

from gait.errors import GaitError
from gait.places import networks_folder


@dataclass(frozen=True)
class OwnFile:
    """The file of one network. Nothing fetches it by itself."""

    tracker: str
    """The name of the tracker that needs it."""
    name: str
    sha256: str
    address: str
    """Where its makers offer it."""
    variable: str
    """Of the environment: names another place for it. With `_SHA256` behind it, the checksum of a network of the user's own making."""

    def path(self) -> Path:
        """Where it is. Raises GaitError when it is nowhere."""
        named = os.environ.get(self.variable, "")
        path = Path(named) if named else networks_folder() / self.name
        if not path.is_file():
            raise GaitError("no_model", "own", file=self.name, tracker=self.tracker, variable=self.variable)
        return path.resolve()

    def check(self, found: str) -> None:
        """Raises GaitError unless that is the checksum it must have."""
        expected = os.environ.get(f"{self.variable}_SHA256", self.sha256).lower()
        if found != expected:
            told = {"found": found[:12], "expected": expected[:12], "variable": f"{self.variable}_SHA256"}
            raise GaitError("no_model", "checksum", file=self.path().name, **told)
