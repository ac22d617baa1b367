"""The first look's list, read out."""

from typing import NamedTuple, Protocol

from gait.said import Explained, Said
from gait.words.catalogue import say, text
from gait.words.findings import whole


class Listed(Protocol):
    """One line of the list as codes: `gait.quality.Check`."""

    @property
    def name(self) -> str:
        """The thing that was looked at."""

    @property
    def value(self) -> Said:
        """What it was found to be."""

    @property
    def limit(self) -> Said | None:
        """What it should be."""

    @property
    def faults(self) -> tuple[Explained, ...]:
        """What is wrong."""


class CheckLine(NamedTuple):
    """One line of the list in words; `limit` and `advice` may be empty."""

    name: str
    value: str
    limit: str
    advice: str


def check_line(check: Listed, language: str = "") -> CheckLine:
    """Its name, value, limit, and what is wrong and what to do, each sentence once."""
    return CheckLine(
        text(f"check-{check.name}", {}, language) or check.name,
        say(check.value, language),
        say(check.limit, language) if check.limit else "",
        " ".join(dict.fromkeys(whole(f, language) for f in check.faults)),
    )
