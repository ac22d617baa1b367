"""Words for what runs in the browser: the page hands them over as data, so that no script holds a sentence of its own.

A script fills the values in itself: it gets `Step {n}` of the entry `Step { $n }`.
"""

from collections.abc import Mapping, Sequence

from gait.words import phrase

Entries = Mapping[str, Sequence[str]]
"""By name: the values that the script fills in."""


def script_words(kind: str, entries: Entries) -> dict[str, str]:
    """The entries `KIND-NAME` by name. Raises LookupError for one that the catalogue does not know."""
    return {
        name: phrase(f"{kind}-{name}", **{value: f"{{{value}}}" for value in values})
        for name, values in entries.items()
    }
