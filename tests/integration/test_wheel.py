"""The wheel as a store installs it: a fresh environment, an empty folder, nothing of the checkout in reach, no network."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

from tests.builders import ROOT

pytestmark = pytest.mark.slow


def _files(folder: Path) -> dict[str, tuple[int, int]]:
    return {
        str(p.relative_to(folder)): (p.stat().st_size, p.stat().st_mtime_ns) for p in folder.rglob("*") if p.is_file()
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return next(out.glob("gait-*.whl"))


@pytest.fixture(scope="module")
def store(wheel, tmp_path_factory):
    """(folder of the environment's commands, its site-packages, an environment to run them in).

    Its libraries are this environment's own, read through a .pth file: that reads no other .pth file, so the checkout that is
    installed here for editing stays out of reach.
    """
    home = tmp_path_factory.mktemp("store")
    venv.create(home / "venv", with_pip=False)
    bin_ = home / "venv" / ("Scripts" if os.name == "nt" else "bin")
    python = bin_ / Path(sys.executable).name
    asked = [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    site = Path(subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip())
    own = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("GAIT_", "PYTHON"))},
        "HOME": str(home / "person"),
        "XDG_DATA_HOME": str(home / "person" / "data"),
        "XDG_CACHE_HOME": str(home / "person" / "cache"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    (home / "person").mkdir()
    install = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*install, "--no-compile", wheel], check=True, env=own)
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return bin_, site, own


def test_the_wheel_carries_what_a_checkout_keeps_at_its_top(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {f"gait/data/samples/{p.name}" for p in (ROOT / "sample_videos").iterdir()} <= names
    assert {"gait/ui/entry/app.py", "gait/ui/entry/.streamlit/config.toml", "gait/py.typed"} <= names
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"gait"}


def test_it_runs_in_an_empty_folder_and_leaves_its_own_files_alone(store, wheel, tmp_path):
    bin_, site, own = store
    before = _files(site)

    def run(*arguments: object) -> str:
        done = subprocess.run(
            [bin_ / "gait", *map(str, arguments)], cwd=tmp_path, env=own, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert run("--version").split() == ["gait", wheel.name.split("-")[1]]
    where = "import gait; print(gait.__file__)"
    found = subprocess.run([bin_ / "python", "-c", where], cwd=tmp_path, env=own, capture_output=True, text=True)
    assert Path(found.stdout.strip()).is_relative_to(site)

    assert "over-pronating" in run("demo", "--out", "mine")
    assert {p.name for p in (tmp_path / "mine").iterdir()} >= {"analysis.json", "overlay.mp4", "report.pdf"}
    assert [p.name for p in tmp_path.iterdir()] == ["mine"]

    with _served(bin_, own, tmp_path) as (address, said):
        with urllib.request.urlopen(address, timeout=10) as page:
            assert b"<title>" in page.read()
        with pytest.raises(urllib.error.HTTPError):  # any other address answers with the page
            urllib.request.urlopen(f"{address}/api/record/nobody/run", timeout=10)
    assert "usage statistics" not in said.read_text(), "the dashboard's own settings were not read"

    show = (
        "from streamlit.testing.v1 import AppTest; from gait.places import dashboard_entry;"
        "at = AppTest.from_file(str(dashboard_entry()), default_timeout=60).run(); assert not at.exception, at.exception;"
        "print(*(b.label for b in at.button))"
    )
    # Streamlit's page tester reads the settings of the folder it runs in; without an address the door would want people to sign in.
    entry = site / "gait" / "ui" / "entry"
    shown = subprocess.run([bin_ / "python", "-c", show], cwd=entry, env=own, capture_output=True, text=True)
    assert shown.returncode == 0, shown.stderr
    assert "Analyse the run" in shown.stdout
    assert _files(site) == before


@contextlib.contextmanager
def _served(bin_, own, folder):
    """(address, log) of `gait app`, started in `folder`."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    said = folder / "app.log"
    with said.open("wb") as log:
        command = [bin_ / "gait", "app", "--headless", "--port", str(port)]
        app = subprocess.Popen(command, cwd=folder, env=own, stdout=log, stderr=log, start_new_session=True)
        try:
            address = f"http://localhost:{port}"
            for _ in range(240):
                try:
                    urllib.request.urlopen(f"{address}/_stcore/health", timeout=2).close()
                    break
                except OSError:
                    assert app.poll() is None, said.read_text()
                    time.sleep(0.25)
            yield address, said
        finally:
            os.killpg(app.pid, signal.SIGTERM)
            app.wait(20)
