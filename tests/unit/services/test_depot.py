"""Results and kept clips in an object store: put whole, fetched whole, deleted everywhere, whatever is away meanwhile. A real S3 server."""

import hashlib
import json
import logging
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor, TimeoutError
from contextlib import suppress

import pytest

from gait.errors import GaitError
from gait.records import customers, folders, held, receipts, settings, visits
from gait.records.database import Records
from gait.records.held import STORE, Held
from gait.results.folder import ResultFolder
from gait.results.lock import one_writer
from gait.services import carrier, depot_clock, fit, store_mark
from gait.services.backup import back_up, restore
from gait.services.depot import Behind, Depot
from gait.services.doctor import _files
from gait.services.object_store import ObjectStore
from gait.services.store_files import StoreFiles
from tests.builders import buckets
from tests.builders.kept import NAMED, store
from tests.builders.shop import ANNA, BOB, bytes_in_store, computer, correct, files_of, in_store


def test_everything_finished_is_put_once_and_nothing_waits(shop):
    assert shop.depot.behind() == Behind(4, 0)
    shop.depot.tick()
    assert shop.depot.behind() == Behind(0, 0)
    assert shop.depot.in_store() == {ANNA, BOB, "clips/1.mp4", "clips/2.mp4"}
    version = json.loads(shop.depot.store.read(f"{ANNA}/current.json"))
    here = files_of(shop.reports / ANNA.partition("/")[2])
    told = {n: {"bytes": len(d), "sha256": hashlib.sha256(d).hexdigest()} for n, d in here.items()}
    assert version["files"] == told
    assert {n: shop.depot.store.read(f"{ANNA}/{version['folder']}/{n}") for n in here} == here
    before = in_store(shop)
    shop.depot.tick()
    assert in_store(shop) == before


def test_what_another_computer_has_is_fetched_whole_when_it_is_opened(shop, other):
    shop.depot.tick()
    other.depot.bring(ANNA)
    assert files_of(other.result(ANNA)) == files_of(shop.reports / ANNA.partition("/")[2])
    assert not other.result(BOB).exists()
    other.depot.bring("clips/1.mp4")
    assert (other.data / "clips" / "1.mp4").read_bytes() == (shop.data / "clips" / "1.mp4").read_bytes()
    assert [p for p in other.reports.iterdir() if p.name.startswith(".gait-") and p.is_dir()] == []
    other.depot.bring("results/2026-01-01-000000-nobody")
    assert not (other.reports / "2026-01-01-000000-nobody").exists()
    assert other.depot.behind() == Behind(0, 0)


@pytest.mark.parametrize("after", range(1, 9))
def test_half_an_upload_is_no_result_and_is_done_again(shop, other, line, monkeypatch, after):
    count = 0

    def put(self, key, content, real=ObjectStore.put):
        nonlocal count
        count += 1
        if count == after:
            line.cut()
        real(self, key, content)

    shop.depot.look()
    with monkeypatch.context() as patch:
        patch.setattr(ObjectStore, "put", put)
        shop.depot.tick()
    assert count == after  # it stops there: the store is away
    line.mend()
    other.depot.tick()
    for name in (ANNA, BOB):
        other.depot.bring(name)
        here = shop.reports / name.partition("/")[2]
        assert not other.result(name).exists() or files_of(other.result(name)) == files_of(here)
    shop.depot.tick()
    assert shop.depot.behind().to_put == 0
    for name in (ANNA, BOB):
        other.depot.bring(name)
        assert files_of(other.result(name)) == files_of(shop.reports / name.partition("/")[2])


def test_a_file_that_does_not_come_or_is_another_leaves_nothing_half(shop, other, line, monkeypatch):
    shop.depot.tick()
    count = 0

    def get(self, key, into, real=ObjectStore.get):
        nonlocal count
        count += 1
        if count == 3:
            line.cut()
        return real(self, key, into)

    with monkeypatch.context() as patch:
        patch.setattr(ObjectStore, "get", get)
        with pytest.raises(GaitError) as told:
            other.depot.bring(ANNA)
    assert told.value.code == "files_away"
    assert not other.result(ANNA).exists()
    line.mend()
    (key,) = [k for k in in_store(shop, ANNA) if k.endswith("report.pdf")]
    content = shop.depot.store.read(key)
    shop.depot.store.put(key, b"another")
    with pytest.raises(GaitError) as told:
        other.depot.bring(ANNA)
    assert told.value.code == "files_damaged"
    assert not other.result(ANNA).exists()
    shop.depot.store.put(key, content)
    other.depot.bring(ANNA)
    assert (other.result(ANNA) / "report.pdf").read_bytes() == content


