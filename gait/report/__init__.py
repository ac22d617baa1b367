"""report.pdf, set by Typst from a result folder: one page for the customer, one with the figures behind it."""

import json
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import typst

from gait.drawing import fonts
from gait.errors import GaitError
from gait.report.content import content, pictures
from gait.results.folder import ResultFolder
from gait.results.place import working

REPORT = "report.pdf"


def write_report(folder: Path) -> Path:
    """Write `folder`/report.pdf from the files already there and return its path. The same folder gives the same bytes.

    The caller is the folder's one writer. Raises GaitError when the folder holds no result or the PDF cannot be written.
    """
    result = ResultFolder(folder)
    try:
        # Beside the folder: what is built there holds the runner's name, and nothing of a killed program stays there for good.
        with working(folder) as work:
            pdf = _set(result, work)
            (work / REPORT).write_bytes(pdf)
            (work / REPORT).replace(folder / REPORT)
    except OSError as error:
        raise GaitError("cannot_write", "pdf", folder=str(folder)) from error
    return folder / REPORT


def report_pdf(result: ResultFolder) -> bytes:
    """The same PDF, without a trace in the folder. Raises GaitError or OSError."""
    with TemporaryDirectory(prefix="gait-report-") as work:
        return _set(result, Path(work))


def _set(result: ResultFolder, work: Path) -> bytes:
    """The PDF, built in an empty folder. Raises OSError."""
    told = json.dumps(content(result), ensure_ascii=False, allow_nan=False)
    (work / "data.json").write_text(fonts.printable(told), encoding="utf-8")
    (work / "report.typ").write_bytes((files("gait.report") / "report.typ").read_bytes())
    for file, picture in pictures(result).items():
        (work / file).write_bytes(picture)
    pdf: bytes = typst.compile(
        str(work / "report.typ"),
        root=str(work),
        font_paths=[str(path) for path in fonts.folders()],
        ignore_system_fonts=True,
        timestamp=_timestamp(result),
    )
    return pdf


def _timestamp(result: ResultFolder) -> int:
    created = result.result.created
    return int(created.timestamp()) if created else 0
