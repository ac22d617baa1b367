"""PDFs, set by Typst: of a result for the customer and with the figures behind it, of two runs compared, and the page to calibrate a camera with.

All are tagged PDF/UA-1: the typesetter holds them to it and raises where it cannot.
"""

import json
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst

from gait.comparison.values import Comparison
from gait.drawing import fonts
from gait.errors import GaitError
from gait.report.brand import Brand
from gait.report.compared import compared_content
from gait.report.content import content, logo, pictures
from gait.report.ruler import ruler_content
from gait.results.folder import ResultFolder
from gait.results.place import working
from gait.words import chosen

REPORT = "report.pdf"


_LANGUAGE = re.compile(rb"/Type ?/Catalog\b[^>]*?/Lang ?\(([\w-]+)\)", re.DOTALL)


def language_of(pdf: bytes) -> str:
    """The language that a report of ours says it is in; empty where it says none."""
    found = _LANGUAGE.search(pdf)
    return found[1].decode("ascii") if found else ""


def write_report(folder: Path, brand: Brand = Brand()) -> Path:
    """Write `folder`/report.pdf from the files already there and return its path. The same folder and brand give the same bytes.

    The caller is the folder's one writer. Raises GaitError when the folder holds no result or the PDF cannot be written.
    """
    result = ResultFolder(folder)
    try:
        # Beside the folder: what is built there holds the runner's name, and nothing of a killed program stays there for good.
        with working(folder) as work:
            pdf = _report(result, brand, work)
            (work / REPORT).write_bytes(pdf)
            (work / REPORT).replace(folder / REPORT)
    except OSError as error:
        raise GaitError("cannot_write", "pdf", folder=str(folder)) from error
    return folder / REPORT


def report_pdf(result: ResultFolder, brand: Brand = Brand()) -> bytes:
    """The same PDF, without a trace in the folder. Raises GaitError or OSError."""
    with TemporaryDirectory(prefix="gait-report-") as work:
        return _report(result, brand, Path(work))


def spoken_report(result: ResultFolder, brand: Brand = Brand()) -> bytes:
    """The PDF in the language that is spoken: as the folder keeps it, or set anew where that one is in another language or there is none.

    Where it cannot be set anew, the one that is kept has to do. Raises GaitError or OSError where there is none.
    """
    there = result.file(REPORT)
    kept = there.read_bytes() if there else b""
    if kept and language_of(kept) in ("", chosen().partition("-")[0]):
        return kept
    try:
        return report_pdf(result, brand)
    except (GaitError, OSError):
        if not kept:
            raise
        return kept


def comparison_pdf(found: Comparison, folders: tuple[ResultFolder, ResultFolder], brand: Brand = Brand()) -> bytes:
    """One page on two runs. Raises GaitError or OSError."""
    with TemporaryDirectory(prefix="gait-report-") as work:
        told = compared_content(found, folders, brand)
        return _set("comparison", told, logo(brand), _timestamp(folders[1]), Path(work))


def ruler_pdf(paper: str, brand: Brand = Brand()) -> bytes:
    """The page that a camera is calibrated with, and one on its use. `paper`: one of `gait.ruler.PAPERS_MM`. Raises OSError."""
    with TemporaryDirectory(prefix="gait-report-") as work:
        # The same page whenever it is set: it says no date, so the file has none either.
        return _set("ruler", ruler_content(paper, brand), logo(brand), 0, Path(work))


def _report(result: ResultFolder, brand: Brand, work: Path) -> bytes:
    return _set("report", content(result, brand), pictures(result, brand), _timestamp(result), work)


def _set(template: str, told: Mapping[str, Any], shown: Mapping[str, bytes], timestamp: int, work: Path) -> bytes:
    """The PDF, built in an empty folder. Raises OSError."""
    words = json.dumps(told, ensure_ascii=False, allow_nan=False)
    (work / "data.json").write_text(fonts.printable(words), encoding="utf-8")
    for name in ("style.typ", f"{template}.typ"):
        (work / name).write_bytes((files("gait.report") / name).read_bytes())
    for name, picture in shown.items():
        (work / name).write_bytes(picture)
    pdf: bytes = typst.compile(
        str(work / f"{template}.typ"),
        root=str(work),
        font_paths=[str(path) for path in fonts.folders()],
        ignore_system_fonts=True,
        timestamp=timestamp,
        pdf_standards=["ua-1"],
    )
    return pdf


def _timestamp(result: ResultFolder) -> int:
    created = result.result.created
    return int(created.timestamp()) if created else 0
