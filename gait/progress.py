"""How far a long job is: one value, passed to a callback."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from gait.errors import Cancelled


@dataclass(frozen=True)
class Progress:
    """Where the work stands. `stage` is a code (`gait.words.stage`); `done` and `total` count that stage's units (frames, mostly)."""

    stage: str
    done: int
    total: int
    elapsed_s: float
    """Since the job began."""
    stage_elapsed_s: float = 0.0

    @property
    def fraction(self) -> float:
        """0-1 of this stage; 0 when the total is not known."""
        return min(1.0, self.done / self.total) if self.total else 0.0

    @property
    def left_s(self) -> float | None:
        """Seconds this stage still takes at its mean pace so far; None until a twentieth of it is done.

        Example:
            >>> Progress("following", done=50, total=200, elapsed_s=12.0, stage_elapsed_s=10.0).left_s
            30.0
        """
        return self.stage_elapsed_s * (1 - self.fraction) / self.fraction if self.fraction > 0.05 else None


Report = Callable[[Progress], None]
Cancel = Callable[[], bool]
"""Whether the person has cancelled."""
Tell = Callable[[int, int], None]
"""Called by a stage with (units done, units in all); the first never falls back."""


class Watch:
    """Progress and cancelling for the stages, in one place."""

    def __init__(self, report: Report | None = None, cancelled: Cancel | None = None) -> None:
        """Both may be absent."""
        self._report, self.cancelled = report, cancelled
        self._began = time.monotonic()

    def stage(self, code: str) -> Tell:
        """Begin a stage.

        Args:
            code: What is done, as the catalogue knows it.

        Returns:
            `tell(done, total)`, to be called after every unit of the work; total 0 while it is not known.

        Raises:
            Cancelled: The person has cancelled; `tell` raises it as well.
        """
        stage_began = time.monotonic()

        def tell(done: int, total: int) -> None:
            if self.cancelled is not None and self.cancelled():
                raise Cancelled
            if self._report is not None:
                now = time.monotonic()
                self._report(Progress(code, done, total, now - self._began, now - stage_began))

        tell(0, 0)
        return tell
