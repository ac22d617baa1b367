"""The clips chosen for the next analysis: on the disk at once, looked at, handed to the job or deleted."""

import shutil
import time
import weakref
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gait.errors import GaitError
from gait.services import uploads
from gait.settings import PoseSettings

if TYPE_CHECKING:
    from gait.first_look import Health
    from gait.quality import Check

USUAL = PoseSettings().tracker


class Desk:
    """One session's clips. What is not handed to a job is deleted with the session, or as abandoned."""

    def __init__(self, place: uploads.Uploads) -> None:
        self.folder: Path | None = None
        self._place = place
        self._held: dict[str, tuple[str, Path]] = {}
        self._looks: dict[tuple[str, tuple[float, float] | None, bool, str], Health | GaitError] = {}
        self._standing: dict[tuple[str, ...], Check] = {}
        self._touched_s = time.monotonic()
        self._delete: weakref.finalize[..., Any] | None = None

    def hold(self, part: str, upload: uploads.Upload | None) -> Path | None:
        """The clip of that part ("run" or "standing") on disk; None when none is chosen. Raises GaitError when the disk is full."""
        held = self._held.get(part)
        if held is not None and (upload is None or upload.file_id != held[0]):
            held[1].unlink(missing_ok=True)
            del self._held[part]
            held = None
        if upload is None:
            return None
        if self.folder is None or not self.folder.is_dir():
            self._held.clear()
            held, self.folder = None, self._place.new_folder()
            self._delete = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        self._touched_s = time.monotonic()
        if held is None:
            # What came through Streamlit's own hands, as in a test of the page, is in memory; all else lies on the disk.
            path = self._place.take(upload.file_id, self.folder, part) or uploads.save(upload, self.folder, part)
            held = self._held[part] = upload.file_id, path
        return held[1]

    def path(self, part: str) -> Path | None:
        """The clip of that part; None when there is none."""
        return self._held[part][1] if part in self._held else None

    def name(self, part: str) -> str:
        """What the clip is called on the disk; empty when there is none."""
        return self._held[part][1].name if part in self._held else ""

    def look(
        self, runner_at: tuple[float, float] | None = None, mirrored: bool = False, tracker: str = USUAL
    ) -> "Health":
        """The first look at the running clip by that tracker, which is ready; the other way round if its camera mirrors.

        Raises GaitError when it is no clip.
        """
        from gait import first_look

        name, path = self._held["run"]
        key = name, runner_at, mirrored, tracker
        if key not in self._looks:
            try:
                self._looks[key] = first_look.check(
                    path, PoseSettings(runner_at=runner_at, tracker=tracker), mirrored=mirrored
                )
            except GaitError as error:
                self._looks[key] = error
                path.unlink(missing_ok=True)  # it is of no use to anybody
        found = self._looks[key]
        if isinstance(found, GaitError):
            raise found
        return found

    def standing_line(
        self, run: "Health", runner_at: tuple[float, float] | None = None, tracker: str = USUAL
    ) -> "Check":
        """What the first look says of the standing clip."""
        from gait import first_look
        from gait.quality import standing_line

        if "standing" not in self._held:
            return standing_line(None)
        name, path = self._held["standing"]
        key = name, self._held["run"][0], str(runner_at), str(run.clip.mirrored), tracker
        if key not in self._standing:
            try:
                line = standing_line(
                    first_look.check_standing(path, run, PoseSettings(runner_at=runner_at, tracker=tracker))
                )
            except GaitError as error:
                line = replace(standing_line((error,)), mark="refuse")
            self._standing[key] = line
        return self._standing[key]

    def hand_over(self) -> Path | None:
        """The folder, which is the job's from now on."""
        if self._delete is not None and self.folder is not None:
            self._delete.detach()
            self._delete = None
        return self.folder

    def abandoned(self) -> bool:
        """Whether nobody has been here for so long that the page must be closed."""
        return time.monotonic() - self._touched_s > uploads.ABANDONED_S

    def clear(self) -> None:
        """Delete what was not handed over."""
        if self._delete is not None:
            self._delete()
