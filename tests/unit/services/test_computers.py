"""A computer that is gone for good keeps no receipt open, and should it come back it deletes first what was to go."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from gait.cli.main import main
from gait.errors import GaitError
from gait.records import audit, computers, customers, held, jobs, receipts, visits
from gait.records.held import STORE, Held
from gait.records.tables import ComputerRow
from gait.services.carrier import Carrier
from gait.services.depot import Behind
from gait.services.doctor import _files
from gait.services.keeper import BEYOND
from tests.builders.kept import NAMED
from tests.builders.shop import ANNA, BOB, bytes_in_store, correct, files_of, in_store


def unseen(records, place: str, ago: timedelta = timedelta(hours=2)) -> None:
    """As if nobody had seen it for so long."""
    with records.writing() as at:
        at.execute(update(ComputerRow).where(ComputerRow.place == place).values(seen=datetime.now(UTC) - ago))


def known(records) -> dict[str, computers.Computer]:
    with records.reading() as at:
        return {one.id: one for one in computers.listed(at)}


@pytest.fixture
def lost(shop, other):
    """The second computer had Anna's result and her clip, and a result of its own; it does not come any more."""
    shop.depot.tick()
    other.depot.bring(ANNA)
    other.depot.bring("clips/1.mp4")
    other.depot.tick()
    unseen(shop.records, "two")
    return other


def test_each_computer_is_seen_and_says_what_it_owes(shop, other, lost):
    there = known(shop.records)
    assert set(there) == {"one", "two"}
    assert (there["two"].to_delete, there["two"].only_there, there["two"].gone) == (0, 0, None)
    shutil.copytree(other.result(ANNA), other.reports / "2026-03-02-120003-carl")
    other.depot.note("results/2026-03-02-120003-carl")
    shop.depot.let_go([ANNA])
    assert (known(shop.records)["two"].to_delete, known(shop.records)["two"].only_there) == (1, 1)
    assert list(known(shop.records)) == ["one", "two"]  # the one that was seen last stands first
    other.depot.tick()
    assert known(shop.records)["two"].seen > datetime.now(UTC) - timedelta(minutes=5)


def test_a_receipt_that_waited_for_it_is_finished_and_says_what_may_be_left(shop, lost):
    with pytest.raises(GaitError) as told:
        shop.keeper.delete_customer(shop.anna)
    number = told.value.values["receipt"]
    stood = shop.depot.give_up("two", "command")
    assert stood.to_delete == 2
    assert shop.keeper.finish_begun() == []
    receipt = shop.keeper.receipt(number)
    assert receipt.finished is not None
    assert receipt.entries[BEYOND] == 2
    assert receipts.checksum(receipt) == receipt.sha256
    assert shop.depot.behind() == Behind(0, 0)
    with shop.records.reading() as at:
        assert [one.name for one in held.of_hidden(at, "two").values() if NAMED.split()[0].lower() in one.name] == []
        (line,) = audit.latest(at, target="computer", target_id="two")
    assert (line.who, line.what) == ("command", "computer_gone")
    shop.records.overwrite_deleted()
    named = shop.bytes_that_hold(NAMED.split()[0].lower())
    assert [one for one in named if not one.startswith(str(lost.reports))] == []  # the receipt names nobody


def test_a_deletion_after_it_was_given_up_waits_for_nobody_and_counts_it(shop, lost):
    shop.depot.give_up("two", "command")
    receipt = shop.keeper.delete_customer(shop.anna)
    assert receipt.finished is not None
    assert receipt.entries[BEYOND] == 2
    assert shop.keeper.delete_customer(shop.bob).entries.get(BEYOND) is None