def test_a_correction_takes_the_earlier_versions_place_everywhere(shop, other):
    shop.depot.tick()
    other.depot.bring(ANNA)
    here = shop.reports / ANNA.partition("/")[2]
    correct(here, 2, report_pdf=b"second")
    assert shop.depot.behind() == Behind(1, 0)
    shop.depot.tick()
    assert b"PDF of Zuleika Qwertz" not in bytes_in_store(shop, ANNA)
    other.depot.bring(ANNA)  # it is opened again
    assert files_of(other.result(ANNA)) == files_of(here)
    correct(other.result(ANNA), 3, report_pdf=b"third")
    other.depot.tick()
    shop.depot.tick()  # without anybody opening it
    assert ResultFolder(here).result.version == 3
    assert (here / "report.pdf").read_bytes() == b"third"
    assert (shop.depot.behind(), other.depot.behind()) == (Behind(0, 0), Behind(0, 0))


def test_of_two_corrections_at_once_one_stands_whole_on_both_computers(shop, other):
    shop.depot.tick()
    other.depot.bring(ANNA)
    here = shop.reports / ANNA.partition("/")[2]
    correct(here, 2, report_pdf=b"of one")
    correct(other.result(ANNA), 2, report_pdf=b"of two")
    shop.depot.tick()
    for _ in range(2):
        other.depot.tick()
        shop.depot.tick()
    assert files_of(here) == files_of(other.result(ANNA))
    assert (here / "report.pdf").read_bytes() == b"of one"
    correct(other.result(ANNA), 4, report_pdf=b"a later one")
    other.depot.tick()
    shop.depot.tick()
    assert (here / "report.pdf").read_bytes() == b"a later one"


def test_a_result_that_is_being_written_waits(shop):
    with one_writer(shop.reports / ANNA.partition("/")[2]):
        done = threading.Thread(target=shop.depot.tick)
        done.start()
        done.join()
    assert shop.depot.behind() == Behind(1, 0)
    assert ANNA not in shop.depot.in_store()
    shop.depot.tick()
    assert ANNA in shop.depot.in_store()


def test_what_is_lost_here_comes_back_and_what_is_deleted_does_not(shop):
    shop.depot.tick()
    here = shop.reports / ANNA.partition("/")[2]
    before = files_of(here)
    shutil.rmtree(here)
    shop.depot.tick()
    assert shop.depot.behind() == Behind(0, 0)
    shop.depot.bring(ANNA)
    assert files_of(here) == before
    shop.depot.let_go([ANNA])
    shutil.rmtree(here)
    shop.depot.bring(ANNA)
    assert not here.exists()
    shop.depot.tick()
    assert in_store(shop, ANNA) == []
    assert shop.depot.copies([ANNA]) == []


def test_everything_on_a_person_leaves_the_store_too_and_the_receipt_lists_it(shop):
    shop.depot.tick()
    here = shop.reports / ANNA.partition("/")[2]
    shutil.rmtree(here)  # the store alone has it
    kept = shop.keeper.kept_of(shop.anna)
    assert (kept.results, kept.clips) == (1, 1)
    version = json.loads(shop.depot.store.read(f"{ANNA}/current.json"))
    receipt = shop.keeper.delete_customer(shop.anna)
    assert {f["sha256"] for f in version["files"].values()} <= {f.sha256 for f in receipt.files}
    assert NAMED.split()[0].lower() not in receipts.document(receipt).lower()
    assert in_store(shop, ANNA) == in_store(shop, "clips/1.mp4") == []
    assert BOB in shop.depot.in_store()
    assert shop.bytes_that_hold(NAMED.split()[0]) == []
    assert shop.depot.copies([ANNA, "clips/1.mp4"]) == []


def test_no_receipt_is_finished_while_the_store_is_away_and_it_finishes_by_itself(shop, line):
    shop.depot.tick()
    line.cut()
    with pytest.raises(GaitError) as told:
        shop.keeper.delete_customer(shop.anna)
    assert told.value.code == "not_all_deleted"
    number = told.value.values["receipt"]
    assert shop.keeper.receipt(number).finished is None
    assert not (shop.reports / ANNA.partition("/")[2]).exists()  # what can go goes at once
    assert shop.keeper.finish_begun() != []
    with shop.records.reading() as at:
        assert customers.get(at, shop.anna).id == shop.anna  # or nobody would know what is still to go
    line.mend()
    assert in_store(shop, ANNA) != []
    shop.depot.tick()  # puts nothing back
    assert not (shop.reports / ANNA.partition("/")[2]).exists()
    assert shop.keeper.finish_begun() == []
    assert shop.keeper.receipt(number).finished is not None
    assert in_store(shop, ANNA) == in_store(shop, "clips/1.mp4") == []


