"""Is this computer ready? What is installed, which model is used, whether a camera and a writable folder are there."""

import os
import platform
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from gait import __version__, words
from gait.errors import GaitError
from gait.places import data_folder
from gait.said import Said, as_written
from gait.services.settings import StoreSettings
from gait.settings import PoseSettings

if TYPE_CHECKING:
    from gait.pose import TrackerKind
    from gait.records.computers import Computer

LIBRARIES = (
    "av",
    "numpy",
    "pandas",
    "scipy",
    "streamlit",
    "plotly",
    "typst",
    "jsonschema",
)


LATE, RUN = timedelta(days=2), timedelta(hours=1)
"""The retention clock runs once a day, and takes minutes."""
STUCK = timedelta(minutes=10)
"""An analysis moves at each frame. Only a program that hangs, or one that ended, leaves it standing so long."""
UNSEEN = timedelta(days=14)
"""A computer of the store that nobody saw for so long is away for longer than a holiday, or for good."""


@dataclass(frozen=True)
class Requirement:
    """One thing this computer needs: a line of the check-up. An optional one that fails is worth a look and stops nothing."""

    name: Said
    ok: bool
    found: Said
    advice: Said | None = None
    optional: bool = False


def check_up(reports: Path) -> list[Requirement]:
    """All checks, cheap ones first; opens no camera and loads no model. `reports` is where results go."""
    python = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    return [
        Requirement(as_written("gait"), True, as_written(__version__)),
        Requirement(as_written("Python"), True, as_written(python)),
        *_libraries(),
        _opencv(),
        _model(),
        _camera(),
        _encoder(),
        _writable(reports),
        _calibration(data_folder(reports)),
        *_records(data_folder(reports)),
        *_files(reports, data_folder(reports)),
    ]


def _libraries() -> list[Requirement]:
    checks = []
    for name in (*_tracker().distributions, *LIBRARIES):
        try:
            checks.append(Requirement(as_written(name), True, as_written(version(name))))
        except PackageNotFoundError:
            absent, again = Said("doctor_not_installed"), Said("doctor_install_again")
            checks.append(Requirement(as_written(name), False, absent, again))
    return checks


def _opencv() -> Requirement:
    try:
        import cv2
    except ImportError as error:
        return Requirement(Said("doctor_opencv"), False, as_written(str(error)), Said("doctor_install_libgl"))
    return Requirement(Said("doctor_opencv"), True, as_written(cv2.__version__))


def _model() -> Requirement:
    kind = _tracker()
    try:
        model = kind.identify()
        found = f"{kind.title}, {model.file_name}, sha256 {model.model_sha256[:12]}"
        return Requirement(Said("doctor_model"), True, as_written(found))
    except GaitError as error:
        wrong, to_do = as_written(words.message(error)), as_written(words.advice(error))
        return Requirement(Said("doctor_model"), False, wrong, to_do)


def _tracker() -> "TrackerKind":
    """The one that is used unless another is chosen."""
    from gait.pose import tracker_kind

    return tracker_kind(PoseSettings().tracker)


def _camera() -> Requirement:
    found = sorted(Path("/dev").glob("video*")) if platform.system() == "Linux" else []
    if found:
        return Requirement(Said("doctor_camera"), True, as_written(", ".join(str(p) for p in found)))
    if platform.system() == "Linux":
        none, phone = Said("doctor_no_camera"), Said("doctor_phone_will_do")
        return Requirement(Said("doctor_camera"), False, none, phone, optional=True)
    unknown = Said("doctor_not_looked_for", {"system": platform.system()})
    return Requirement(Said("doctor_camera"), True, unknown, optional=True)


def _encoder() -> Requirement:
    from gait import encoders

    name = Said("doctor_encoder")
    try:
        first = encoders.chosen(StoreSettings.read().encoder).name
    except GaitError as error:
        return Requirement(name, False, as_written(words.message(error)), as_written(words.advice(error)))
    return Requirement(name, True, Said("doctor_encoders", {"first": first, "here": ", ".join(encoders.available())}))


def _writable(folder: Path) -> Requirement:
    name = Said("doctor_results", {"folder": str(folder)})
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder):
            free_gb = _free_bytes(folder) / 1e9
    except OSError as error:
        return Requirement(name, False, as_written(str(error)), Said("doctor_another_folder"))
    free = Said("doctor_writable", {"free_gb": free_gb})
    return Requirement(name, free_gb > 1, free, Said("doctor_free_space"))


def _calibration(data: Path) -> Requirement:
    """Whether the cameras were held against the calibration page lately. A store that never did measures all the same."""
    from gait.services.calibrations import OLD, Calibrations

    name, known = Said("doctor_calibration"), Calibrations(data).every()
    if not known:
        return Requirement(name, False, Said("doctor_never"), Said("doctor_calibrate"), optional=True)
    oldest = min(known, key=lambda one: one.latest.made).latest
    called = oldest.camera or words.phrase("unnamed_camera")
    found = Said("doctor_calibrated", {"cameras": len(known), "camera": called, "when": _day(oldest.made)})
    young = datetime.now(UTC) - oldest.made <= OLD
    return Requirement(name, young, found, Said("doctor_calibrate_again", {"camera": called}), optional=True)


