"""What is kept is its own user's, whatever the umask was."""

import os
import subprocess
import sys

import pytest

from gait.places import make_private
from gait.services.library import Library
from tests.builders import ROOT
from tests.builders.results import result_folder

pytestmark = pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")

KEEPS = """
import os, sys
from pathlib import Path
os.umask(0)
from gait.cli.main import main
try: main(["analyze", "none.mp4"])
except SystemExit: pass
from gait.results.place import next_version, put
from gait.services.uploads import Uploads
root = Path(sys.argv[1]) / "reports"
with next_version(root / "one") as work:
    (work / "steps").mkdir()
    (work / "steps" / "a.jpg").write_bytes(b"x")
    (work / "analysis.json").write_text("{}")
put(root / "one" / "report.pdf", b"x")
arriving = Uploads(root).begin("visitor", "file", None)
arriving.write(b"x")
arriving.finish("clip.mp4")
"""


def modes(folder):
    return {p.relative_to(folder).as_posix(): oct(p.stat().st_mode & 0o777) for p in folder.rglob("*")}


def test_everything_kept_is_closed_to_other_users(tmp_path):
    subprocess.run([sys.executable, "-c", KEEPS, str(tmp_path)], cwd=ROOT, check=True, capture_output=True)
    found = modes(tmp_path)
    assert len(found) >= 7
    assert found == {name: "0o700" if (tmp_path / name).is_dir() else "0o600" for name in found}


def test_what_an_earlier_version_left_open_is_closed(tmp_path):
    folder = result_folder(tmp_path / "one")
    outside = tmp_path / "outside"
    outside.write_text("not ours")
    (folder / "link").symlink_to(outside)
    for path in (tmp_path, *tmp_path.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    Library(tmp_path).make_private()
    assert {m for n, m in modes(folder).items() if n != "link"} <= {"0o700", "0o600"}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert outside.stat().st_mode & 0o777 == 0o644
    make_private(tmp_path / "none")