def test_no_receipt_is_finished_while_another_computer_has_a_copy(shop, other):
    shop.depot.tick()
    other.depot.bring(ANNA)
    with pytest.raises(GaitError) as told:
        shop.keeper.delete_customer(shop.anna)
    assert in_store(shop, ANNA) == []
    assert other.result(ANNA).exists()
    other.depot.tick()
    assert not other.result(ANNA).exists()
    assert shop.keeper.finish_begun() == []
    assert shop.keeper.receipt(told.value.values["receipt"]).finished is not None


def test_a_copy_that_another_computer_has_and_never_put_goes_too(shop, other, line):
    shop.depot.tick()
    correctly = shop.reports / BOB.partition("/")[2]
    shutil.copytree(correctly, other.result(ANNA))  # made there
    other.depot.note(ANNA)
    with pytest.raises(GaitError):
        shop.keeper.delete_customer(shop.anna)
    other.depot.tick()
    assert not other.result(ANNA).exists()
    assert in_store(shop, ANNA) == []
    assert shop.keeper.finish_begun() == []


def test_a_film_that_goes_leaves_the_store_and_the_other_computer_and_the_numbers_stay(shop, other):
    shop.depot.tick()
    other.depot.bring(ANNA)
    with shop.records.reading() as at:
        (visit,) = visits.of_customer(at, shop.anna)
    with pytest.raises(GaitError) as told:
        shop.keeper.delete_video(visit.id, "retention", "rule")
    assert b"film of Zuleika Qwertz" not in bytes_in_store(shop, ANNA)
    assert in_store(shop, "clips/1.mp4") == []
    assert (other.result(ANNA) / "overlay.mp4").exists()
    other.depot.tick()
    assert not (other.result(ANNA) / "overlay.mp4").exists()
    assert ResultFolder(other.result(ANNA)).result.runner == NAMED
    assert shop.keeper.finish_begun() == []
    receipt = shop.keeper.receipt(told.value.values["receipt"])
    assert [f.name for f in receipt.files if f.name.startswith("result/")] == ["result/overlay.mp4"]
    assert ANNA in shop.depot.in_store()


def test_a_film_that_only_the_store_has_goes_as_well(shop):
    shop.depot.tick()
    shutil.rmtree(shop.reports / ANNA.partition("/")[2])
    with shop.records.reading() as at:
        (visit,) = visits.of_customer(at, shop.anna)
    shop.keeper.delete_video(visit.id, "retention", "rule")
    assert b"film of Zuleika Qwertz" not in bytes_in_store(shop, ANNA)
    assert shop.depot.listed(ANNA).keys() >= {"analysis.json", "report.pdf"}


def test_what_is_let_go_while_it_is_put_is_not_left_behind(shop, monkeypatch):
    shop.depot.look()

    def put(self, key, content, real=ObjectStore.put):
        real(self, key, content)
        if key == f"{ANNA}/current.json":
            with shop.records.writing() as at:
                held.let_go(at, [ANNA])

    with monkeypatch.context() as patch:
        patch.setattr(ObjectStore, "put", put)
        shop.depot.tick()
    assert in_store(shop, ANNA) == []
    shop.depot.tick()
    assert shop.depot.copies([ANNA]) == []
    assert not (shop.reports / ANNA.partition("/")[2]).exists()


def test_what_is_let_go_while_it_is_fetched_is_not_left_behind(shop, other, monkeypatch):
    shop.depot.tick()

    def get(self, key, into, real=ObjectStore.get):
        if key.endswith("analysis.json"):
            shop.depot.let_go([ANNA])
        return real(self, key, into)

    with monkeypatch.context() as patch:
        patch.setattr(ObjectStore, "get", get)
        other.depot.bring(ANNA)
    assert not other.result(ANNA).exists()
    shop.depot.tick()
    assert shop.depot.copies([ANNA]) == []


