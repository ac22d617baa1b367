"""Results that are of no visit go by a rule of their own where the manager set one, with a receipt that names nobody. On both databases."""

import os
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from gait.cli.main import main
from gait.errors import GaitError
from gait.places import DATA_VARIABLE
from gait.records import audit, receipts, visits
from gait.records.database import Records
from gait.records.retention import DEFAULTS
from gait.services.keeper import Keeper
from gait.services.library import read_name
from gait.services.loose import loose, mark_of
from gait.services.retention import Retention
from gait.services.store_files import StoreFiles
from tests.builders.kept import result
from tests.builders.shop import in_store

NAME = "2026-03-02-120000-zuleika"
MADE = datetime(2026, 3, 2, 12, 0).astimezone().astimezone(UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@pytest.fixture
def reports(tmp_path, monkeypatch):
    monkeypatch.setenv("GAIT_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "reports"


@pytest.fixture
def clock(records, reports, tmp_path):
    return Retention(Keeper(lambda: records, StoreFiles(reports, tmp_path / "data")))


def due(clock: Retention, until: datetime) -> list[tuple[str, datetime, str]]:
    return [(one.visit_id, one.due, one.why) for one in clock.upcoming(until) if one.kind == "result"]


def test_by_itself_none_goes(clock, reports):
    folder = result(reports, NAME, "Zuleika", "a" * 64)
    assert DEFAULTS["result", "not_agreed"] is None
    assert due(clock, MADE + 99_999 * DAY) == []
    clock.run(MADE + 99_999 * DAY)
    assert (folder / "analysis.json").exists()


def test_with_a_rule_it_is_due_to_the_second_and_goes_with_a_receipt_that_names_nobody(clock, reports, records):
    folder = result(reports, NAME, "Zuleika", "a" * 64)
    clock.set_rule("result", "not_agreed", 365)
    assert due(clock, MADE + 365 * DAY - SECOND) == []
    assert due(clock, MADE + 365 * DAY) == [(mark_of(NAME), MADE + 365 * DAY, "result_of_no_visit")]
    (next_one,), total = clock.listed(MADE + 365 * DAY, 9)
    assert (next_one.customer, next_one.visited, total) == ("zuleika", MADE, 1)
    done = clock.run(MADE + 365 * DAY)
    assert [one["kind"] for one in done.deleted] == ["result"]
    assert not folder.exists()
    (receipt,) = clock._keeper.receipts()
    assert (receipt.target, receipt.target_id, receipt.finished is not None) == ("result", mark_of(NAME), True)
    assert {"result/analysis.json", "result/report.pdf", "result/overlay.mp4"} <= {f.name for f in receipt.files}
    with records.reading() as at:
        lines, log = audit.latest(at), str(done.deleted)
    assert lines[0].what == "result_deleted"
    assert "zuleika" not in f"{receipts.document(receipt)} {lines} {log}".lower()


def test_one_of_a_visit_or_one_that_a_run_waits_for_goes_by_the_visits_rules(clock, reports, records):
    result(reports, NAME, "Zuleika", "a" * 64)
    result(reports, "2026-03-02-120001-bob", "Bob", "b" * 64)
    clock.set_rule("result", "not_agreed", 1)
    with records.writing() as at:
        visit = visits.start(at, started=MADE)
        visits.keep(at, visit.id)
        visits.expect(at, visits.add_run(at, visit.id).id, NAME)
    assert due(clock, MADE + 9 * DAY) == [(mark_of("2026-03-02-120001-bob"), MADE + SECOND + DAY, "result_of_no_visit")]


def test_one_that_came_into_a_visit_meanwhile_stays(clock, reports, records):
    folder = result(reports, NAME, "Zuleika", "a" * 64)
    clock.set_rule("result", "not_agreed", 1)
    with records.writing() as at:
        visits.expect(at, visits.add_run(at, visits.start(at, started=MADE).id).id, NAME)
    assert clock._keeper.delete_loose_result(mark_of(NAME), "retention", "result_of_no_visit") is None
    assert folder.exists()


def test_nobody_at_work_loses_one_of_this_hour(clock, reports):
    name = f"{datetime.now().astimezone():%Y-%m-%d-%H%M%S}-anna"
    result(reports, name, "Anna", "a" * 64)
    clock.set_rule("result", "not_agreed", 0)
    assert due(clock, datetime.now(UTC)) == []
    assert [one for one, _, _ in due(clock, datetime.now(UTC) + timedelta(hours=1, seconds=1))] == [mark_of(name)]


def test_names_of_another_form_go_by_their_numbers_date_and_halves_are_none(reports):
    odd = result(reports, "by-hand", "Anna", "a" * 64)
    os.utime(odd / "analysis.json", (MADE.timestamp(), MADE.timestamp()))
    half = result(reports, "2026-03-02-120009-half", "Anna", "b" * 64)
    (half / "analysis.json").unlink()
    (reports / "linked").symlink_to(odd)
    found = loose(reports, ["2026-13-45-999999-x", "2026-03-01-120000-far-2"], [])
    assert [(one.name, one.made) for one in found] == [("2026-03-01-120000-far-2", MADE - DAY), ("by-hand", MADE)]
    assert [read_name(name)[1] for name in ("2026-03-01-120000-far-2", "by-hand")] == ["far", "by-hand"]


def test_what_is_cut_short_goes_on_with_the_same_receipt(clock, reports, monkeypatch):
    folder = result(reports, NAME, "Zuleika", "a" * 64)
    clock.set_rule("result", "not_agreed", 1)

    def refuse(self, files):
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(StoreFiles, "delete", refuse)
        assert clock.run(MADE + DAY).fault == "not_all_deleted"
    assert folder.exists()
    (receipt,) = clock._keeper.receipts()
    assert receipt.finished is None
    assert clock._keeper.finish_begun() == []
    assert not folder.exists()
    assert clock._keeper.receipt(receipt.id).finished is not None


def test_every_copy_goes_of_one_that_lies_elsewhere_too(shop, other, line):
    shop.depot.tick()
    names = [f"2026-03-02-12000{n}-{who}" for n, who in ((1, "zuleika"), (2, "bob"))]
    with shop.records.writing() as at:
        visits.detach(at, names)
    other.depot.bring(f"results/{names[0]}")
    shutil.rmtree(shop.reports / names[0])  # the store and the other computer have it
    clock = Retention(shop.keeper)
    clock.set_rule("result", "not_agreed", 1)
    with shop.records.reading() as at:
        assert [v for v in visits.files_named(at)[0] if v in names] == []
    line.cut()
    assert clock.run(MADE + 2 * DAY).fault == "not_all_deleted"
    assert [r.finished for r in shop.keeper.receipts() if r.target == "result"] == [None, None]
    line.mend()
    other.depot.tick()
    shop.keeper.finish_begun()
    other.depot.tick()
    assert shop.keeper.finish_begun() == []
    assert all(r.finished for r in shop.keeper.receipts())
    assert not other.result(f"results/{names[0]}").exists()
    assert [key for key in in_store(shop) if key.startswith("results/")] == []


def test_the_command_sets_the_rule_and_shows_what_goes(database_url, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    monkeypatch.setenv("GAIT_CACHE_DIR", str(tmp_path / "cache"))
    if database_url.startswith("postgresql"):
        monkeypatch.setenv("GAIT_DATABASE_URL", database_url)
    Records.open(tmp_path).close()
    result(tmp_path / "reports", NAME, "Zuleika", "a" * 64)
    assert main(["retention", "set", "result", "30d"]) == 0
    assert "Results that are of no visit, nobody agreed: 30 days" in capsys.readouterr().out
    assert main(["retention", "run", "--dry-run", "--at", "2026-05-01"]) == 0
    said = capsys.readouterr().out
    assert mark_of(NAME) in said
    assert "zuleika" not in said
    assert main(["retention", "set", "result", "999999d"]) == 2
    assert main(["retention", "run", "--at", "2026-05-01", "--json"]) == 0
    assert not (tmp_path / "reports" / NAME).exists()


def test_nobody_but_the_rule_is_asked_when_the_records_are_away(clock, reports, monkeypatch):
    folder = result(reports, NAME, "Zuleika", "a" * 64)
    clock.set_rule("result", "not_agreed", 1)

    def away(*_, **__):
        raise GaitError("records_away", place="there")

    monkeypatch.setattr(visits, "files_named", away)
    with pytest.raises(GaitError):
        clock.run(MADE + 9 * DAY)
    assert folder.exists()