def _records(data: Path) -> list[Requirement]:
    """The store's records, the retention clock, the analyses at work and the last backup. Nothing is made or changed."""
    from gait.records import jobs, retention, settings  # late: the database's library takes a moment
    from gait.records.database import Records
    from gait.services import accounts
    from gait.services.backup import LAST, LIMIT_DAYS, USUAL_DAYS

    name = Said("doctor_records")
    try:
        with Records.at(data) as records:
            records.look()
            with records.reading() as at:
                last, awaited = next(iter(retention.log(at, 1)), None), jobs.unfinished(at)
                everybody = [one for one in accounts.listed(at) if one.disabled is None]
                managers = len(accounts.managers(at))
                kept, days = settings.read(at, LAST), int(settings.read(at, LIMIT_DAYS, USUAL_DAYS))
            place = records.shown
    except GaitError as error:
        # A store that has not begun yet has no records, and needs none.
        wrong, to_do = as_written(words.message(error)), as_written(words.advice(error))
        return [Requirement(name, False, wrong, to_do, optional=error.code == "records_missing")]
    moment = datetime.now(UTC)
    fine = last is not None and not last.fault and moment - last.started < (LATE if last.finished else RUN)
    ran = Said("doctor_ran", {"when": _day(last.started)}) if last else Said("doctor_never")
    made = datetime.fromisoformat(kept) if kept else None
    backed = Said("doctor_backed_up", {"when": _day(made)}) if made else Said("doctor_never")
    counts = {"managers": managers, "staff": len(everybody) - managers}
    people = Said("doctor_staff_found", counts) if everybody else Said("doctor_staff_none")
    young = made is not None and moment - made <= timedelta(days=days)
    return [
        Requirement(name, True, as_written(place)),
        # Where nobody signs in there need be nobody. Accounts without a manager cannot be put right from a page.
        Requirement(Said("doctor_staff"), bool(managers) or not everybody, people, Said("doctor_first_manager")),
        Requirement(Said("doctor_retention"), fine, ran, Said("doctor_run_retention"), optional=True),
        _jobs([job.heartbeat for job in awaited if job.heartbeat is not None], len(awaited)),
        Requirement(Said("doctor_backup"), young, backed, Said("doctor_back_up", {"days": days}), optional=True),
    ]


def _files(reports: Path, data: Path) -> list[Requirement]:
    """The object store, where there is one: whether it answers, and what waits to be put there or deleted."""
    from gait.records import computers
    from gait.records.database import Records
    from gait.services.depot import Depot

    name = Said("doctor_files")
    try:
        with Records.at(data) as records:
            depot = Depot.of(records, reports, data)
            if depot.store is None:
                return []
            if records.schema() is None:
                return [Requirement(name, True, as_written(depot.store.shown), optional=True)]
            records.look()
            behind = depot.behind()
            with records.reading() as at:
                unseen = [_unseen(one) for one in computers.listed(at) if _is_unseen(one)]
            waits = Said("doctor_files_wait", {"to_put": behind.to_put, "to_delete": behind.to_delete})
            try:
                depot.look(take=False)
            except GaitError as error:
                wrong = Said("doctor_files_wrong", {"what": words.message(error), "behind": words.say(waits)})
                # The work goes on without it; a store that is another shop's, or a key that it does not take, nobody else puts right.
                away = error.code == "files_away"
                return [Requirement(name, False, wrong, as_written(words.advice(error)), optional=away), *unseen]
            there = Said("doctor_files_there", {"place": depot.store.shown, "behind": words.say(waits)})
            done = not behind.to_put and not behind.to_delete
            return [Requirement(name, done, there, Said("doctor_files_by_itself"), optional=True), *unseen]
    except GaitError as error:
        return [Requirement(name, False, as_written(words.message(error)), as_written(words.advice(error)))]


def _is_unseen(one: "Computer") -> bool:
    return one.gone is None and one.seen is not None and datetime.now(UTC) - one.seen > UNSEEN


def _unseen(one: "Computer") -> Requirement:
    """A computer of the store that deletions may wait for, for ever."""
    name = Said("doctor_computer", {"id": one.id, "called": one.called or "-"})
    found = Said("doctor_unseen", {"when": _day(one.seen) if one.seen else "", "to_delete": one.to_delete})
    return Requirement(name, False, found, Said("doctor_gone", {"id": one.id}), optional=True)


def _jobs(beats: list[datetime], awaited: int) -> Requirement:
    """`beats`: when each that is at work last moved."""
    stuck = sorted(beat for beat in beats if datetime.now(UTC) - beat > STUCK)
    said = Said("doctor_waiting", {"waiting": awaited})
    if stuck:
        said = Said("doctor_stuck", {"stuck": len(stuck), "when": _day(stuck[0])})
    return Requirement(Said("doctor_jobs"), not stuck, said, Said("doctor_take_up"), optional=True)


def _day(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def _free_bytes(folder: Path) -> float:
    import shutil

    return float(shutil.disk_usage(os.fspath(folder)).free)
