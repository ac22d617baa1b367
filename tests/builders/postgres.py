"""A PostgreSQL server of the tests' own: made in a folder, listening on a socket in it, gone when they end."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

REQUIRED = "GAIT_REQUIRE_POSTGRES"
DEBIANS = Path("/usr/lib/postgresql")
USERS = ("postgres", "nobody")
"""Who runs the server when the tests run as root, which PostgreSQL refuses."""


def binaries() -> Path | None:
    """The folder of `initdb`: Debian's newest, else the one on the path."""
    debians = sorted(DEBIANS.glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    found = debians[-1] if debians else shutil.which("initdb")
    return Path(found).parent if found else None


def needed() -> Path:
    """The binaries. Without them the test is skipped, or fails with GAIT_REQUIRE_POSTGRES=1."""
    found = binaries()
    if found is None:
        if os.environ.get(REQUIRED) == "1":
            pytest.fail("there is no PostgreSQL, and GAIT_REQUIRE_POSTGRES is set")
        pytest.skip("needs PostgreSQL's initdb and postgres (Debian: apt-get install postgresql)")
    return found


class Postgres:
    """A running server: `url()` is a new, empty database each time."""

    def __init__(self, bin_: Path, home: Path, safe: bool = False) -> None:
        self._bin, self._home, self._made, self._safe = bin_, home, 0, safe
        self._as = ["runuser", "-u", _user(), "--"] if os.geteuid() == 0 else []
        self._call(
            "initdb",
            "-D",
            str(home / "data"),
            "-U",
            "gait",
            "--auth=trust",
            "--no-sync",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        )
        self.start()

    def start(self) -> None:
        """Also after `stop`: what was in it is there again."""
        quick = "" if self._safe else " -c fsync=off -c full_page_writes=off -c shared_buffers=64MB"
        options = f"-k {self._home} -c listen_addresses=''{quick}"
        self._call(
            "pg_ctl", "-D", str(self._home / "data"), "-l", str(self._home / "log"), "-w", "-o", options, "start"
        )

    def stop(self, how: str = "fast") -> None:
        """Also `immediate`, which is how a crash looks."""
        self._call("pg_ctl", "-D", str(self._home / "data"), "-w", "-m", how, "stop")

    def url(self) -> str:
        """The address of a new, empty database."""
        self._made += 1
        name = f"gait{self._made}"
        with psycopg.connect(f"host={self._home} user=gait dbname=postgres", autocommit=True) as at:
            at.execute(f"CREATE DATABASE {name}")
        return f"postgresql://gait@/{name}?host={self._home}"

    def _call(self, name: str, *arguments: str) -> None:
        done = subprocess.run(
            [*self._as, str(self._bin / name), *arguments],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd="/",
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


@contextmanager
def running(*, safe: bool = False) -> Iterator[Postgres]:
    """A server for as long as the block; `safe`: as it is set up by itself, else as quick as tests need it."""
    found = needed()
    home = Path(tempfile.mkdtemp(prefix="gait-pg-"))  # a socket's path must be short: pytest's folders are too deep
    if os.geteuid() == 0:
        shutil.chown(home, _user())
    try:
        server = Postgres(found, home, safe)
        try:
            yield server
        finally:
            server.stop("immediate")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def empty(address: str) -> None:
    """Delete all rows of gait's tables there."""
    with psycopg.connect(address, autocommit=True) as at:
        asked = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        names = [name for (name,) in at.execute(asked).fetchall()]
        for name in names:
            for asked in ("ALTER TABLE {} DISABLE TRIGGER ALL", "DELETE FROM {}", "ALTER TABLE {} ENABLE TRIGGER ALL"):
                at.execute(sql.SQL(asked).format(sql.Identifier(name)))


def _user() -> str:
    import pwd

    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in USERS if name in known)