def test_a_name_that_begins_like_anothers_is_another(shop):
    shutil.copytree(shop.reports / BOB.partition("/")[2], shop.reports / f"{BOB.partition('/')[2]}-2")
    shop.depot.tick()
    shop.depot.forget([BOB])
    assert in_store(shop, BOB) == []
    assert f"{BOB}-2" in shop.depot.in_store()
    assert in_store(shop, f"{BOB}-2") != []


def test_another_shops_store_is_neither_filled_nor_emptied(shop, s3_server, tmp_path, records):
    bucket = s3_server.bucket()
    theirs = ObjectStore(bucket)
    theirs.put("store.json", json.dumps({"format": "gait.files/1", "store": "f" * 16}).encode())
    theirs.put("results/2026-03-02-120009-eve/current.json", b"{}")
    wrong = computer(records, shop.reports.parent, "one", bucket)
    wrong.depot.tick()
    assert sorted(theirs.keys("")) == ["results/2026-03-02-120009-eve/current.json", "store.json"]
    with pytest.raises(GaitError) as told:
        wrong.depot.look()
    assert told.value.code == "files_foreign"
    no_store_of_ours = ObjectStore(s3_server.bucket())
    no_store_of_ours.put("photos/1.jpg", b"x")
    with pytest.raises(GaitError) as told:
        Depot(lambda: records, shop.reports, shop.data, lambda: "one", no_store_of_ours).look()
    assert told.value.code == "files_foreign"
    assert no_store_of_ours.keys("") == ["photos/1.jpg"]


def test_a_store_that_was_emptied_takes_nothing_away_here(shop):
    shop.depot.tick()
    before = shop.files()
    shop.depot.store.delete(in_store(shop))
    shop.depot.tick()
    with pytest.raises(GaitError) as told:
        shop.depot.look()
    assert told.value.code == "files_foreign"
    assert shop.files() == before


def test_a_bucket_that_is_not_there_and_an_address_that_is_none(records, tmp_path, keys, s3_server):
    there = computer(records, tmp_path, "one", f"{s3_server.place}/nowhere/gait")
    with pytest.raises(GaitError) as told:
        there.depot.look()
    assert told.value.code == "files_no_bucket"
    for url in ("ftp://host/bucket", "https://host", "s3://", "https://key:secret@host/bucket", "s3://b/../c", "x"):
        with pytest.raises(GaitError) as told:
            ObjectStore(url)
        assert told.value.code == "files_no_address"
    assert ObjectStore("s3://bucket/folder").shown == "s3://bucket/folder"
    assert ObjectStore("https://host:9000/bucket").shown == "https://host:9000/bucket"
    assert ObjectStore.named({}) is None


def test_no_log_and_no_message_holds_a_key(shop, line, caplog):
    caplog.set_level(logging.DEBUG)
    shop.depot.tick()
    line.cut()
    shop.depot.tick()
    with pytest.raises(GaitError) as told:
        shop.depot.look()
    for value in buckets.KEYS.values():
        assert value not in f"{told.value} {told.value.__cause__} {caplog.text}"
    assert "files_away" in caplog.text


def test_lost_records_come_back_from_the_store_alone(shop, tmp_path, url, keys):
    shop.depot.tick()
    new = tmp_path / "new"
    with Records.open(new / "data", f"sqlite:///{new / 'data' / 'records.db'}") as records:
        fresh = computer(records, new, "three", url)
        with pytest.raises(GaitError) as told:
            fresh.depot.look()
        assert told.value.code == "files_foreign"
        fresh.depot.adopt()
        assert fresh.depot.bring_all_results() == []
        with records.writing() as at:
            assert folders.rebuild(at, fresh.reports).runs == 2
        for name in (ANNA, BOB):
            assert files_of(fresh.result(name)) == files_of(shop.reports / name.partition("/")[2])
        found = {(one.trouble, one.name) for one in fit.check(records, fresh.reports, fresh.data, fresh.depot)}
        assert found == {("stored_without_run", "clips/1.mp4"), ("stored_without_run", "clips/2.mp4")}


def test_a_film_drawn_before_the_records_were_lost_is_not_lost(shop, tmp_path, url):
    film = shop.reports / ANNA.partition("/")[2] / "overlay.mp4"
    content = film.read_bytes()
    film.unlink()
    shop.depot.tick()
    film.write_bytes(content)
    with shop.records.writing() as at:
        for one in held.of(at, [ANNA]):
            held.gone(at, one.name, one.place)
    fresh = Depot(lambda: shop.records, shop.reports, shop.data, lambda: "one", ObjectStore(url))
    fresh.tick()
    fresh.tick()
    assert film.read_bytes() == content
    assert content in bytes_in_store(shop, ANNA)


