"""From standing to running: a countdown and a clip for each, and again when it did not come out."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gait.capture.live import Live
from gait.capture.writer import Ended, Recording
from gait.errors import GaitError

Part = Literal["standing", "run"]
Phase = Literal["ready", "countdown", "recording", "saving"]


@dataclass(frozen=True)
class Take:
    """One finished clip on the disk."""

    part: Part
    path: Path
    n_frames: int
    length_s: float
    ended: Ended


class Session:
    """Takes of one customer from one camera, in one folder.

    A new take replaces the last one once it has ended; the file of the last one goes only when nothing went wrong.
    """

    def __init__(
        self,
        live: Live,
        folder: Path,
        seconds: dict[Part, float],
        countdown_s: float,
        begun: Callable[[Path, Callable[[], bool]], None] | None = None,
        dropped: Callable[[Path], None] | None = None,
    ) -> None:
        """`begun` is told of every clip as soon as its file is there, with what tells that it is whole; `dropped` when it goes."""
        self.live, self.folder = live, folder
        self.seconds, self.countdown_s = seconds, countdown_s
        self.phase: Phase = "ready"
        self.part: Part | None = None
        self.fault: GaitError | None = None
        self.takes: dict[Part, Take] = {}
        self._begun, self._dropped = begun, dropped
        self._ends_s = 0.0
        self._recording: Recording | None = None
        self._cancel = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @property
    def left_s(self) -> float:
        """Seconds left of the countdown or of the clip; 0 otherwise."""
        if self.phase == "countdown":
            return max(0.0, self._ends_s - time.monotonic())
        if self.phase == "recording" and self._recording:
            return max(0.0, self._recording.seconds - self._recording.length_s)
        return 0.0

    def begin(self, part: Part) -> None:
        """Count down, then record that part; it stops by itself. Raises GaitError while another one is under way."""
        with self._lock:
            if self.phase != "ready":
                raise GaitError("recording_already")
            self.phase, self.part, self.fault = "countdown", part, None
            self._ends_s = time.monotonic() + self.countdown_s
        self._cancel.clear()
        self._thread = threading.Thread(target=self._take, args=(part,), name="gait-take", daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """Stop the countdown or the clip; a clip that had begun is kept."""
        self._cancel.set()
        if self._recording:
            self._recording.stop()

    def wait(self, timeout_s: float) -> bool:
        """Until the part that was begun has ended; False when it has not by then."""
        if self._thread:
            self._thread.join(timeout_s)
        return self.phase == "ready"

    def _take(self, part: Part) -> None:
        try:
            if self._cancel.wait(self.countdown_s):
                return
            numbers = (p.stem.rpartition("-")[2] for p in self.folder.glob(f"{part}-*"))
            number = 1 + max((int(n) for n in numbers if n.isdigit()), default=0)
            self._recording = recording = self.live.record(self.folder / f"{part}-{number}.mp4", self.seconds[part])
            self.phase = "recording"
            if self._begun is not None:
                self._begun(recording.path, recording.done.is_set)
            recording.wait()
            self.phase = "saving"
            self.fault = recording.fault()
            if recording.n_frames > 1:
                last = self.takes.get(part)
                self.takes[part] = Take(
                    part, recording.path, recording.n_frames, recording.length_s, recording.ended or "fault"
                )
                if last is not None and self.fault is None:
                    self._drop(last.path)
            else:
                self._drop(recording.path)
        except GaitError as error:
            self.fault = error
        finally:
            self._recording = None
            self.phase = "ready"

    def _drop(self, path: Path) -> None:
        if self._dropped is not None:
            self._dropped(path)
        path.unlink(missing_ok=True)
