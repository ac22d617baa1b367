"""A file of key points of one tool in the form of another."""

from pathlib import Path

from gait import pose
from gait.settings import PointsTold


def convert(path: Path, told: PointsTold, form: str, out: Path, runner_at: tuple[float, float] | None = None) -> int:
    """Write the runner in that file as `form` says (`pose.FORMS`): how many frames. Raises GaitError when it cannot be read or written."""
    track = pose.read_points(path, told, runner_at=runner_at)
    pose.write_points(track, form, out)
    return len(track.times_s)
