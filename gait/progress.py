"""How far a long job is: one value, passed to a callback."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """Where the work stands. `stage` is in words for staff; `done` and `total` count that stage's units (frames, mostly)."""

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
        """Seconds this stage still takes at its mean pace so far; None until a twentieth of it is done."""
        return self.stage_elapsed_s * (1 - self.fraction) / self.fraction if self.fraction > 0.05 else None


Report = Callable[[Progress], None]
Cancel = Callable[[], bool]
