"""`make docs`: every docstring can be set, and the public names are on the pages."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytest.importorskip("pdoc", reason="in the dev group; not in an environment made before it came")
pytestmark = pytest.mark.slow


def test_the_api_pages_are_set_without_a_warning(tmp_path):
    code = f"import sys; sys.path.insert(0, 'docs'); import api, pathlib; print(api.build(pathlib.Path({str(tmp_path)!r})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    page = (tmp_path / "gait" / "geometry.html").read_text(encoding="utf-8")
    assert "eversion positive for both feet" in page
    assert not list((tmp_path / "gait").glob("ui*"))
