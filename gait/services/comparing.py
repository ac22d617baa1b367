"""Comparing two result folders into a third folder: comparison.json."""

from dataclasses import dataclass
from pathlib import Path

from gait.comparison.compare import compare
from gait.comparison.document import encode_comparison, write_comparison
from gait.comparison.locked import lock_steps
from gait.comparison.values import Comparison
from gait.errors import GaitError
from gait.results.folder import ResultFolder


@dataclass(frozen=True)
class ComparedFolder:
    """What was compared, and where it was written."""

    comparison: Comparison
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
    judged = [folder.result.judged for folder in folders]
    assert judged[0] is not None  # `compare` refuses a clip that was not judged
    assert judged[1] is not None
    document = encode_comparison(found, lock_steps(judged[0], judged[1]))
    try:
        file = write_comparison(out, document)
    except OSError as error:
        raise GaitError("cannot_write", folder=str(out)) from error
    return ComparedFolder(found, document, file)
