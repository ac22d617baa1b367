"""The retention clock against its rules, with times that can be reckoned by hand; on both databases."""

import json
import re
import threading
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta

import pytest

from gait.cli.main import main
from gait.cli.retention import days, point
from gait.errors import GaitError
from gait.records import audit, consents, customers, folders, purchases, receipts, retention, visits
from gait.records.database import Records
from gait.services.engine import Engine
from gait.services.retention import Retention
from gait.services.settings import StoreSettings
from tests.builders.dying_disk import Killed
from tests.builders.kept import DAY, store

ONE = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def shop(records, tmp_path, monkeypatch):
    monkeypatch.setenv("GAIT_CACHE_DIR", str(tmp_path / "cache"))
    return store(records, tmp_path)


@pytest.fixture
def clock(shop):
    return Retention(shop.keeper)


def visit_of(shop, customer):
    with shop.records.reading() as at:
        return visits.of_customer(at, customer)[0]


def withdraw(shop, customer, purpose, moment):
    with shop.records.writing() as at:
        for tick in consents.of_customer(at, customer):
            if tick.purpose == purpose:
                consents.withdraw(at, tick.id, withdrawn=moment)


def whole(clock, until):
    return [(one.kind, one.due, one.why) for one in clock.upcoming(until)]


def test_video_and_numbers_are_due_on_their_own_day_and_not_a_second_before(shop, clock):
    video, numbers = DAY + 90 * ONE, DAY + 731 * ONE
    assert whole(clock, video - SECOND) == []
    assert whole(clock, video) == [("video", video, "rule")] * 2
    assert whole(clock, numbers) == [("video", video, "rule")] * 2 + [("numbers", numbers, "rule")] * 2


def test_a_rule_of_the_manager_takes_the_place_of_ours_and_is_in_the_audit_log(shop, clock):
    clock.set_rule("video", "agreed", 7, "boss")
    assert whole(clock, DAY + 7 * ONE) == [("video", DAY + 7 * ONE, "rule")] * 2
    clock.set_rule("video", "agreed", None, "boss")
    assert whole(clock, DAY + 700 * ONE) == []
    assert clock.rules().days["video", "agreed"] is None
    assert clock.rules().days["numbers", "agreed"] == retention.DEFAULTS["numbers", "agreed"]
    with shop.records.reading() as at:
        lines = audit.latest(at, target="rule", target_id="video-agreed")
        assert [(line.who, line.detail) for line in lines] == [("boss", "never"), ("boss", "7")]


@pytest.mark.parametrize(
    "given", [("video", "agreed", -1), ("video", "agreed", 99_999), ("film", "agreed", 1), ("video", "maybe", 1)]
)
def test_a_rule_that_makes_no_sense_is_refused(shop, clock, given):
    with pytest.raises(GaitError) as told:
        clock.set_rule(*given)
    assert told.value.code == "bad_rule"


@pytest.mark.parametrize(
    ("purpose", "kinds"),
    [("keep_video", {"video"}), ("keep_numbers", {"numbers"}), ("analyse", {"numbers"}), ("contact", set())],
)
def test_what_is_withdrawn_is_due_at_once(shop, clock, purpose, kinds):
    moment = DAY + 5 * ONE
    withdraw(shop, shop.anna, purpose, moment)
    assert clock.upcoming(moment - SECOND) == []
    found = clock.upcoming(moment)
    assert {one.kind for one in found} == kinds
    assert {(one.visit_id, one.due, one.why) for one in found} <= {(visit_of(shop, shop.anna).id, moment, "withdrawn")}


def test_nobody_agreed_is_another_rule_and_a_rebuilt_visit_stays_until_a_rule_is_set(shop, clock):
    with shop.records.writing() as at:
        plain = visits.start(at, shop.bob, started=DAY)
        run = visits.add_run(at, plain.id, clip="x.mp4")
        visits.finish(at, plain.id, finished=DAY)
    mine = [(one.kind, one.due - DAY, one.why) for one in clock.upcoming(DAY + 31 * ONE) if one.visit_id == plain.id]
    assert mine == [("video", ONE, "no_consent"), ("numbers", 30 * ONE, "no_consent")]
    with shop.records.writing() as at:
        visits.delete_run(at, run.id)
        customers.delete_rows(at, shop.anna)
        customers.delete_rows(at, shop.bob)
        folders.rebuild(at, shop.reports)
    assert clock.upcoming(DAY + 9_999 * ONE) == []
    clock.set_rule("numbers", "unknown", 400)
    assert whole(clock, DAY + 401 * ONE) == [("numbers", DAY + 400 * ONE, "unknown_consent")] * 2


