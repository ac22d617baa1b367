"""`gait customers`, `gait visits` and `gait records` as a script calls them, on both databases."""

import json
import os
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from gait.cli.main import main
from gait.records import customers, visits
from gait.records.database import FILE, Records
from tests import conftest
from tests.builders.results import result_folder


@dataclass(frozen=True)
class Done:
    """What a command left."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def gait(capsys):
    """The command in this process: starting Python for each of its many calls takes most of the time."""

    def call(*arguments):
        capsys.readouterr()
        status = main(arguments)
        return Done(status, *capsys.readouterr())

    with keeping_umask():
        yield call


@pytest.fixture
def told(gait):
    def call(*arguments):
        done = gait(*arguments, "--json")
        return done.returncode, json.loads(done.stdout)

    return call


@contextmanager
def keeping_umask():
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)


@pytest.fixture
def store(database_url, tmp_path, monkeypatch):
    """A data folder with one result of an earlier gait, and its records' address in the environment."""
    monkeypatch.setenv("GAIT_DATA", str(tmp_path / "store"))
    if database_url.startswith("postgresql"):
        monkeypatch.setenv("GAIT_DATABASE_URL", database_url)
    result_folder(tmp_path / "store" / "reports" / "2026-03-02-100000-anna")
    return tmp_path / "store"


def test_results_of_an_earlier_gait_are_taken_over_found_and_shown(store, gait, told):
    absent = gait("records", "check")
    assert absent.returncode == 2
    assert "gait records upgrade" in absent.stderr
    assert told("records", "upgrade")[1]["before"] is None
    assert told("records", "check") == (2, [{"trouble": "result_without_run", "name": "2026-03-02-100000-anna"}])
    status, done = told("records", "rebuild")
    assert (status, done["rebuilt"]["runs"], done["set_aside"]) == (0, 1, None)
    assert told("records", "check") == (0, [])
    with Records.open(store) as records, records.reading() as at:
        name = customers.listed(at)[0].name
    status, (found,) = told("customers", "find", name[:4].upper())
    assert (status, found["name"], found["visits"]) == (0, name, 1)
    status, shown = told("customers", "show", found["id"])
    run = shown["visits"][0]["runs"][0]
    assert (run["result"], run["summary"]["refused"], shown["customer"]["id"]) == (
        *("2026-03-02-100000-anna", False, found["id"]),
    )
    _, (visit,) = told("visits", "list")
    assert told("visits", "show", visit["id"])[1]["visit"] == visit
    lines = gait("customers", "show", found["id"]).stdout
    assert name in lines
    assert "2026-03-02-100000-anna" in lines


def test_who_is_not_there_is_said_in_a_sentence(store, gait):
    gait("records", "upgrade")
    nobody = gait("customers", "find", "nobody")
    assert (nobody.returncode, nobody.stdout.strip()) == (2, "Nobody of that name is known.")
    for command in ("customers", "visits"):
        done = gait(command, "show", "0" * 16)
        assert done.returncode == 2
        assert done.stderr.startswith("gait: There is no such")
        assert "Traceback" not in done.stderr


def test_only_unfinished_visits_are_listed_when_they_are_asked_for(store, told):
    with Records.open(store) as records, records.writing() as at:
        left = visits.start(at, customers.make(at, "Anna").id)
        visits.finish(at, visits.start(at).id)
    assert [v["id"] for v in told("visits", "list", "--open")[1]] == [left.id]
    assert len(told("visits", "list")[1]) == 2
    assert len(told("visits", "list", "--customer", left.customer_id)[1]) == 1


@pytest.mark.skipif("GAIT_DATABASE_URL" in os.environ, reason="SQLite's file")
def test_a_damaged_database_is_set_aside_and_made_again(tmp_path, monkeypatch, gait, told):
    monkeypatch.setenv("GAIT_DATA", str(tmp_path))
    result_folder(tmp_path / "reports" / "2026-03-02-100000-anna")
    gait("records", "rebuild")
    whole = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(whole[:4096] + os.urandom(len(whole) - 4096))
    damaged = gait("customers", "find", "a")
    assert damaged.returncode == 2
    assert "gait records rebuild" in damaged.stderr
    status, done = told("records", "rebuild")
    assert (status, done["rebuilt"]["runs"]) == (0, 1)
    assert (tmp_path / done["set_aside"]).is_file()
    assert told("records", "check") == (0, [])


def test_what_is_written_is_its_own_users(tmp_path, monkeypatch):
    monkeypatch.setenv("GAIT_DATA", str(tmp_path / "store"))
    conftest.gait("records", "upgrade")
    kept = [p for p in (tmp_path / "store").rglob("*") if p.is_file()]
    assert kept
    assert {oct(p.stat().st_mode & 0o777) for p in kept} == {"0o600"}
    assert oct((tmp_path / "store").stat().st_mode & 0o777) == "0o700"
