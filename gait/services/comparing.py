"""Comparing two result folders into a third folder: comparison.json."""

from dataclasses import dataclass
from pathlib import Path

from gait.comparison.compare import compare
from gait.comparison.document import encode_comparison, write_comparison
from gait.comparison.locked import Locked, lock_steps
from gait.comparison.values import Comparison
from gait.errors import GaitError
from gait.report import comparison_pdf
from gait.results.folder import ResultFolder
from gait.results.place import put
from gait.services.brand import store_brand

SIDE_BY_SIDE = "comparison.mp4"
"""What `gait.services.film_of_two` makes beside it; one of an earlier comparison goes when another takes its place."""
PAGE = "comparison.pdf"
"""The page on it, which goes likewise."""


@dataclass(frozen=True)
class ComparedFolder:
    """What was compared, and where it was written."""

    folders: tuple[ResultFolder, ResultFolder]
    comparison: Comparison
    locked: tuple[Locked, ...]
    """The steps of both runs that can be shown at once."""
    document: dict[str, object]
    """As comparison.json holds it."""
    file: Path


def compare_folders(a: Path, b: Path, out: Path) -> ComparedFolder:
    """Compare two finished results and write comparison.json.

    Args:
        a: The folder of the first result.
        b: That of the second. Differences are b - a.
        out: Made where it is not there.

    Raises:
        GaitError: One of them is no finished result, or nothing can be written to `out`.
    """
    folders = (ResultFolder(a), ResultFolder(b))
    found = compare(*folders)
    locked = locked_steps(folders)
    document = encode_comparison(found, locked)
    try:
        file = write_comparison(out, document)
        for name in (SIDE_BY_SIDE, PAGE):
            (out / name).unlink(missing_ok=True)
    except OSError as error:
        raise GaitError("cannot_write", folder=str(out)) from error
    return ComparedFolder(folders, found, locked, document, file)


def locked_steps(folders: tuple[ResultFolder, ResultFolder]) -> tuple[Locked, ...]:
    """The steps of both that can be shown at once; none where a clip was refused. Raises GaitError."""
    a, b = (folder.result.judged for folder in folders)
    return lock_steps(a, b) if a is not None and b is not None else ()


def write_page(done: ComparedFolder) -> Path:
    """Set comparison.pdf beside comparison.json. Raises GaitError."""
    out = done.file.with_name(PAGE)
    try:
        put(out, page_of(done.comparison, done.folders))
    except OSError as error:
        raise GaitError("cannot_write", "pdf", folder=str(out.parent)) from error
    return out


def page_of(found: Comparison, folders: tuple[ResultFolder, ResultFolder]) -> bytes:
    """The page on two results as a PDF, signed by the store. Raises GaitError or OSError."""
    return comparison_pdf(found, folders, store_brand())