def test_walk_ins_are_due_in_the_evening_of_their_day_unless_somebody_keeps_them(shop, clock):
    evening = datetime.combine(DAY.astimezone().date(), time(20)).astimezone()
    clock.set_evening(time(20))
    with shop.records.writing() as at:
        before = visits.start(at, started=evening - timedelta(hours=5))
        after = visits.start(at, started=evening + timedelta(minutes=1))
        kept = visits.keep(at, visits.start(at, started=evening - timedelta(hours=5)).id)
    walk_ins = {one.visit_id: one.due for one in clock.upcoming(evening + 3 * ONE) if one.kind == "walk_in"}
    assert walk_ins == {before.id: evening, after.id: datetime.combine(evening.date() + ONE, time(20)).astimezone()}
    assert {o.visit_id for o in clock.upcoming(evening) if o.kind == "walk_in"} == {before.id}
    assert clock.upcoming(evening - SECOND) == []
    assert [o.why for o in clock.upcoming(DAY + 40 * ONE) if o.visit_id == kept.id] == ["no_consent"]


def test_a_visit_that_is_open_is_not_touched_before_its_evening(shop, clock):
    with shop.records.writing() as at:
        open_one = visits.start(at, shop.bob, started=DAY)
        visits.add_run(at, open_one.id, clip="x.mp4")
        text = consents.text_of(at, "keep_numbers")
        consents.withdraw(at, consents.give(at, open_one.id, text, given=DAY).id, withdrawn=DAY + SECOND)
    evening = datetime.combine(DAY.astimezone().date(), retention.EVENING).astimezone()
    assert clock.upcoming(evening - SECOND) == []
    assert [(one.visit_id, one.due) for one in clock.upcoming(evening)] == [(open_one.id, evening)]


def test_video_goes_and_the_numbers_stay_then_all_of_it_goes(shop, clock):
    numbers = next(shop.reports.glob("*zuleika")) / "analysis.json"
    before = numbers.read_bytes()
    done = clock.run(DAY + 90 * ONE)
    assert [(one["kind"], one["why"]) for one in done.deleted] == [("video", "rule")] * 2
    assert (done.fault, done.finished is not None) == ("", True)
    assert numbers.read_bytes() == before
    names = {p.name for p in shop.reports.rglob("*") if p.is_file()}
    assert "overlay.mp4" not in names
    assert {"report.pdf", "left_001.jpg"} <= names
    assert list((shop.data / "clips").iterdir()) == []
    run = visit_of(shop, shop.anna).runs[0]
    assert (run.clip, run.summary is not None) == (None, True)
    assert clock.run(DAY + 91 * ONE).deleted == ()
    # Both may still be contacted: that consent is kept with its visit, the runs and results are not.
    assert {one["kind"] for one in clock.run(DAY + 731 * ONE).deleted} == {"numbers"}
    assert shop.files() == {}
    assert visit_of(shop, shop.anna).runs == ()
    assert visit_of(shop, shop.anna).note == ""
    assert clock.upcoming(DAY + 9_999 * ONE) == []
    withdraw(shop, shop.anna, "contact", DAY + 800 * ONE)
    clock.run(DAY + 9_999 * ONE)
    with shop.records.reading() as at:
        assert [c.id for c in customers.listed(at)] == [shop.bob]
        assert folders.check(shop.records, shop.reports, []) == []
        assert len(purchases.between(at, date(2026, 1, 1), date(2026, 12, 31))) == 2
        for receipt in receipts.latest(at):
            assert (receipt.who, receipt.sha256) == ("retention", receipts.checksum(receipt))


def test_a_film_that_came_after_the_receipt_is_due_again_and_nobody_elses(shop, clock):
    clock.run(DAY + 90 * ONE)
    run = visit_of(shop, shop.anna).runs[0]
    later = {"made": datetime.now(UTC) + ONE, "method": run.method, "version": 2}
    with shop.records.writing() as at:
        visits.attach(at, run.id, run.result, run.summary, **later)
    assert [one.visit_id for one in clock.upcoming(DAY + 90 * ONE)] == [run.visit_id]


def test_a_dry_run_and_the_next_deletions_change_nothing(shop, clock):
    before = shop.files()
    assert len(clock.upcoming(DAY + 9_999 * ONE)) == 4
    assert (shop.files(), clock.log()) == (before, [])


def test_what_somebody_works_on_is_left_for_the_next_time(shop):
    busy = visit_of(shop, shop.anna).id
    clock = Retention(shop.keeper, lambda visit: visit.id == busy)
    assert [one["visit"] for one in clock.run(DAY + 90 * ONE).deleted] == [visit_of(shop, shop.bob).id]
    assert [one["visit"] for one in Retention(shop.keeper).run(DAY + 90 * ONE).deleted] == [busy]


def test_a_fault_is_in_the_log_the_others_go_and_the_next_run_tries_again(shop, clock, monkeypatch):
    film = next(shop.reports.glob("*zuleika"))
    delete = type(shop.keeper.files).delete

    def in_use(self, files):
        if files.film and files.film.parent == film:
            raise PermissionError("in use")
        delete(self, files)

    with monkeypatch.context() as patch:
        patch.setattr(type(shop.keeper.files), "delete", in_use)
        done = clock.run(DAY + 90 * ONE)
    assert (done.fault, len(done.deleted)) == ("not_all_deleted", 1)
    assert clock.log()[0] == done
    again = clock.run(DAY + 90 * ONE)
    assert again.fault == ""
    assert not (film / "overlay.mp4").exists()