def test_a_backup_says_what_only_the_store_has_and_it_is_found_again(shop, tmp_path, url, keys):
    shop.depot.tick()
    shutil.rmtree(shop.reports / ANNA.partition("/")[2])
    files = StoreFiles(shop.reports, shop.data, shop.depot)
    with_one_less = back_up(shop.records, files, tmp_path / "b.zip")
    assert (with_one_less.results, with_one_less.only_in_store) == (1, 1)
    new = tmp_path / "new"
    with Records(f"sqlite:///{new / 'data' / 'records.db'}") as records:
        back = computer(records, new, "three", url)
        assert restore(records, StoreFiles(back.reports, back.data, back.depot), tmp_path / "b.zip").only_in_store == 1
        back.depot.tick()
        back.depot.bring(ANNA)
        assert (back.result(ANNA) / "analysis.json").is_file()
        assert fit.check(records, back.reports, back.data, back.depot) == []


def test_what_does_not_fit_is_named(shop):
    shop.depot.tick()
    assert fit.check(shop.records, shop.reports, shop.data, shop.depot) == []
    shop.depot.store.delete(in_store(shop, ANNA))
    shop.depot.store.put("results/2026-03-02-120009-eve/x/analysis.json", b"{}")
    found = fit.check(shop.records, shop.reports, shop.data, shop.depot)
    assert [(one.trouble, one.name) for one in found] == [
        ("stored_without_run", "results/2026-03-02-120009-eve"),
        ("not_in_store", ANNA),
    ]


def test_half_an_upload_of_lost_records_goes(shop, url):
    shop.depot.tick()
    shop.depot.store.put("results/2026-03-02-120009-eve/x/report.pdf", b"half")
    Depot(lambda: shop.records, shop.reports, shop.data, lambda: "one", ObjectStore(url)).tick()
    assert in_store(shop, "results/2026-03-02-120009-eve") == []
    assert shop.depot.in_store() == {ANNA, BOB, "clips/1.mp4", "clips/2.mp4"}


def test_a_store_that_does_not_answer_is_named_and_the_rest_compared(shop, line):
    shop.depot.tick()
    shutil.rmtree(shop.reports / ANNA.partition("/")[2])
    line.cut()
    found = fit.check(shop.records, shop.reports, shop.data, shop.depot)
    assert [one.trouble for one in found] == ["store_not_compared"]  # the record's result has a copy


def test_the_clock_goes_on_by_itself_when_the_store_is_back(shop, line, monkeypatch):
    monkeypatch.setattr(depot_clock, "EVERY_S", 0.05)
    line.cut()
    shop.depot.start()
    try:
        line.mend()
        for _ in range(400):
            with suppress(GaitError):
                if shop.depot.behind() == Behind(0, 0):
                    break
            threading.Event().wait(0.05)
        assert shop.depot.behind() == Behind(0, 0)
    finally:
        shop.depot.close()


def test_without_a_store_nothing_is_noted_and_nothing_asked(records, tmp_path, keys):
    filled = store(records, tmp_path)
    depot = Depot(lambda: pytest.fail("asked"), filled.reports, filled.data, lambda: pytest.fail("asked"), None)
    depot.start()
    depot.tick()
    depot.bring(ANNA)
    depot.put(ANNA)
    depot.note(ANNA)
    depot.let_go([ANNA])
    depot.forget([ANNA])
    depot.look()
    assert (depot.behind(), depot.copies([ANNA]), depot.only_there()) == (Behind(0, 0), [], 0)
    depot.close()


