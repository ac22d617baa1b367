"""Everything on a person deleted with a receipt, whatever cuts it short, and nobody else touched; on both databases."""

import csv
import hashlib
import io
import json
import stat
import zipfile
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from gait.cli.main import main
from gait.errors import GaitError
from gait.export.cells import cell
from gait.records import audit, customers, folders, purchases, receipts, visits
from gait.records.database import Records
from gait.records.values import PURPOSES
from gait.services import personal_zip
from gait.services.engine import Engine
from gait.services.settings import StoreSettings
from tests.builders.dying_disk import DyingDisk, Killed
from tests.builders.kept import NAMED, store
from tests.builders.results import result_folder


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GAIT_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def shop(records, tmp_path, cache):
    return store(records, tmp_path)


def clips_in(shop):
    return [p.name for p in (shop.data / "clips").iterdir()]


def assert_gone(shop, before):
    """Nothing of the first customer is left in any file, and all of the second is."""
    now = shop.files()
    assert now == {name: data for name, data in before.items() if name in now}
    bobs = {n for n in before if "bob" in n or "2.mp4" in n or f"{2:032}" in n or "2" * 24 in n}
    assert set(now) == bobs
    with shop.records.reading() as at:
        assert [c.id for c in customers.listed(at)] == [shop.bob]
        assert [v.customer for v in visits.latest(at)] == ["Bob Example"]
        assert receipts.unfinished(at) == []
    assert folders.check(shop.records, shop.reports, clips_in(shop)) == []
    for word in (NAMED, NAMED.split()[0].lower(), f"{NAMED.split()[0]}@example.org"):
        assert shop.bytes_that_hold(word) == []


def test_everything_on_a_person_goes_and_nothing_of_anybody_else(shop):
    before = shop.files()
    kept = shop.keeper.kept_of(shop.anna)
    assert (kept.visits, kept.results, kept.clips) == (1, 1, 1)
    receipt = shop.keeper.delete_customer(shop.anna, "command")
    assert_gone(shop, before)
    gone = [data for name, data in before.items() if name not in shop.files()]
    assert sorted(f.sha256 for f in receipt.files) == sorted(hashlib.sha256(data).hexdigest() for data in gone)
    assert sum(f.size_bytes for f in receipt.files) == kept.bytes == sum(map(len, gone))
    assert dict(receipt.entries) == {"customers": 1, "visits": 1, "runs": 1, "consents": 4, "purchases": 1}
    assert (receipt.who, receipt.target, receipt.target_id) == ("command", "customer", shop.anna)
    assert receipt.finished is not None
    with shop.records.reading() as at:
        (line,) = audit.latest(at, target="customer", target_id=shop.anna)
        assert (line.who, line.what, line.detail) == ("command", "customer_deleted", receipt.id)
        loose = [p for p in purchases.between(at, date(2026, 1, 1), date(2026, 12, 31)) if p.visit_id is None]
        assert [p.bought for p in loose] == [date(2026, 3, 1)]


def test_the_receipt_holds_no_personal_data_and_proves_itself(shop):
    receipt = shop.keeper.delete_customer(shop.anna)
    text = receipts.document(receipt)
    for word in (*NAMED.split(), "example.org", "Guide", "120001", "note on"):
        assert word.lower() not in text.lower()
    assert "result/other" in text
    assert receipt.sha256 == receipts.checksum(receipt)
    blank = json.dumps(json.loads(text) | {"sha256": ""}, indent=2, sort_keys=True) + "\n"
    assert hashlib.sha256(blank.encode()).hexdigest() == receipt.sha256
    assert shop.keeper.receipt(receipt.id) == receipt
    assert shop.keeper.receipts() == [receipt]


