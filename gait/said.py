"""A message before it is put into words: a code with values. `gait.words` makes the sentence of it, in any language.

It stands apart from `gait.model` because errors and progress carry it too, and they load neither numpy nor pandas.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias, Union

LANGUAGE_VARIABLE = "GAIT_LANGUAGE"
"""The environment's variable that names the language of what is said."""

Value: TypeAlias = Union[float, int, str, "Said", tuple["Said", ...]]
"""What a sentence may hold. A number is as it was measured: the catalogue says how it is rounded and written. A word is a name
(of a file, a shoe) or one of a few that the catalogue knows, such as `left`."""


@dataclass(frozen=True)
class Said:
    """One thing to be said: why a foot could not be judged, why a shoe comes first, what is done at the moment.

    `code` is its entry in the catalogue, `values` are all that the entry names.
    """

    code: str
    values: Mapping[str, Value] = field(default_factory=dict)


class Explained(Protocol):
    """A finding or an error: its entry in the catalogue is `kind-code`, or `kind-code-case` where one code has several sentences."""

    @property
    def kind(self) -> str:
        """`finding` or `error`."""

    @property
    def code(self) -> str:
        """What other programs know it by."""

    @property
    def case(self) -> str:
        """Which of the code's sentences; empty where there is one."""

    @property
    def values(self) -> Mapping[str, Value]:
        """What the sentence holds."""


AS_WRITTEN = "as_written"
"""The code, or a finding's case, of a sentence that came as one: from a result of before there were codes."""


def as_written(text: str) -> Said:
    """A sentence nobody knows the code of; it is shown as it is in every language."""
    return Said(AS_WRITTEN, {"text": text})
