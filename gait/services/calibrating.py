"""What a camera is calibrated with and by: the printed page."""

from pathlib import Path

from gait.errors import GaitError
from gait.report import ruler_pdf
from gait.results.place import put
from gait.services.brand import store_brand


def print_page(file: Path, paper: str) -> Path:
    """Write the page as a PDF to `file`. Raises GaitError when it cannot be written.

    Args:
        file: its folder is made where there is none.
        paper: one of `gait.ruler.PAPERS_MM`.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        put(file, ruler_pdf(paper, store_brand()))
    except OSError as error:
        raise GaitError("cannot_write", "page", file=file.name, folder=str(file.parent)) from error
    return file
