"""report.pdf: one page a customer reads, one page with the figures behind it, set by Typst from a finished result folder."""

import json
import tempfile
from importlib.resources import as_file, files
from pathlib import Path

import typst

from gait.errors import GaitError
from gait.report.content import content, pictures
from gait.results.folder import ResultFolder


def write_report(folder: Path) -> Path:
    """Write `folder`/report.pdf from the files already there and return its path. The same folder gives the same bytes.

    Raises GaitError when the folder holds no result or the PDF cannot be written.
    """
    result = ResultFolder(folder)
    data = content(result)
    template = (files("gait.report") / "report.typ").read_bytes()
    with tempfile.TemporaryDirectory(prefix="gait-report-") as name, as_file(files("gait.data") / "fonts") as fonts:
        work = Path(name)
        (work / "report.typ").write_bytes(template)
        (work / "data.json").write_text(json.dumps(data, ensure_ascii=False, allow_nan=False), encoding="utf-8")
        for file, picture in pictures(result).items():
            (work / file).write_bytes(picture)
        pdf = typst.compile(
            str(work / "report.typ"), root=str(work), font_paths=[str(fonts)], timestamp=_timestamp(result)
        )
    out = folder / "report.pdf"
    part = folder / ".report.pdf.part"
    try:
        part.write_bytes(pdf)
        part.replace(out)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise GaitError("cannot_write", "pdf", folder=str(folder)) from error
    return out


def _timestamp(result: ResultFolder) -> int:
    created = result.result.created
    return int(created.timestamp()) if created else 0