def test_half_a_result_and_a_missing_one_go_too(shop):
    (next(shop.reports.glob("*zuleika")) / "analysis.json").unlink()
    shop.keeper.delete_customer(shop.anna)
    assert not list(shop.reports.glob("*zuleika"))
    for folder in shop.reports.glob("*bob"):
        folder.rename(shop.reports / ".elsewhere")
    shop.keeper.delete_customer(shop.bob)
    with shop.records.reading() as at:
        assert customers.listed(at) == []


def test_merged_entries_of_one_person_go_together(shop):
    with shop.records.writing() as at:
        customers.merge(at, shop.bob, shop.anna)
    assert shop.keeper.delete_customer(shop.anna).entries["customers"] == 2
    assert shop.files() == {}


def test_nobody_of_that_id_is_told_and_leaves_no_receipt(shop):
    with pytest.raises(GaitError) as told:
        shop.keeper.delete_customer("0" * 16)
    assert told.value.code == "no_customer"
    assert shop.keeper.receipts() == []


def test_what_cannot_go_now_is_told_and_goes_later(shop, monkeypatch):
    before = shop.files()
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", lambda *_, **__: (_ for _ in ()).throw(PermissionError("in use")))
        with pytest.raises(GaitError) as told:
            shop.keeper.delete_customer(shop.anna, "command")
        assert told.value.code == "not_all_deleted"
        assert [r.id for r in shop.keeper.finish_begun()] == [told.value.values["receipt"]]
    assert shop.keeper.finish_begun() == []
    assert_gone(shop, before)
    receipt = shop.keeper.receipt(told.value.values["receipt"])
    assert len(receipt.files) == len({f.sha256 for f in receipt.files}) == len(before) - len(shop.files())


def offered(shop):
    """The second customer's recording was not analysed yet: no start of a program takes it away."""
    (shop.reports / ".uploads" / f"rec-{2:032}" / "analysed").unlink()


def recorded_aside(files):
    """Without recordings: one whose result is whole goes with any start of a program."""
    return {name: data for name, data in files.items() if ".uploads" not in name}


def restart(shop):
    """What a program does when it starts."""
    engine = Engine(StoreSettings(shop.reports)).start()
    left = shop.keeper.finish_begun()
    engine.uploads.alive.end()
    return left


@pytest.mark.slow
def test_killed_at_any_change_of_a_file_it_is_finished_by_the_next_start(empty_sqlite, tmp_path, monkeypatch):
    points = 0
    while True:
        points += 1
        root = tmp_path / str(points)
        monkeypatch.setenv("GAIT_CACHE_DIR", str(root / "cache"))
        (root / "data").mkdir(parents=True)
        (root / "data" / "records.db").write_bytes(empty_sqlite.read_bytes())
        with Records(f"sqlite:///{root / 'data' / 'records.db'}") as records:
            shop = store(records, root)
            offered(shop)
            before = shop.files()
            with DyingDisk(root, points) as disk:
                shop.keeper.delete_customer(shop.anna)
            begun = bool(shop.keeper.receipts())
            assert restart(shop) == []
            if begun:
                assert_gone(shop, before)
                left = recorded_aside(shop.files())
                gone = {hashlib.sha256(d).hexdigest() for n, d in recorded_aside(before).items() if n not in left}
                assert {f.sha256 for f in shop.keeper.receipts()[0].files} >= gone
            else:
                assert recorded_aside(shop.files()) == recorded_aside(before)
        if not disk.reached:
            break
    assert points > 20


@pytest.mark.parametrize("committed", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("nth", [1, 2, 3])
def test_killed_around_any_transaction_it_is_finished_by_the_next_start(shop, monkeypatch, nth, committed):
    offered(shop)
    before, count = shop.files(), [0]
    writing = Records.writing

    @contextmanager
    def dying(self):
        count[0] += 1
        with writing(self) as at:
            yield at
            if count[0] == nth and not committed:
                raise Killed
        if count[0] == nth and committed:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Records, "writing", dying)
        with pytest.raises(Killed):
            shop.keeper.delete_customer(shop.anna)
    assert restart(shop) == []
    if (nth, committed) == (1, False):
        assert recorded_aside(shop.files()) == recorded_aside(before)
    else:
        assert_gone(shop, before)
        with shop.records.reading() as at:
            assert len(audit.latest(at, target="customer", target_id=shop.anna)) == 1


