"""One file with everything, made while others write, and back from either database into either; nothing half, nothing overwritten."""

import json
import shutil
import stat
import threading
import zipfile
from datetime import timedelta

import pytest

from gait.cli.main import main
from gait.errors import GaitError
from gait.records import customers, dump, folders, settings, visits
from gait.records.database import Records
from gait.services import backup
from gait.services.store_files import StoreFiles
from tests.builders.dying_disk import DyingDisk
from tests.builders.kept import DAY, store


@pytest.fixture
def shop(records, tmp_path, monkeypatch):
    monkeypatch.setenv("GAIT_CACHE_DIR", str(tmp_path / "cache"))
    return store(records, tmp_path / "old")


def elsewhere(tmp_path, name="new"):
    return StoreFiles(tmp_path / name / "reports", tmp_path / name / "data")


def rows(records):
    return sorted(dump.lines(records))


def kept(files):
    found = {}
    for root in (files.reports, files.data / "clips"):

        def hidden(p):
            return any(part.startswith(".") for part in p.relative_to(root).parts)  # noqa: B023  called before root changes

        found |= {
            p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file() and not hidden(p)
        }
    return found


def test_what_comes_back_is_what_was_there_in_every_row_and_every_byte(shop, tmp_path):
    out = tmp_path / "all.gaitbackup"
    made = backup.back_up(shop.records, shop.keeper.files, out)
    before = [line for line in rows(shop.records) if backup.LAST not in line]
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert (made.results, made.clips, made.rows) == (2, 2, len(before) - 1)
    files = elsewhere(tmp_path)
    with Records.at(files.data, f"sqlite:///{files.data / 'records.db'}") as new:
        assert backup.restore(new, files, out) == made
        assert rows(new) == before
        assert kept(files) == kept(shop.keeper.files)
        assert folders.check(new, files.reports, [p.name for p in (files.data / "clips").iterdir()]) == []
        with new.writing() as at:
            assert customers.find(at, "zuleika")[0].id == shop.anna
            customers.make(at, "Somebody New")
    with shop.records.reading() as at:
        assert settings.read(at, backup.LAST) == made.made.isoformat()


def test_the_manager_says_how_old_the_last_one_may_become(shop, tmp_path):
    backup.back_up(shop.records, shop.keeper.files, tmp_path / "a.zip", 30)
    backup.back_up(shop.records, shop.keeper.files, tmp_path / "b.zip")
    with shop.records.reading() as at:
        assert settings.read(at, backup.LIMIT_DAYS) == 30
    for wrong in (0, 367):
        with pytest.raises(GaitError, match="every 1 to 366 days"):
            backup.back_up(shop.records, shop.keeper.files, tmp_path / "c.zip", wrong)
    assert not (tmp_path / "c.zip").exists()


def test_rows_go_from_sqlite_to_postgresql_and_numbering_goes_on(shop, postgres_server, tmp_path):
    with shop.records.writing() as at:
        from gait.records import audit

        audit.note(at, "app", "test")
        last = audit.latest(at)[0].id
    with Records(postgres_server.url()) as other:
        dump.fill(other, dump.lines(shop.records))
        assert rows(other) == rows(shop.records)
        with other.writing() as at:
            audit.note(at, "app", "next")
            assert [line.id for line in audit.latest(at)][:2] == [last + 1, last]


def test_a_backup_while_others_write_is_of_one_moment(shop, tmp_path):
    ends = threading.Event()

    def write():
        while not ends.is_set():
            with shop.records.writing() as at:
                visit = visits.start(at, shop.bob, started=DAY + timedelta(days=1))
                visits.add_run(at, visit.id)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            backup.back_up(shop.records, shop.keeper.files, tmp_path / f"{number}.zip")
    finally:
        ends.set()
        writer.join()
    for number in range(3):
        files = elsewhere(tmp_path, f"new{number}")
        with Records.at(files.data, f"sqlite:///{files.data / 'records.db'}") as new:
            backup.restore(new, files, tmp_path / f"{number}.zip")
            with new.reading() as at:
                # Each visit was written together with its run.
                assert all(len(visit.runs) == 1 for visit in visits.of_customer(at, shop.bob))
            assert {f.trouble for f in folders.check(new, files.reports)} == set()


