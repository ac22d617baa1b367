"""The clips chosen on the New analysis page: on the disk at once, looked at, handed to the job or deleted."""

import contextlib
import shutil
import threading
import time
import weakref
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from gait.errors import GaitError
from gait.services import jobs, library

if TYPE_CHECKING:
    from gait.first_look import Health
    from gait.quality import Check

KEY = "desk"
MARK = ".chosen"
"""A file in the folder of clips that no job has yet."""
ABANDONED_S = 3600


class Desk:
    """One session's clips. What is not handed to a job is deleted with the session, or as abandoned."""

    def __init__(self) -> None:
        self.folder: Path | None = None
        self._held: dict[str, tuple[str, Path]] = {}
        self._looks: dict[tuple[str, tuple[float, float] | None], Health | GaitError] = {}
        self._standing: dict[tuple[str, ...], Check] = {}
        self._delete: Any = None

    def hold(self, part: str, upload: Any) -> Path | None:  # noqa: ANN401  streamlit's UploadedFile
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
            held, self.folder = None, jobs.upload_folder()
            self._delete = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        (self.folder / MARK).touch()
        if held is None:
            held = self._held[part] = upload.file_id, jobs.save_upload(upload, upload.name, self.folder, part)
        return held[1]

    def name(self, part: str) -> str:
        """What the clip is called on the disk; empty when there is none."""
        return self._held[part][1].name if part in self._held else ""

    def look(self, runner_at: tuple[float, float] | None = None) -> "Health":
        """The first look at the running clip. Raises GaitError when it is no clip."""
        from gait import first_look
        from gait.settings import PoseSettings

        name, path = self._held["run"]
        key = name, runner_at
        if key not in self._looks:
            try:
                self._looks[key] = first_look.check(path, PoseSettings(runner_at=runner_at))
            except GaitError as error:
                self._looks[key] = error
                path.unlink(missing_ok=True)  # it is of no use to anybody
        found = self._looks[key]
        if isinstance(found, GaitError):
            raise found
        return found

    def standing_line(self, run: "Health", runner_at: tuple[float, float] | None = None) -> "Check":
        """What the first look says of the standing clip."""
        from gait import first_look
        from gait.model import Finding
        from gait.quality import standing_line
        from gait.settings import PoseSettings

        if "standing" not in self._held:
            return standing_line(None)
        name, path = self._held["standing"]
        key = name, self._held["run"][0], str(runner_at)
        if key not in self._standing:
            try:
                line = standing_line(first_look.check_standing(path, run, PoseSettings(runner_at=runner_at)))
            except GaitError as error:
                line = replace(
                    standing_line((Finding("unreadable", "warn", error.message, error.advice),)), mark="refuse"
                )
            self._standing[key] = line
        return self._standing[key]

    def hand_over(self) -> Path | None:
        """The folder, which is the job's from now on."""
        if self._delete is not None and self.folder is not None:
            self._delete.detach()
            (self.folder / MARK).unlink(missing_ok=True)
        return self.folder


def mine() -> Desk:
    """This session's."""
    if KEY not in st.session_state:
        drop_abandoned()
        st.session_state[KEY] = Desk()
    desk: Desk = st.session_state[KEY]
    return desk


def drop_abandoned() -> None:
    """Delete clips that were chosen an hour ago and more and never analysed: their page was closed."""
    parent = library.reports_root() / jobs.UPLOADS
    for mark in parent.glob(f"*/{MARK}"):
        with contextlib.suppress(OSError):  # another session's, deleted this moment
            if time.time() - mark.stat().st_mtime > ABANDONED_S:
                shutil.rmtree(mark.parent, ignore_errors=True)


def warm() -> None:
    """Load the networks behind the first page, so that the first clip is looked at as quickly as the next ones."""
    threading.Thread(target=_load, name="gait-warm", daemon=True).start()


def _load() -> None:
    import numpy as np

    from gait.pose.trackers.blazepose import Crew, Worker
    from gait.settings import PoseSettings

    nothing = np.zeros((64, 64, 3), np.uint8)
    try:
        with Crew(PoseSettings(workers=1)) as crew:
            crew.submit(Worker.people, nothing, 64, 64).result()
    except GaitError:
        return  # the analysis will say what is missing