def test_the_export_has_every_file_and_every_record(shop, tmp_path):
    out = shop.keeper.export(shop.anna, tmp_path / "zuleika.zip")
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    with zipfile.ZipFile(out) as opened:
        assert opened.testzip() is None
        held = {name: opened.read(name) for name in opened.namelist()}
    (folder,) = shop.reports.glob("*zuleika")
    files = {f"results/{p.relative_to(shop.reports)}": p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert files.items() <= held.items()
    assert held["clips/1.mp4"] == f"clip of {NAMED}".encode()
    assert f"recording of {NAMED}".encode() not in held.values(), "an original shows faces"
    assert b"waits to be analysed" in held["NOT_IN_HERE.txt"]
    told = json.loads(held["customer.json"])
    assert (told["customer"]["name"], told["visits"][0]["note"]) == (NAMED, f"a note on {NAMED}")
    assert {c["text"]["text"] for c in told["consents"]} == {f"May we {purpose}?" for purpose in PURPOSES}
    assert not any(b"Bob" in data for data in held.values())
    with shop.records.reading() as at:
        assert [line.what for line in audit.latest(at, target="customer", target_id=shop.anna)] == ["customer_exported"]


def test_the_zip_of_a_visit_has_that_visit_alone_and_its_results_in_other_forms(shop, tmp_path):
    with shop.records.writing() as at:
        (visit,) = visits.of_customer(at, shop.anna)
        again = visits.start(at, shop.anna)
        visits.note(at, again.id, "another day")
        run = visits.add_run(at, visit.id, shoe="Ghost 16")
        second = result_folder(shop.reports / "second")
        folders.attach(at, run.id, second)
    out = shop.keeper.export_visit(visit.id, tmp_path / "visit.zip", "Bob")
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    with zipfile.ZipFile(out) as opened:
        assert opened.testzip() is None
        held = {name: opened.read(name) for name in opened.namelist()}
    for folder in (*shop.reports.glob("*zuleika"), second):
        files = {f"results/{p.relative_to(shop.reports)}": p.read_bytes() for p in folder.rglob("*") if p.is_file()}
        assert files.items() <= held.items()
    forms = {name.removeprefix("exports/second/") for name in held if name.startswith("exports/second/")}
    assert forms == {
        *("steps.csv", "curves.csv", "angles.csv", "steps.parquet", "curves.parquet", "angles.parquet"),
        *("angles_left.mot", "angles_right.mot"),
    }
    assert held["exports/second/steps.csv"].count(b"\n") == 53
    assert json.loads(held["comparison/comparison.json"])["b"]["folder"] == "second"
    assert held["comparison/comparison.pdf"].startswith(b"%PDF-")
    assert held["clips/1.mp4"] == f"clip of {NAMED}".encode()
    told = json.loads(held["visit.json"])
    assert (told["customer"]["name"], [v["id"] for v in told["visits"]]) == (NAMED, [visit.id])
    assert not any(b"another day" in data or b"Bob Example" in data for data in held.values())
    with shop.records.reading() as at:
        assert [(line.who, line.what) for line in audit.latest(at, target="visit", target_id=visit.id)][:1] == [
            ("Bob", "visit_exported")
        ]
    with pytest.raises(GaitError) as there:
        shop.keeper.export_visit(visit.id, out)
    assert there.value.code == "file_there"
    with pytest.raises(GaitError):
        shop.keeper.export_visit("0" * 16, tmp_path / "none.zip")
    assert not (tmp_path / "none.zip").exists()


def test_the_zip_of_a_walk_in_has_no_customer(shop, tmp_path):
    with shop.records.writing() as at:
        visit = visits.start(at)
    with zipfile.ZipFile(shop.keeper.export_visit(visit.id, tmp_path / "visit.zip")) as opened:
        assert json.loads(opened.read("visit.json"))["customer"] is None
        assert not [name for name in opened.namelist() if "/" in name]


def test_no_visit_leaves_while_its_shoes_are_to_be_rated(shop, tmp_path, monkeypatch):
    with shop.records.reading() as at:
        (visit,) = visits.of_customer(at, shop.anna)
    monkeypatch.setattr("gait.services.personal_zip.comfort.sealed", lambda at: {visit.id})
    with pytest.raises(GaitError) as told:
        shop.keeper.export_visit(visit.id, tmp_path / "visit.zip")
    assert (told.value.code, told.value.case) == ("comfort_first", "export")
    assert not (tmp_path / "visit.zip").exists()


def test_no_cell_of_a_table_is_taken_for_a_formula(shop):
    with shop.records.writing() as at:
        (visit,) = visits.of_customer(at, shop.anna)
        visits.note(at, visit.id, "@SUM(A1)")
        visits.set_shoe(at, visit.runs[0].id, '=HYPERLINK("x")')
        told = personal_zip.everything(at, shop.anna)
    for name, text in personal_zip.documents(told).items():
        if name.endswith(".csv"):
            for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"))):
                assert not [c for c in row if c.startswith(("=", "+", "@", "\t"))]
    assert tuple(map(cell, ("=1", "+1", "-1", "@x", "\tx", " =1", "Anna", -3.5, None))) == (
        "'=1",
        "'+1",
        "'-1",
        "'@x",
        "'\tx",
        "' =1",
        "Anna",
        "-3.5",
        "",
    )


def test_an_export_overwrites_nothing_and_leaves_nothing_half(shop, tmp_path, monkeypatch):
    (tmp_path / "there.zip").write_bytes(b"mine")
    with pytest.raises(GaitError) as told:
        shop.keeper.export(shop.anna, tmp_path / "there.zip")
    assert (told.value.code, (tmp_path / "there.zip").read_bytes()) == ("file_there", b"mine")
    with pytest.raises(GaitError) as told:
        shop.keeper.export(shop.anna, tmp_path / "none" / "x.zip")
    assert told.value.code == "not_exported"
    (tmp_path / "out").mkdir()
    monkeypatch.setattr(zipfile.ZipFile, "write", lambda *_: (_ for _ in ()).throw(OSError(28, "full")))
    with pytest.raises(GaitError):
        shop.keeper.export(shop.anna, tmp_path / "out" / "x.zip")
    assert list((tmp_path / "out").iterdir()) == []


def test_the_commands_ask_first_then_delete_and_print_the_receipt(empty_sqlite, tmp_path, cache, monkeypatch, capsys):
    monkeypatch.setenv("GAIT_DATA", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "records.db").write_bytes(empty_sqlite.read_bytes())
    with Records.open(tmp_path / "data") as records:
        shop = store(records, tmp_path)
        before = shop.files()
        where = ("--reports", str(shop.reports))
        assert main(["customers", "export", shop.anna, "--out", str(tmp_path / "all.zip"), *where]) == 0
        assert "all.zip" in capsys.readouterr().out
        (tmp_path / "all.zip").unlink()
        assert main(["customers", "delete", shop.anna, *where]) == 2
        assert "--yes" in capsys.readouterr().out
        assert shop.files() == before
        assert main(["customers", "delete", shop.anna, "--yes", "--json", *where]) == 0
        printed = json.loads(capsys.readouterr().out)
        assert printed == json.loads(receipts.document(shop.keeper.receipts()[0]))
        assert_gone(shop, before)
        assert main(["customers", "delete", shop.anna, "--yes", *where]) == 2
        assert len(capsys.readouterr().err.strip().splitlines()) == 1