def test_the_check_up_says_away_foreign_and_behind(shop, line, url, monkeypatch):
    monkeypatch.setenv("GAIT_DATABASE_URL", shop.records.address.render_as_string(hide_password=False))
    monkeypatch.delenv("GAIT_FILES_URL", raising=False)
    assert _files(shop.reports, shop.data) == []
    monkeypatch.setenv("GAIT_FILES_URL", url)
    (one,) = _files(shop.reports, shop.data)
    assert (one.ok, one.optional) == (False, True)
    assert "4 results and clips wait" in str(one.found.values["behind"])
    with shop.records.reading() as at:
        assert settings.read(at, store_mark.SETTING) is None  # looking takes nothing
    assert in_store(shop) == []
    reports, data = shop.reports, shop.data
    Depot.of(shop.records, reports, data).tick()
    (one,) = _files(reports, data)
    assert (one.ok, one.optional) == (True, True)
    line.cut()
    (one,) = _files(reports, data)
    assert (one.ok, one.optional) == (False, True)
    assert "does not answer" in str(one.found.values["what"])
    line.mend()
    shop.depot.store.put("store.json", json.dumps({"format": "gait.files/1", "store": "f" * 16}).encode())
    (one,) = _files(reports, data)
    assert (one.ok, one.optional) == (False, False)
    monkeypatch.setenv("GAIT_FILES_URL", "nothing")
    (one,) = _files(reports, data)
    assert (one.ok, one.optional) == (False, False)


def test_a_file_that_the_store_says_lies_elsewhere_is_written_nowhere(shop, other):
    shop.depot.tick()
    told = json.loads(shop.depot.store.read(f"{ANNA}/current.json"))
    for inside in ("../../evil", "/evil", "a\\..\\evil", "c:evil", ""):
        bad = told | {"files": told["files"] | {inside: {"bytes": 1, "sha256": "0" * 64}}}
        shop.depot.store.put(f"{ANNA}/current.json", json.dumps(bad).encode())
        with pytest.raises(GaitError) as said:
            other.depot.bring(ANNA)
        assert said.value.code == "files_damaged"
        assert not other.result(ANNA).exists()
    with shop.records.writing() as at:
        held.note(at, Held("results/../evil", STORE, "d"))
    with pytest.raises(GaitError) as said:
        other.depot.bring("results/../evil")
    assert said.value.code == "files_damaged"


@pytest.mark.parametrize("after", ["mark", "files"])
def test_a_store_that_another_program_of_the_shop_takes_meanwhile_is_the_shops(shop, other, monkeypatch, after):
    """Two programs start at once on a store that has nothing: the second marks it while the first is between two of its looks."""
    look, real, told = store_mark.StoreMark.look, ObjectStore.read, []

    def read(self, key):
        answer = real(self, key)
        if key == store_mark.MARK and not told:
            told.append(answer)
            with monkeypatch.context() as patch:
                patch.setattr(ObjectStore, "read", real)
                other.depot.look()
                if after == "files":
                    shop.depot.store.put("results/one/current.json", b"{}")
        return answer

    monkeypatch.setattr(ObjectStore, "read", read)
    look(shop.depot._mark)
    assert told == [None]
    with shop.records.reading() as at:
        known = settings.read(at, store_mark.SETTING)
    assert json.loads(real(shop.depot.store, store_mark.MARK))["store"] == known


def test_what_is_let_go_when_its_upload_ends_waits_for_nobody_for_ever(shop, monkeypatch):
    """The clock has put a result and notes it, while a deletion locks both its copies, the computer's first."""
    uploaded, locked = threading.Event(), threading.Event()

    def upload(*given, real=carrier.upload):
        real(*given)
        uploaded.set()
        locked.wait(10)

    monkeypatch.setattr(carrier, "upload", upload)
    shop.depot.look()
    with ThreadPoolExecutor(1) as pool:
        puts = pool.submit(shop.depot.put, ANNA)
        assert uploaded.wait(10)
        with shop.records.writing() as at:
            assert held.get(at, ANNA, "one", locked=True) is not None
            locked.set()
            with suppress(TimeoutError):
                puts.result(0.5)
            held.let_go(at, [ANNA])
        puts.result(20)
    assert ANNA not in shop.depot.in_store()


def test_what_was_put_when_the_program_died_and_finished_since_is_put_as_it_is_now(shop, monkeypatch):
    """A result without its PDF was put, and the program killed before it noted so: the next one draws the PDF, which nobody else's version replaces."""
    shop.depot.look()
    with monkeypatch.context() as patch:
        patch.setattr(carrier.Carrier, "_settle", lambda *given: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            shop.depot.put(ANNA)
    (shop.reports / ANNA.partition("/")[2] / "report.pdf").write_bytes(b"%PDF drawn since")
    shop.depot.tick()
    shop.depot.bring(ANNA)
    here = files_of(shop.reports / ANNA.partition("/")[2])
    assert here["report.pdf"] == b"%PDF drawn since"
    version = json.loads(shop.depot.store.read(f"{ANNA}/current.json"))
    assert {n: shop.depot.store.read(f"{ANNA}/{version['folder']}/{n}") for n in here} == here
