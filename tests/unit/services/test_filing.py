"""A result that is nobody's is put into a visit, with what belongs to it; on both databases."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from gait.errors import GaitError
from gait.places import DATA_VARIABLE
from gait.records import audit, consents, customers, folders, purchases, visits
from gait.records.database import DATABASE_VARIABLE
from gait.records.ids import now
from gait.results.codec import encode
from gait.services.filing import Filing
from gait.services.store_records import StoreRecords
from tests.builders.results import example_result

MADE = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ONE = timedelta(days=1)


@pytest.fixture
def reports(tmp_path):
    (tmp_path / "reports").mkdir()
    return tmp_path / "reports"


@pytest.fixture
def kept(records, tmp_path, reports, monkeypatch):
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    monkeypatch.setenv(DATABASE_VARIABLE, records.address.render_as_string(hide_password=False))
    opened = StoreRecords(tmp_path / "data", reports)
    yield opened
    opened.close()


@pytest.fixture
def filing(kept):
    return Filing(kept, "somebody")


def result(reports: Path, name: str = "r1", made: datetime = MADE) -> str:
    folder = reports / name
    folder.mkdir()
    (folder / "analysis.json").write_text(json.dumps(encode(replace(example_result(), created=made, runner=""))))
    return name


def write(kept, ask):
    with kept.writing() as at:
        return ask(at)


def visit(kept, visit_id):
    return write(kept, lambda at: visits.get(at, visit_id))


def walk_in(kept, reports, *names):
    """A walk-in with a run for each of those results."""

    def make(at):
        one = visits.start(at, started=MADE)
        for name in names:
            folders.attach(at, visits.add_run(at, one.id, shoe=f"Shoe of {name}").id, reports / name)
        return visits.get(at, one.id)

    return write(kept, make)


def test_one_of_no_visit_becomes_a_run_with_its_labels(kept, filing, reports):
    there = write(kept, lambda at: visits.start(at, customers.make(at, "Anna").id))
    assert filing.is_nobodys(result(reports))
    run = filing.into("r1", there.id)
    assert (run.result, run.visit_id, run.summary) == ("r1", there.id, folders.read(reports / "r1").summary)
    assert run.summary.labels
    assert not filing.is_nobodys("r1")
    with kept.reading() as at:
        (line,) = audit.latest(at)
    assert (line.who, line.what, line.target_id, line.detail) == ("somebody", "result_filed", run.id, there.id)


def test_a_run_of_a_walk_in_comes_last_and_brings_what_was_bought_after_it(kept, filing, reports):
    before = walk_in(kept, reports, result(reports), result(reports, "r2"))
    there = write(kept, lambda at: visits.start(at, customers.make(at, "Anna").id))
    write(kept, lambda at: visits.add_run(at, there.id, shoe="First"))
    bought = write(kept, lambda at: purchases.buy(at, before.id, "Guide 3", date(2026, 3, 2), run_id=before.runs[0].id))
    run = filing.into("r1", there.id)
    assert [(one.shoe, one.position) for one in visit(kept, there.id).runs] == [("First", 1), ("Shoe of r1", 2)]
    assert (run.id, run.position) == (before.runs[0].id, 2)
    assert [one.result for one in visit(kept, before.id).runs] == ["r2"], "the walk-in's other run stays"
    with kept.reading() as at:
        assert [one.id for one in purchases.of_visit(at, there.id)] == [bought.id]
        assert purchases.of_visit(at, before.id) == []


def test_a_walk_in_that_is_left_empty_goes_and_what_it_agreed_to_comes_along(kept, filing, reports):
    before = walk_in(kept, reports, result(reports))
    there = write(kept, lambda at: visits.start(at, customers.make(at, "Anna").id))

    def tick(at):
        for purpose in ("analyse", "keep_video"):
            consents.give(at, before.id, consents.set_text(at, purpose, "May we?"), given=MADE)
        consents.give(at, there.id, consents.set_text(at, "analyse", "May we?"), given=MADE + ONE)

    write(kept, tick)
    filing.into("r1", there.id)
    with pytest.raises(GaitError, match="no such visit"):
        visit(kept, before.id)
    with kept.reading() as at:
        ticks = [(one.purpose, one.given) for one in consents.of_visit(at, there.id)]
    assert ticks == [("keep_video", MADE), ("analyse", MADE + ONE)]


def test_a_walk_in_with_a_purchase_stays(kept, filing, reports):
    before = walk_in(kept, reports, result(reports))
    write(kept, lambda at: purchases.buy(at, before.id, "Socks", date(2026, 3, 2)))
    there = write(kept, lambda at: visits.start(at, customers.make(at, "Anna").id))
    filing.into("r1", there.id)
    assert visit(kept, before.id).runs == ()


def test_a_customers_result_stays_theirs(kept, filing, reports):
    anna, bert = (write(kept, lambda at, n=n: visits.start(at, customers.make(at, n).id)) for n in ("Anna", "Bert"))
    filing.into(result(reports), anna.id)
    filing.into("r1", anna.id)
    with pytest.raises(GaitError, match="another run already"):
        filing.into("r1", bert.id)
    assert [one.result for one in visit(kept, anna.id).runs] == ["r1"]
    assert visit(kept, bert.id).runs == ()


def test_a_customer_gets_it_in_the_visit_of_its_day(kept, filing, reports):
    anna = write(kept, lambda at: customers.make(at, "Anna"))
    other, same = (write(kept, lambda at, d=d: visits.start(at, anna.id, started=MADE + d)) for d in (ONE, ONE * 0))
    assert filing.to(result(reports), anna.id).visit_id == same.id != other.id


def test_where_there_is_none_of_that_day_it_is_made_as_one_of_that_day_which_is_over(kept, filing, reports):
    run = filing.to_new(result(reports), "Anna Öztürk")
    made = visit(kept, run.visit_id)
    assert (made.customer, made.state, made.started, made.finished) == ("Anna Öztürk", "finished", MADE, MADE)
    today = filing.to_new(result(reports, "r2", now()), "Bert")
    assert visit(kept, today.visit_id).state == "open"


def test_what_is_not_there_is_said_and_leaves_nothing(kept, filing, reports):
    with pytest.raises(GaitError):
        filing.to_new("none", "Anna")
    with pytest.raises(GaitError, match="no such visit"):
        filing.into(result(reports), "f" * 16)
    with kept.reading() as at:
        assert customers.count(at) == 0
        assert visits.latest(at) == []
