"""The manager's page: what is kept how long, what goes next, what went, with its receipts, and the last backup."""

from datetime import UTC, datetime, time, timedelta

import pytest

from gait.errors import GaitError
from gait.records import audit, consents, customers, settings, visits
from gait.records.ids import now
from gait.services.backup import LAST
from gait.ui.engine import engine, reception
from tests.builders.results import result_folder
from tests.integration.pages.show import page, text

DAY = timedelta(days=1)


def write(ask):
    with engine().records.writing() as at:
        return ask(at)


def visited(name, started, *agreed):
    """A visit of then with one run, of a new customer or (an empty name) of nobody."""

    def make(at):
        whose = customers.make(at, name, created=started).id if name else None
        visit = visits.start(at, whose, started=started)
        visits.add_run(at, visit.id, created=started)
        for purpose in agreed:
            consents.give(at, visit.id, consents.set_text(at, purpose, "May we?"), given=started)
        if whose:
            visits.finish(at, visit.id, finished=started)
        return visit.id

    return write(make)


def test_the_rules_are_shown_and_a_changed_one_holds_from_then_on(reports):
    app = page("keeping")
    assert "The customer agreed 90 days 731 days" in " ".join(text(app).split())
    app.number_input(key="rule-video-agreed-90").set_value(45)
    app.number_input(key="rule-numbers-unknown--1").set_value(400)
    app.time_input(key="rule-evening-2200").set_value(time(20, 30))
    app.button(key="keep-rules").click().run()
    rules = engine().retention.rules()
    assert (rules.days["video", "agreed"], rules.days["numbers", "unknown"], rules.evening) == (45, 400, time(20, 30))
    assert rules.days["numbers", "agreed"] == 731
    with engine().records.reading() as at:
        assert [line.target_id for line in audit.latest(at) if line.what == "rule_set"].count("video-agreed") == 1
    assert "45 days" in text(app)
    engine().retention.set_rule("video", "agreed", None)
    app.run()
    assert app.number_input(key="rule-video-agreed--1").value is None, (
        "an empty field is kept until somebody deletes it"
    )


def test_what_goes_next_is_named_with_its_reason_and_markup_in_a_name_is_text(reports):
    visited("Anna <b>Example</b>", now() - 25 * DAY, "analyse")
    visited("", now())
    said = text(page("keeping"))
    assert "results and runs of Anna <b>Example</b>" in said
    assert "nobody agreed to keep it" in said
    assert "walk-in, visit of" in said


def test_results_of_no_visit_stay_until_the_manager_sets_a_rule_and_are_listed_then(reports):
    made = (now() - 20 * DAY).astimezone()
    result_folder(reports / f"{made:%Y-%m-%d-%H%M%S}-zuleika")
    app = page("keeping")
    assert "A result that is of no visit stays until somebody deletes it." in text(app)
    assert "zuleika" not in text(app)
    app.number_input(key="rule-result--1").set_value(45)
    app.button(key="keep-rules").click().run()
    said = " ".join(text(app).split())
    assert "A result that is of no visit goes after 45 days." in said
    assert "result of zuleika" in said
    assert "it is of no visit" in said
    assert engine().retention.rules().days["recording", "not_agreed"] == 1


def test_nothing_to_come_and_nothing_done_is_said_too(reports):
    said = text(page("keeping"))
    for words in ("Nothing goes in the next 30 days", "Nothing was deleted yet", "No backup was made yet"):
        assert words in said


def test_what_is_overdue_goes_with_a_tap_and_leaves_a_receipt_to_save(reports):
    engine().retention.close()  # or its own clock may be first
    visit = visited("Anna", now() - 40 * DAY, "analyse")
    app = page("keeping")
    app.button(key="goes-now").click().run()
    assert not app.exception
    (receipt,) = engine().keeper.receipts()
    assert receipt.target_id == visit
    said = text(app)
    assert "One deletion" in said
    assert receipt.id in said
    assert [b.proto.label for b in app.get("download_button")] == ["Save the receipt"]
    with pytest.raises(GaitError):
        reception().visit(visit)


@pytest.mark.parametrize(("age", "old"), [(2, False), (9, True)])
def test_an_old_backup_is_named(reports, age, old):
    write(lambda at: settings.write(at, LAST, (datetime.now(UTC) - age * DAY).isoformat()))
    said = text(page("keeping"))
    assert "The last one was made on" in said
    assert ("no older than 7 days" in said) == old


def test_more_than_fit_are_counted(reports, monkeypatch):
    monkeypatch.setattr("gait.ui.pages.keeping.MOST_LISTED", 2)
    for number in range(5):
        visited(f"Customer {number}", now() - 25 * DAY, "analyse")
    assert "And 3 more in the next 30 days" in text(page("keeping"))


def test_a_clip_that_is_kept_is_shown_on_the_customers_page_when_asked_for(reports):
    visit = visited("Anna", now() - DAY, "analyse", "keep_video")
    one = reception().visit(visit).visit
    (run,) = one.runs
    engine().kept.folder.mkdir(parents=True)
    for ending in (".mp4", ".npz"):
        (engine().kept.folder / f"{run.id}{ending}").write_bytes(b"\x00\x00\x00\x18ftyp")
    write(lambda at: visits.set_clips(at, run.id, f"{run.id}.mp4", None))
    app = page("customers", id=one.customer_id)
    assert not app.get("video")
    app.toggle(key=f"kept-{run.id}").set_value(True).run()
    assert not app.exception
    assert len(app.get("video")) == 1