@pytest.mark.parametrize("name", ["records.jsonl", "clips/1.mp4", "results/2026-03-02-120002-bob/analysis.json"])
@pytest.mark.parametrize("how", ["flipped", "replaced", "missing"])
def test_a_byte_that_changed_is_found_before_anything_is_written(shop, tmp_path, name, how):
    out, bad = tmp_path / "all.zip", tmp_path / "bad.zip"
    backup.back_up(shop.records, shop.keeper.files, out)
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(bad, "w") as new:
        for one in old.namelist():
            data = old.read(one)
            if one != name or how == "flipped":
                new.writestr(one, data)
            elif how == "replaced":  # the zip's own checksum is right
                new.writestr(one, bytes([data[0] ^ 1]) + data[1:])
        start = new.getinfo(name).header_offset + 30 + len(name) if how == "flipped" else 0
    if how == "flipped":
        data = bytearray(bad.read_bytes())
        data[start + 5] ^= 1
        bad.write_bytes(data)
    files = elsewhere(tmp_path)
    with Records.at(files.data, f"sqlite:///{files.data / 'records.db'}") as new:
        with pytest.raises(GaitError) as told:
            backup.restore(new, files, bad)
        assert told.value.code == "backup_damaged"
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    "name", ["../x", "results/../../x", "/x", "results/x", "other/x/y", "clips/a:b", "results/a/..\\\\x"]
)
def test_a_name_that_leads_out_of_the_place_is_refused(shop, tmp_path, name):
    out, bad = tmp_path / "all.zip", tmp_path / "bad.zip"
    backup.back_up(shop.records, shop.keeper.files, out)
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(bad, "w") as new:
        head = json.loads(old.read("manifest.json"))
        head["files"][name] = head["files"]["records.jsonl"]
        for one in old.namelist():
            new.writestr(one, json.dumps(head) if one == "manifest.json" else old.read(one))
        new.writestr(name, old.read("records.jsonl"))
    with pytest.raises(GaitError) as told:
        backup.look(bad)
    assert told.value.code == "backup_damaged"


def test_nothing_is_overwritten(shop, tmp_path):
    out = tmp_path / "all.zip"
    backup.back_up(shop.records, shop.keeper.files, out)
    for call, code in (
        (lambda: backup.back_up(shop.records, shop.keeper.files, out), "file_there"),
        (lambda: backup.restore(shop.records, shop.keeper.files, out), "restore_not_empty"),
        (lambda: backup.look(tmp_path / "none.zip"), "no_file"),
        (lambda: backup.back_up(shop.records, shop.keeper.files, tmp_path / "none" / "x.zip"), "not_backed_up"),
    ):
        with pytest.raises(GaitError) as told:
            call()
        assert told.value.code == code
    files = elsewhere(tmp_path)
    shutil.copytree(next(shop.reports.glob("*bob")), files.reports / "somebody")
    with Records.at(files.data, f"sqlite:///{files.data / 'records.db'}") as new:
        with pytest.raises(GaitError) as told:
            backup.restore(new, files, out)
        assert told.value.code == "restore_not_empty"


def test_a_restore_that_was_killed_is_done_by_the_next_one(shop, tmp_path):
    out = tmp_path / "all.zip"
    made = backup.back_up(shop.records, shop.keeper.files, out)
    files = elsewhere(tmp_path)
    for point in (3, 9, 20, 33):
        with (
            Records.at(files.data, f"sqlite:///{files.data / 'records.db'}") as new,
            DyingDisk(tmp_path / "new", point),
        ):
            backup.restore(new, files, out)
    with Records.at(files.data, f"sqlite:///{files.data / 'records.db'}") as new:
        if new.schema() is None or dump.is_empty(new):
            assert backup.restore(new, files, out) == made
        assert kept(files) == kept(shop.keeper.files)
        assert folders.check(new, files.reports) == []


def test_the_commands(empty_sqlite, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("GAIT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("GAIT_DATA", str(tmp_path / "old" / "data"))
    (tmp_path / "old" / "data").mkdir(parents=True)
    (tmp_path / "old" / "data" / "records.db").write_bytes(empty_sqlite.read_bytes())
    with Records.open(tmp_path / "old" / "data") as records:
        shop = store(records, tmp_path / "old")
    assert main(["backup", str(tmp_path / "b.zip"), "--reports", str(shop.reports)]) == 0
    assert "2 results" in capsys.readouterr().out
    monkeypatch.setenv("GAIT_DATA", str(tmp_path / "new" / "data"))
    assert main(["restore", str(tmp_path / "b.zip"), "--reports", str(tmp_path / "new" / "reports"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["results"] == 2
    assert main(["restore", str(tmp_path / "b.zip"), "--reports", str(tmp_path / "new" / "reports")]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_the_stores_shelf_and_every_version_of_its_rules_come_back(shop, tmp_path):
    data = shop.keeper.files.data
    (data / "rules").mkdir()
    told = {"shelf.csv": b"a shelf", "rules/1.csv": b"rules", "rules/2.csv": b"other rules"}
    for name, content in told.items():
        (data / name).write_bytes(content)
    (data / "rules" / ".3.csv.part").write_bytes(b"half")
    out = tmp_path / "all.gaitbackup"
    backup.back_up(shop.records, shop.keeper.files, out)
    files = elsewhere(tmp_path)
    with Records.at(files.data, f"sqlite:///{files.data / 'records.db'}") as new:
        backup.restore(new, files, out)
    found = {p.relative_to(files.data).as_posix(): p.read_bytes() for p in files.data.rglob("*.csv")}
    assert found == told
