"""`gait export`: a finished result in the forms of other programs, all of them or none."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from gait.errors import GaitError
from gait.export.mot import write_mot
from gait.export.pictures import write_png
from gait.export.tables import write_csv, write_parquet
from gait.export.trc import write_trc
from gait.report import REPORT, spoken_report
from gait.results.folder import ResultFolder
from gait.results.place import own_work
from gait.said import Said
from gait.services.brand import store_brand

TRIES = 3
"""A result that is corrected while it is exported is exported again."""


def _c3d(folder: ResultFolder, out: Path) -> Said | None:
    from gait.export.c3d import write_c3d  # late: nothing else needs its library

    return write_c3d(folder, out)


def _pdf(folder: ResultFolder, out: Path) -> Said | None:
    (out / REPORT).write_bytes(spoken_report(folder, store_brand()))
    return None


FORMS: Mapping[str, Callable[[ResultFolder, Path], Said | None]] = MappingProxyType(
    {
        "csv": write_csv,
        "parquet": write_parquet,
        "trc": write_trc,
        "mot": write_mot,
        "c3d": _c3d,
        "png": write_png,
        "pdf": _pdf,
    }
)
"""By the name a person chooses. Each writes its files into an empty folder, or says why there is nothing to write."""


@dataclass(frozen=True)
class Exported:
    """What was written, and what this result has not got."""

    files: tuple[Path, ...]
    lacking: Mapping[str, Said]
    """By form."""


def export_result(path: Path, forms: Sequence[str], out: Path, *, replace: bool = False) -> Exported:
    """Write a result in these forms.

    Args:
        path: The folder of a finished result.
        forms: Of `FORMS`.
        out: Made where it is not there. Files come to stand in it when all of them are whole.
        replace: Whether files of the same names may be replaced.

    Raises:
        GaitError: It is no result that can be read, a file is there already, or nothing can be written. Nothing is left behind then.
    """
    made = not out.exists()
    try:
        out.mkdir(parents=True, exist_ok=True)
        with own_work(out) as work:
            lacking = _whole(path, forms, work)
            names = sorted(file.name for file in work.iterdir())
            for name in names:
                if not replace and (out / name).exists():
                    raise GaitError("file_there", "export", file=str(out / name))
            for name in names:
                (work / name).replace(out / name)
    except OSError as error:
        raise GaitError("cannot_write", folder=str(out)) from error
    finally:
        if made:
            with suppress(OSError):  # something stands in it
                out.rmdir()
    return Exported(tuple(out / name for name in names), lacking)


def write_forms(folder: ResultFolder, forms: Sequence[str], out: Path) -> dict[str, Said]:
    """The forms of one result into an empty folder; by form why there is none. Raises GaitError or OSError."""
    refused = [form for form in forms if form != "pdf"] if folder.result.refused else []
    lacking = {form: Said("export_refused") for form in refused}
    for form in forms:
        if form not in lacking and (why := _written(folder, form, out)) is not None:
            lacking[form] = why
    return lacking


def _written(folder: ResultFolder, form: str, out: Path) -> Said | None:
    try:
        return FORMS[form](folder, out)
    except (ValueError, KeyError) as error:  # a table that somebody changed by hand
        raise GaitError("bad_tables", folder=str(folder.path)) from error


def _whole(path: Path, forms: Sequence[str], work: Path) -> dict[str, Said]:
    """Of one version of the result. Raises GaitError or OSError."""
    for left in reversed(range(TRIES)):
        folder = ResultFolder(path)
        version = folder.result.version, folder.changed_ns
        lacking = write_forms(folder, forms, work)
        again = ResultFolder(path)
        if (again.result.version, again.changed_ns) == version or not left:
            break
        for file in work.iterdir():
            file.unlink()
    return lacking
