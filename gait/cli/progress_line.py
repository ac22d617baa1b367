"""One line of progress on a terminal."""

import sys

from gait import words
from gait.progress import Progress


class ProgressLine:
    """Called with each Progress, it writes over its own line on stderr; silent when stderr goes to a file."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()
        self._width = 0

    def __call__(self, progress: Progress) -> None:
        """Show where the work stands."""
        if not self._shown:
            return
        left = words.phrase("cli-seconds_left", left_s=progress.left_s) if progress.left_s is not None else ""
        count = f" {progress.done}/{progress.total}" if progress.total else ""
        line = f"{words.stage(progress.stage)}{count}{left}"
        print(f"\r{line:<{self._width}}", end="", file=sys.stderr, flush=True)
        self._width = max(self._width, len(line))

    def clear(self) -> None:
        """Wipe the line, so that what is printed next starts at its beginning."""
        if self._shown and self._width:
            print("\r" + " " * self._width + "\r", end="", file=sys.stderr, flush=True)
