"""What goes wrong for a person: one clear sentence each, with what to do next."""


class GaitError(Exception):
    """A problem staff can act on. `message` says what is wrong, `advice` what to do; the command line exits with 2."""

    def __init__(self, message: str, advice: str = "", code: str = "bad_input") -> None:
        """Messages are whole sentences without a trailing full stop duplicated by the caller."""
        super().__init__(message)
        self.message = message
        self.advice = advice
        self.code = code

    def __str__(self) -> str:
        """One line: what is wrong and what to do."""
        return f"{self.message} {self.advice}".strip()


class ClipError(GaitError):
    """The file is missing, is no video, or cannot be decoded."""


class Cancelled(GaitError):
    """The person pressed cancel; nothing was written."""

    def __init__(self) -> None:
        """Always the same sentence."""
        super().__init__("The analysis was cancelled.", "Nothing was written.", "cancelled")
