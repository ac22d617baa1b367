"""What programs that were killed left behind, finished or undone: once when a program starts, and any number of times.

    beside the results    `.gait-HASH/`    a version on its way: finished when it was whole, else undone (`gait.results.place`)
                          `.gait-TOKEN/`   a film being drawn, a result being deleted: goes
                          locks, half-written files of older versions: go
    below `.uploads/`     clips of a program that ended: go, as they do with their page
                          `gone-TOKEN/`    a recording being deleted: goes
                          clips and recordings of an analysis that is still to come: stay (`gait.services.queue`)
                          other recordings handed to an analysis of a program that ended: offered again, unless their result is
                          whole; then they go, as they do after an analysis

Nothing is judged by its date: what a living program works on is told by its lock (`gait.services.alive`). A fault of the disk
leaves the thing for the next sweep; it is logged and hinders nobody.
"""

import logging
import re
from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path

from gait.errors import GaitError
from gait.pose import drop_half_copied, drop_half_kept
from gait.results.lock import ENDING, PREFIX, beside, held_if_free
from gait.results.place import PART, away, settle
from gait.services.library import Library
from gait.services.recordings import Recordings
from gait.services.uploads import Uploads

OLD_LOCK = r"\.\d{4}-\d\d-\d\d-\d{6}-.+\.lock"
"""`.NAME.lock` of older versions names the runner."""

log = logging.getLogger(__name__)


def sweep(
    library: Library, uploads: Uploads, recordings: Recordings, waiting: Callable[[], Collection[Path]] = tuple
) -> None:
    """All of it. Never raises for the disk. `waiting` gives the folders of clips whose analysis is still to come."""
    _try(lambda: _beside(library), "what stands beside the results")
    _try(lambda: _inside(library.reports), "what is half-written in results")
    try:
        keep = waiting()
    except GaitError as error:  # it is not known whose they are
        log.warning("clips and recordings are left for the next sweep: %s", error.code)
    else:
        _try(lambda: uploads.drop_dead(keep), "clips of programs that ended")
        _try(lambda: recordings.settle(library.is_whole, keep), "recordings of programs that ended")
    _try(drop_half_kept, "half-kept tracks")
    _try(drop_half_copied, "half-copied networks")


def _beside(library: Library) -> None:
    """Working folders and locks beside the results."""
    reports = library.reports
    found = list(reports.iterdir()) if reports.is_dir() else []
    names = {p.name.removesuffix(ENDING) for p in found if p.name.startswith(PREFIX) or re.fullmatch(OLD_LOCK, p.name)}
    names |= {f".{p.name}" for p in found if (reports / f".{p.name}{ENDING}").is_file()}
    for name in sorted(names):
        work = reports / name
        with held_if_free(work) as free:
            if free:
                _try(partial(_finish, library, work), name)


def _finish(library: Library, work: Path) -> None:
    if work.name.startswith(PREFIX):
        library.forget_tracks(work)
        settle(work)


def _inside(reports: Path) -> None:
    """Half-written files in result folders."""
    for folder in reports.iterdir() if reports.is_dir() else ():
        if folder.name.startswith(".") or not folder.is_dir():
            continue
        parts = [p for p in folder.iterdir() if p.name.startswith(".") and p.name.endswith(PART)]
        if parts:
            with held_if_free(beside(folder)) as free:
                for part in parts if free else ():
                    _try(partial(away, part), part.name)


def _try(do: Callable[[], object], what: str) -> None:
    try:
        do()
    except OSError as error:
        log.warning("%s is left for the next sweep: %s", what, error)