@pytest.mark.parametrize("nth", range(1, 7))
def test_killed_after_any_transaction_the_next_run_finishes(shop, clock, monkeypatch, nth):
    count = [0]
    writing = Records.writing

    @contextmanager
    def dying(self):
        with writing(self) as at:
            yield at
        count[0] += 1
        if count[0] == nth:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Records, "writing", dying)
        with pytest.raises(Killed):
            clock.run(DAY + 731 * ONE)
    assert clock.run(DAY + 731 * ONE).fault == ""
    assert shop.files() == {}
    with shop.records.reading() as at:
        assert receipts.unfinished(at) == []


def test_the_clock_runs_by_itself_once_a_day_and_when_something_is_due(shop, clock, monkeypatch):
    monkeypatch.setenv("GAIT_DATABASE_URL", shop.records.address.render_as_string(hide_password=False))
    clock.tick()
    (first,) = clock.log()
    assert len(first.deleted) in (0, 2)  # as the real day is before or after the film's
    clock.tick()
    assert len(clock.log()) == 1
    with shop.records.writing() as at:
        old = visits.start(at, shop.bob, started=DAY)
        visits.add_run(at, old.id)
        visits.finish(at, old.id, finished=DAY - 40 * ONE)
    clock.tick()
    assert [one["visit"] for one in clock.log(1)[0].deleted] == [old.id]


def test_the_clock_makes_no_records_where_there_are_none_and_never_raises(tmp_path, monkeypatch):
    from gait.services.keeper import Keeper
    from gait.services.store_files import StoreFiles

    monkeypatch.delenv("GAIT_DATABASE_URL", raising=False)
    keeper = Keeper(lambda: pytest.fail("opened"), StoreFiles(tmp_path / "reports", tmp_path / "data"))
    Retention(keeper).tick()
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "records.db").write_bytes(b"no database")
    keeper.records = lambda: Records.open(tmp_path / "data")
    Retention(keeper).tick()


def test_a_program_that_starts_runs_the_clock_and_its_end_ends_it(empty_sqlite, tmp_path, monkeypatch):
    monkeypatch.setenv("GAIT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("GAIT_DATA", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "records.db").write_bytes(empty_sqlite.read_bytes())
    with Records.open(tmp_path / "data") as records:
        shop = store(records, tmp_path)
        withdraw(shop, shop.anna, "keep_video", DAY)
    ran = threading.Event()
    tick = Retention.tick
    monkeypatch.setattr(Retention, "tick", lambda clock: (tick(clock), ran.set()))
    engine = Engine(StoreSettings(tmp_path / "reports"))
    with engine:
        assert ran.wait(60)
        (run,) = engine.retention.log()
        assert ("video", "withdrawn") in [(one["kind"], one["why"]) for one in run.deleted]
        (thread,) = [t for t in threading.enumerate() if t.name == "gait-retention"]
    thread.join(60)
    assert not thread.is_alive()


def test_the_evening_is_the_next_one_by_the_clock_on_the_wall():
    noon = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
    evening = retention.evening_after(noon, time(22))
    assert noon < evening <= noon + ONE
    assert evening.astimezone().time() == time(22)
    assert retention.evening_after(evening, time(22)) == evening + ONE


def test_what_is_typed_is_read_or_refused():
    assert (days("90d"), days("24m"), days("1m"), days("0d"), days("never")) == (90, 731, 31, 0, None)
    for wrong in ("", "90", "3y", "-1d", "d"):
        with pytest.raises(ValueError, match=re.escape(wrong)):
            days(wrong)
    assert point("2026-12-24").astimezone().isoformat()[:19] == "2026-12-24T23:59:59"
    assert point("2026-12-24T18:00").time() == time(18)


def test_the_commands_show_set_and_run(empty_sqlite, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("GAIT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("GAIT_DATA", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "records.db").write_bytes(empty_sqlite.read_bytes())
    with Records.open(tmp_path / "data") as records:
        shop = store(records, tmp_path)
        where = ("--reports", str(shop.reports))
        before = shop.files()
        assert main(["retention", "set", "video", "1m", *where]) == 0
        assert "31 days" in capsys.readouterr().out
        assert main(["retention", "set", "video", "soon", *where]) == 2
        assert len(capsys.readouterr().err.strip().splitlines()) == 1
        assert main(["retention", "set", "evening", "21:30", "--json", *where]) == 0
        printed = json.loads(capsys.readouterr().out)
        assert (printed["evening"], printed["days"]["video-agreed"]) == ("21:30", 31)
        then = f"{DAY + 32 * ONE:%Y-%m-%d}"
        assert main(["retention", "run", "--at", then, "--dry-run", "--json", *where]) == 0
        assert [one["kind"] for one in json.loads(capsys.readouterr().out)["due"]] == ["video", "video"]
        assert shop.files() == before
        assert main(["retention", "run", "--at", then, *where]) == 0
        assert "videos" in capsys.readouterr().out
        assert not list(shop.reports.rglob("overlay.mp4"))
        assert main(["retention", "show", *where]) == 0
        assert "21:30" in capsys.readouterr().out