def test_one_that_comes_back_deletes_first_and_takes_nothing_back(shop, lost):
    before = files_of(lost.result(ANNA))
    shop.depot.give_up("two", "command")
    shop.keeper.delete_customer(shop.anna)
    assert files_of(lost.result(ANNA)) == before
    lost.depot.tick()
    assert not lost.result(ANNA).exists()
    assert not (lost.data / "clips" / "1.mp4").exists()
    assert in_store(shop, ANNA) == in_store(shop, "clips/1.mp4") == []
    assert shop.depot.copies([ANNA, "clips/1.mp4"]) == []
    assert known(shop.records)["two"].gone is None
    with shop.records.reading() as at:
        assert audit.latest(at, target="computer", target_id="two")[0].what == "computer_back"
        assert held.of_hidden(at, "two") == {}


def test_one_that_comes_back_and_is_killed_while_it_deletes_goes_on(shop, lost, monkeypatch):
    shop.depot.give_up("two", "command")
    shop.keeper.delete_customer(shop.anna)
    with monkeypatch.context() as patch:
        patch.setattr(Carrier, "delete_here", lambda self, name: (_ for _ in ()).throw(GaitError("not_deleted")))
        lost.depot.tick()
    assert lost.result(ANNA).exists()
    assert in_store(shop, ANNA) == []  # nothing is put before that
    assert known(shop.records)["two"].gone is not None
    lost.depot.tick()
    assert not lost.result(ANNA).exists()


def test_of_what_the_store_has_its_version_stands_on_one_that_comes_back(shop, lost):
    correct(lost.result(ANNA), 7, report_pdf=b"never told")
    shop.depot.give_up("two", "command")
    correct(shop.reports / ANNA.partition("/")[2], 2, report_pdf=b"meanwhile")
    shop.depot.tick()
    lost.depot.tick()
    assert (lost.result(ANNA) / "report.pdf").read_bytes() == b"meanwhile"
    assert b"never told" not in bytes_in_store(shop, ANNA)


def test_a_film_that_went_meanwhile_is_not_brought_back(shop, lost):
    shop.depot.give_up("two", "command")
    with shop.records.reading() as at:
        (visit,) = visits.of_customer(at, shop.anna)
    receipt = shop.keeper.delete_video(visit.id, "retention", "rule")
    assert receipt.entries[BEYOND] == 2
    lost.depot.tick()
    lost.depot.tick()
    assert not (lost.result(ANNA) / "overlay.mp4").exists()
    assert (lost.result(ANNA) / "analysis.json").exists()
    assert not (lost.data / "clips" / "1.mp4").exists()
    assert b"film of Zuleika Qwertz" not in bytes_in_store(shop, ANNA)


def test_a_film_of_a_result_that_only_it_had_goes_too(shop, lost):
    name = "results/2026-03-02-120003-carl"
    shutil.copytree(lost.result(ANNA), lost.result(name))
    lost.depot.note(name)
    shop.depot.give_up("two", "command")
    with shop.records.writing() as at:
        assert held.let_go_film(at, [name]) == 1
    lost.depot.tick()
    assert not (lost.result(name) / "overlay.mp4").exists()
    assert name in shop.depot.in_store()


def test_what_it_made_alone_is_put_when_it_comes_back(shop, lost):
    name = "results/2026-03-02-120003-carl"
    shutil.copytree(lost.result(ANNA), lost.result(name))
    lost.depot.note(name)
    assert shop.depot.give_up("two", "command").only_there == 1
    lost.depot.tick()
    assert name in shop.depot.in_store()


def test_half_of_what_it_was_putting_keeps_no_deletion_waiting(shop, lost):
    with shop.records.writing() as at:
        far = held.get(at, ANNA, STORE)
        held.note(at, replace(far, stamp="two"))  # the power went while it put a correction
        held.note(at, Held("results/2026-03-02-120009-eve", STORE, stamp="two"))
    shop.depot.store.put("results/2026-03-02-120009-eve/x/report.pdf", b"half")
    shop.depot.give_up("two", "command")
    shop.depot.tick()
    assert in_store(shop, "results/2026-03-02-120009-eve") == []
    with shop.records.reading() as at:
        assert held.get(at, ANNA, STORE) == far
    assert shop.keeper.delete_customer(shop.anna).finished is not None
    assert in_store(shop, ANNA) == []


