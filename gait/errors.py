"""Errors that a person can act on: a code with values; the catalogue says what is wrong and what to do next."""

from collections.abc import Mapping
from typing import ClassVar

from gait.said import Value


class GaitError(Exception):
    """A problem staff can act on; the command line exits with 2. Its sentences are `gait.words`' entry `error-code-case`.

    Example:
        >>> error = GaitError("bad_slow_motion", most=40.0, given=50.0)
        >>> error.code, error.values["given"]
        ('bad_slow_motion', 50.0)
    """

    kind: ClassVar[str] = "error"

    def __init__(self, code: str, case: str = "", /, **values: Value) -> None:
        """`code` is what other programs know it by, `case` which of its sentences is said, `values` what that sentence holds."""
        super().__init__(code, case)
        self.code = code
        self.case = case
        self.values: Mapping[str, Value] = values

    @classmethod
    def read_back(cls, code: str, case: str, values: Mapping[str, Value]) -> "GaitError":
        """One that was kept, as of an analysis that failed yesterday."""
        return cls(code, case, **values)

    def __str__(self) -> str:
        """One line: what is wrong and what to do. English, for logs and programs; a person is told by `gait.words`."""
        from gait import words

        return words.whole(self, words.ENGLISH)


class ClipError(GaitError):
    """The file is missing, is no video, or cannot be decoded."""


class Cancelled(GaitError):
    """The person pressed cancel; nothing was written."""

    def __init__(self) -> None:
        """Always the same sentence."""
        super().__init__("cancelled")
