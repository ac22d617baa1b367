"""The sample run, analysed once for all tests that look at it, and the databases that records are kept in."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gait import words
from gait.records.database import Records
from gait.results.folder import ResultFolder
from tests.builders import ROOT, SAMPLES, buckets, postgres


def gait(*arguments: object, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """The command as a person runs it."""
    command = [sys.executable, "-m", "gait.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, timeout=600)


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory):
    """Tests neither read nor fill the user's cache of tracks, and speak English whatever this computer speaks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GAIT_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("LC_ALL", "C.UTF-8")
        patch.delenv("GAIT_LANGUAGE", raising=False)
        yield


@pytest.fixture(autouse=True)
def _own_language():
    """No test speaks the language of the one before it."""
    words.speak("")


@pytest.fixture(scope="session")
def postgres_server():
    """A PostgreSQL server of the tests' own."""
    with postgres.running() as server:
        yield server


@pytest.fixture(scope="session")
def s3_server():
    """An S3 server of the tests' own, a process of its own."""
    with buckets.running() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path):
    """The address of an empty database, SQLite's and then PostgreSQL's."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / 'records.db'}"
    return request.getfixturevalue("postgres_server").url()


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory):
    """SQLite's file of empty records, to be copied."""
    folder = tmp_path_factory.mktemp("records")
    Records.open(folder, f"sqlite:///{folder / 'records.db'}").close()
    return folder / "records.db"


@pytest.fixture(scope="session")
def empty_postgres(postgres_server, tmp_path_factory):
    """The address of empty records on PostgreSQL, to be emptied again: a new database takes a second."""
    address = postgres_server.url()
    Records.open(tmp_path_factory.mktemp("none"), address).close()
    return address


@pytest.fixture(params=["sqlite", "postgresql"])
def records(request, tmp_path):
    """Empty records of today's schema, on both databases."""
    if request.param == "sqlite":
        (tmp_path / "data").mkdir()
        shutil.copy(request.getfixturevalue("empty_sqlite"), tmp_path / "data" / "records.db")
        address = f"sqlite:///{tmp_path / 'data' / 'records.db'}"
    else:
        address = request.getfixturevalue("empty_postgres")
        postgres.empty(address)
    with Records(address) as opened:
        yield opened


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory):
    """(finished process, result folder) of the sample clip with its standing clip at the truth file's speed."""
    out = tmp_path_factory.mktemp("sample") / "result"
    done = gait(
        "analyze",
        SAMPLES / "treadmill_rear.mp4",
        *("--standing", SAMPLES / "treadmill_rear.standing.mp4", "--speed-kmh", "9.72", "--out", out),
        *("--runner", "Example Runner"),
    )
    return done, ResultFolder(out)