def test_its_analyses_wait_no_more(shop, lost):
    with shop.records.writing() as at:
        jobs.ask(at, "2026-03-02-120004-dora", place="two", request={}, most=4)
        jobs.ask(at, "2026-03-02-120005-emil", place="one", request={}, most=4)
    assert known(shop.records)["two"].waiting == 1
    shop.depot.give_up("two", "command")
    with shop.records.reading() as at:
        assert [one.id for one in jobs.unfinished(at)] == ["2026-03-02-120005-emil"]


def test_who_is_at_work_here_or_not_known_is_not_given_up(shop, lost):
    def refused(place: str) -> str:
        with pytest.raises(GaitError) as told:
            shop.depot.give_up(place, "command")
        return told.value.code

    before = known(shop.records)
    assert refused("one") == "computer_here"
    assert refused("three") == refused(STORE) == "no_computer"
    unseen(shop.records, "two", timedelta(minutes=50))
    assert refused("two") == "computer_at_work"
    assert known(shop.records)["two"].to_delete == before["two"].to_delete
    unseen(shop.records, "two")
    shop.depot.give_up("two", "command")
    shop.depot.give_up("two", "command")  # said twice


def test_while_the_store_is_away_what_was_being_put_is_not_decided(shop, lost, line):
    with shop.records.writing() as at:
        held.note(at, replace(held.get(at, ANNA, STORE), stamp="two"))
    line.cut()
    with pytest.raises(GaitError) as told:
        shop.depot.give_up("two", "command")
    assert told.value.code == "files_away"
    assert known(shop.records)["two"].gone is None


def test_the_check_up_names_one_that_was_not_seen_for_long(shop, lost, url, monkeypatch):
    monkeypatch.setenv("GAIT_DATABASE_URL", shop.records.address.render_as_string(hide_password=False))
    monkeypatch.setenv("GAIT_FILES_URL", url)
    assert len(_files(shop.reports, shop.data)) == 1
    unseen(shop.records, "two", timedelta(days=15))
    shop.depot.let_go([ANNA])
    _, one = _files(shop.reports, shop.data)
    assert (one.ok, one.optional) == (False, True)
    assert (one.name.values["id"], one.found.values["to_delete"]) == ("two", 1)
    shop.depot.give_up("two", "command")
    assert len(_files(shop.reports, shop.data)) == 1


def test_the_command_lists_closes_and_says_what_is_still_open(shop, lost, url, monkeypatch, capsys):
    monkeypatch.setenv("GAIT_DATABASE_URL", shop.records.address.render_as_string(hide_password=False))
    monkeypatch.setenv("GAIT_FILES_URL", url)
    monkeypatch.setenv("GAIT_DATA", str(shop.data))
    with pytest.raises(GaitError):
        shop.keeper.delete_customer(shop.anna)
    unseen(shop.records, "one")

    def gait(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main(("records", "computers", *arguments, "--reports", str(shop.reports)))
        return (status, *capsys.readouterr())

    monkeypatch.setattr("gait.cli.records.data_folder", lambda reports: shop.data)
    monkeypatch.setattr("gait.cli.store.data_folder", lambda reports: shop.data)
    status, told, _ = gait()
    assert status == 0
    assert "two" in told
    assert "owes 2 deletions" in told
    status, _, wrong = gait("--gone", "nobody")
    assert status == 2
    assert "gait records computers" in wrong
    status, told, _ = gait("--gone", "one")  # another computer still has the copies
    assert status == 2
    assert "One receipt is still open" in told
    status, told, _ = gait("--gone", "two", "--json")
    assert status == 0
    found = json.loads(told)
    assert (found["closed"], found["open_receipts"]) == ("two", 0)
    assert {one["id"]: one["gone"] is not None for one in found["computers"]} == {"one": True, "two": True}
    with shop.records.reading() as at, pytest.raises(GaitError):
        customers.get(at, shop.anna)
    assert BOB in shop.depot.in_store()
