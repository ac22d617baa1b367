"""The counter's pages: a visit from its beginning to its end, customers, and what was bought and came back."""

import zipfile
from datetime import UTC, datetime, timedelta

import pytest

from gait.errors import GaitError
from gait.records import audit, consents, customers, purchases, visits
from gait.records.values import PURPOSES
from gait.results.folder import ResultFolder
from gait.services import jobs, recordings
from gait.services.store_records import StoreRecords
from gait.ui.engine import comfort_desk, engine, reception
from gait.words import phrase
from tests.builders.results import analysis_json, result_folder
from tests.integration.pages.show import page, pretend, text
from tests.integration.pages.test_record_page import put_clips, record_page


def read(ask):
    with engine().records.reading() as at:
        return ask(at)


def write(ask):
    with engine().records.writing() as at:
        return ask(at)


def customer(name):
    return write(lambda at: customers.make(at, name))


def visit_of(name, *shoes, agrees=PURPOSES):
    """A customer's visit, with what they agree to and shoes without results."""
    one = reception().begin_as(name)
    for purpose in agrees:
        reception().tick(one.id, reception().asked()[purpose], True)
    for shoe in shoes:
        reception().add_run(one.id, shoe)
    return reception().visit(one.id).visit


def give_result(reports, visit, position, name="r1"):
    doc = analysis_json()
    doc["runner"] = visit.customer
    result_folder(reports / name, doc)
    engine().records.note_result(visit.runs[position].id, ResultFolder(reports / name))


def test_a_few_letters_and_a_tap_begin_a_visit(goes):
    anna, _ = customer("Anna Öztürk"), customer("Bert Berger")
    app = page("visit")
    app.text_input(key="whose").input("oztu").run()
    assert [b.key for b in app.button if b.key.startswith("whose-") and b.key != "whose-new"] == [f"whose-{anna.id}"]
    app.button(key=f"whose-{anna.id}").click().run()
    (begun,) = read(visits.unfinished)
    assert (begun.customer_id, begun.state) == (anna.id, "open")
    assert goes == [("visit", {"id": begun.id})]


def test_a_new_name_becomes_a_customer_and_a_visit_without_a_name_needs_one_tap(goes):
    app = page("visit")
    app.text_input(key="whose").input("  Cleo   Maier ").run()
    app.button(key="whose-new").click().run()
    app = page("visit")
    app.button(key="walk-in").click().run()
    named = {v.customer for v in read(visits.unfinished)}
    assert named == {"Cleo Maier", ""}
    assert len(goes) == 2


def test_an_unfinished_visit_is_taken_up_again_and_not_begun_twice(goes):
    left = visit_of("Anna Berger", "Guide 3")
    app = page("visit")
    app.button(key=f"open-{left.id}").click().run()
    app.button(key=f"whose-{left.customer_id}").click().run()
    assert goes == [("visit", {"id": left.id})] * 2
    assert [v.id for v in read(visits.unfinished)] == [left.id]


def test_each_tick_is_kept_with_the_words_that_were_shown_and_their_version(goes):
    reception().ask({"analyse": "May we look at your run?"})
    visit = visit_of("Anna Berger", agrees=())
    app = page("visit", id=visit.id)
    assert "May we look at your run?" in text(app)
    app.checkbox(key=f"tick-{visit.id}-analyse").check().run()
    reception().ask({"analyse": "May we film you?"})
    app.run()
    (tick,) = read(lambda at: consents.of_visit(at, visit.id))
    assert (tick.purpose, tick.text.text, tick.text.version) == ("analyse", "May we look at your run?", 1)
    assert "May we look at your run?" in text(app), "what was agreed to, not what is asked now"
    app.checkbox(key=f"tick-{visit.id}-analyse").uncheck().run()
    assert read(lambda at: consents.in_force_at(at, visit.id)) == set()
    assert "May we film you?" in text(app)


def test_the_tick_shows_what_is_kept_and_another_devices_too(goes, monkeypatch):
    visit = visit_of("Anna Berger", agrees=())
    app = page("visit", id=visit.id)
    reception().tick(visit.id, reception().asked()["contact"], True)
    assert app.run().checkbox(key=f"tick-{visit.id}-contact").value

    def locked(_):
        raise GaitError("records_locked")

    monkeypatch.setattr(StoreRecords, "writing", locked)
    app.checkbox(key=f"tick-{visit.id}-analyse").check().run()
    assert "Another program is writing the records." in text(app)
    assert not app.checkbox(key=f"tick-{visit.id}-analyse").value, "it was not kept"


def test_a_shoe_is_recorded_only_after_the_customer_agreed(goes):
    visit = visit_of("Anna Berger", agrees=("contact",))
    app = page("visit", id=visit.id)
    assert app.button(key="record").disabled
    assert app.button(key="choose").disabled
    assert "First ask whether the customer agrees" in text(app)
    app.checkbox(key=f"tick-{visit.id}-analyse").check().run()
    app.selectbox(key=f"shoe-of-{visit.id}-0").select("Fieldlark Meadow 4").run()
    app.button(key="record").click().run()
    (run,) = reception().visit(visit.id).visit.runs
    assert (run.shoe, run.sku, run.category) == ("Fieldlark Meadow 4", "EX-101", "neutral")
    assert goes == [("record", {"run": run.id})]


def test_a_clip_chosen_for_a_shoe_becomes_that_runs_result(reports, monkeypatch, goes, tmp_path):
    visit = visit_of("Anna Berger", "Guide 3")
    run = visit.runs[0]
    asked = []

    def work(clip, out, choices, progress, cancelled, published, pictured, followed, keep, **_):
        asked.append((choices.runner, choices.shoe_worn))
        published(ResultFolder(result_folder(out)))
        return ResultFolder(out)

    pretend(monkeypatch, work)
    job = engine().jobs.start(jobs.AnalysisRequest(tmp_path / "a.mp4", None, run_id=run.id))
    assert job.wait(10)
    attached = read(lambda at: visits.run(at, run.id))
    assert attached.result == job.name
    assert attached.summary.labels == {"left": "neutral", "right": "over"}
    app = page("visit", id=visit.id)
    assert "Right: Over-pronating" in text(app)
    app.button(key=f"open-{run.id}").click().run()
    assert goes == [("result", {"id": job.name})]
    engine().delete_result(job.name)
    assert read(lambda at: visits.run(at, run.id)).result is None


def test_a_result_that_the_records_missed_is_attached_when_the_visit_is_looked_at(reports, monkeypatch, goes, tmp_path):
    visit = visit_of("Anna Berger", "Guide 3")
    run = visit.runs[0]

    def work(clip, out, choices, progress, cancelled, published, *_, **__):
        published(ResultFolder(result_folder(out)))
        return ResultFolder(out)

    pretend(monkeypatch, work)
    with monkeypatch.context() as away:
        away.setattr(engine().records, "note_result", lambda *_, **__: None)
        job = engine().jobs.start(jobs.AnalysisRequest(tmp_path / "a.mp4", run_id=run.id))
        assert job.wait(10)
    page("visit", id=visit.id)
    assert read(lambda at: visits.run(at, run.id)).result == job.name


@pytest.mark.parametrize("which", ["new", "record"])
def test_the_next_clip_says_whose_it_is_and_can_be_anybodys_again(which, goes):
    visit = visit_of("Anna <Berger>", "Guide 3")
    app = page(which, run=visit.runs[0].id)
    assert "Anna <Berger>" in text(app)
    assert "The next clip is for this visit: Guide 3" in text(app)
    assert not [t for t in app.text_input if t.key in ("runner", "record_runner")], "it is known already"
    app.button(key="to-visit").click().run()
    assert goes == [("visit", {"id": visit.id})]
    app.button(key="not-visit").click().run()
    assert "The next clip is for" not in text(app)
    assert "run" not in app.query_params
    if which == "new":
        assert app.text_input(key="runner")


def test_the_next_clip_is_nobodys_when_the_run_has_its_own_already(reports, goes):
    visit = visit_of("Anna Berger", "Guide 3")
    give_result(reports, visit, 0)
    assert "The next clip is for" not in text(page("new", run=visit.runs[0].id))
    assert "There is no such run." in text(page("new", run="0" * 32))


def test_comfort_and_a_purchase_are_noted_at_the_shoe_and_it_comes_back(reports, goes):
    visit = visit_of("Anna Berger", "Guide 3")
    give_result(reports, visit, 0)
    run = visit.runs[0]
    app = page("visit", id=visit.id)
    app.button_group(key=f"comfort-{run.id}").set_value(7).run()
    assert read(lambda at: visits.run(at, run.id)).comfort == 7
    app.button(key=f"buy-{run.id}").click().run()
    (bought,) = read(lambda at: purchases.of_visit(at, visit.id))
    assert (bought.shoe, bought.run_id, dict(bought.labels)) == (
        "Guide 3",
        run.id,
        {"left": "neutral", "right": "over"},
    )
    assert not [b for b in app.button if b.key == f"buy-{run.id}"], "noted once"
    app.text_input(key=f"why-{bought.id}").input("too narrow")
    app.button(key=f"back-{bought.id}").click().run()
    back = read(lambda at: purchases.get(at, bought.id))
    assert (back.returned, back.reason) == (bought.bought, "too narrow")
    assert "too narrow" in text(app)
    app.button(key=f"kept-{bought.id}").click().run()
    app.button(key=f"not-{bought.id}").click().run()
    assert read(lambda at: purchases.of_visit(at, visit.id)) == []


def test_a_visit_is_finished_and_one_begun_by_mistake_goes(reports, goes):
    used, empty = visit_of("Anna Berger", "Guide 3"), visit_of("Bert")
    give_result(reports, used, 0)
    app = page("visit", id=used.id)
    assert not [b for b in app.button if b.key == "drop"], "it has a result"
    with pytest.raises(GaitError):
        reception().drop(used.id)
    app.button(key="finish").click().run()
    page("visit", id=empty.id).button(key="drop").click().run()
    assert read(visits.unfinished) == []
    assert read(lambda at: visits.get(at, used.id)).state == "finished"
    with pytest.raises(GaitError):
        reception().visit(empty.id)
    app = page("visit", id=used.id)
    assert not [b for b in app.button if b.key == "record"]
    app.button(key="reopen").click().run()
    assert read(lambda at: visits.get(at, used.id)).state == "open"


def test_a_visit_without_a_name_is_kept_or_given_one(goes):
    one = reception().begin()
    app = page("visit", id=one.id)
    assert "It is deleted in the evening unless you keep it." in text(app)
    evening = datetime.now(UTC) + timedelta(days=1)
    assert read(lambda at: visits.walk_ins_due(at, evening))
    app.button(key="keep").click().run()
    assert "You keep it." in text(app)
    assert not read(lambda at: visits.walk_ins_due(at, evening))
    app.text_input(key="name").input("Dora").run()
    app.button(key="name-new").click().run()
    assert read(lambda at: visits.get(at, one.id)).customer == "Dora"
    assert "has no name" not in text(app)


def test_earlier_visits_are_seen_beside_this_one(reports, goes):
    first = visit_of("Anna Berger", "Guide 3")
    give_result(reports, first, 0)
    reception().comfort(first.runs[0].id, 8)
    reception().finish(first.id)
    app = page("visit", id=reception().begin(first.customer_id).id)
    said = text(app)
    for seen in ("Guide 3", "Left: Neutral", "Right: Over-pronating", "Comfort 8 of 10"):
        assert seen in said
    assert "This is the first visit." not in said


def test_a_visit_with_two_results_leads_to_their_comparison(reports, goes):
    visit = visit_of("Anna Öztürk", "Old", "Older", "New")
    give_result(reports, visit, 0, "first")
    assert "compare-runs" not in [b.key for b in page("visit", id=visit.id).button]
    give_result(reports, visit, 2, "second")
    comfort_desk().skip(visit.id)
    app = page("visit", id=visit.id)
    app.button(key="compare-runs").click().run()
    assert goes == [("compare", {"a": "first", "b": "second"})]


def test_the_result_leads_back_to_its_visit(reports, goes):
    visit = visit_of("Anna Berger", "Guide 3")
    give_result(reports, visit, 0)
    result_folder(reports / "r2")
    page("result", id="r1").button(key="back-to-visit").click().run()
    assert goes == [("visit", {"id": visit.id})]
    assert not [b for b in page("result", id="r2").button if b.key == "back-to-visit"]


def test_customers_are_listed_searched_and_opened(goes):
    assert "No customers yet." in text(page("customers"))
    names = ["Zoë", "anna", "Bert"]
    ids = {name: customer(name).id for name in names}
    app = page("customers")
    assert [b.key for b in app.button if b.key.startswith("customer-")] == [
        f"customer-{ids[n]}" for n in ("anna", "Bert", "Zoë")
    ]
    assert not [b for b in app.button if b.key.startswith("find-customer-")], "listed once"
    app.text_input(key="find-customer").input("zoe").run()
    assert not [b for b in app.button if b.key.startswith("customer-")]
    app.button(key=f"find-customer-{ids['Zoë']}").click().run()
    assert goes == [("customers", {"id": ids["Zoë"]})]


def test_a_long_list_goes_on_where_it_stopped(monkeypatch, goes):
    monkeypatch.setattr("gait.services.reception.LISTED", 2)
    for name in ("A", "B", "C"):
        customer(name)
    app = page("customers")
    assert len([b for b in app.button if b.key.startswith("customer-")]) == 2
    app.button(key="more").click().run()
    assert len([b for b in app.button if b.key.startswith("customer-")]) == 3
    assert not [b for b in app.button if b.key == "more"]


def test_one_customer_with_every_result_as_it_was_and_what_made_it(reports, goes):
    visit = visit_of("Anna Berger", "Guide 3")
    give_result(reports, visit, 0)
    app = page("customers", id=visit.customer_id)
    said = text(app)
    assert "Right: Over-pronating" in said
    assert f"Result of gait {analysis_json()['versions']['gait']}" in said
    app.button(key=f"open-{visit.runs[0].id}").click().run()
    app.button(key="begin").click().run()
    assert goes == [("result", {"id": "r1"}), ("visit", {"id": visit.id})]


def test_a_customer_is_renamed(goes):
    one = customer("Ana Berger")
    app = page("customers", id=one.id)
    app.text_input(key=f"name-{one.id}-Ana Berger").input("Anna Berger")
    app.text_input(key=f"contact-{one.id}-").input("anna@example.org")
    app.button(key="rename-now").click().run()
    named = read(lambda at: customers.get(at, one.id))
    assert (named.name, named.contact) == ("Anna Berger", "anna@example.org")
    assert [c.id for c in reception().find("anna")] == [one.id]
    app.text_input(key=f"name-{one.id}-Anna Berger").input("...")
    app.button(key="rename-now").click().run()
    assert "A name needs a letter." in text(app)


def test_two_entries_become_one_after_it_was_asked(goes):
    kept, other = visit_of("Anna Berger"), visit_of("Anna Bergr")
    app = page("customers", id=kept.customer_id)
    app.text_input(key="merge-with").input("anna").run()
    assert not [b for b in app.button if b.key == f"merge-with-{kept.customer_id}"], "not with itself"
    app.button(key=f"merge-with-{other.customer_id}").click().run()
    assert "The visit of Anna Bergr comes to Anna Berger" in text(app)
    app.button(key="merge-not").click().run()
    app.text_input(key="merge-with").input("anna").run()
    app.button(key=f"merge-with-{other.customer_id}").click().run()
    app.button(key="merge-now").click().run()
    assert {v.id for v in read(lambda at: visits.of_customer(at, kept.customer_id))} == {kept.id, other.id}
    assert [c.id for c in reception().listed()[0]] == [kept.customer_id]


def test_a_purpose_is_withdrawn_for_all_visits(goes):
    one = visit_of("Anna Berger", agrees=("analyse", "keep_video"))
    app = page("customers", id=one.customer_id)
    assert not [b for b in app.button if b.key == "withdraw-contact"]
    app.button(key="withdraw-keep_video").click().run()
    assert read(lambda at: consents.in_force_at(at, one.id)) == {"analyse"}
    assert "To our keeping the video" not in text(app)


def test_the_stores_own_words_are_asked_from_now_on(goes):
    customer("Anna")
    app = page("customers")
    app.text_area(key="ask-contact-1").input("May we ring you?")
    app.button(key="keep-words").click().run()
    asked = reception().asked()
    assert (asked["contact"].text, asked["contact"].version) == ("May we ring you?", 2)
    assert asked["analyse"].version == 1


def test_return_rates_name_how_many_they_are_of(reports, goes):
    visit = visit_of("Anna Berger", "Guide 3")
    give_result(reports, visit, 0)
    for _ in range(3):
        reception().buy(visit.id, "Guide 3", None, visit.runs[0].id)
    one = reception().buy(visit.id, "Daily 5")
    reception().bring_back(one.id, "")
    back = read(lambda at: purchases.of_visit(at, visit.id))[0]
    reception().bring_back(back.id, "")
    said = " ".join(text(page("returns")).split())
    assert "By shoe Guide 3 1 of 3 came back; 3 were run in here 33 %, likely 6–79 %" in said
    assert "Daily 5 1 of 1 came back; none was run in here 100 %, likely 21–100 %" in said
    assert "By label Neutral 1 of 3 came back; 3 were run in here" in said
    assert "Anna Berger" in said


def test_returns_go_back_as_far_as_is_asked(goes):
    visit = visit_of("Anna Berger")
    old = datetime.now().astimezone().date() - timedelta(days=200)
    write(lambda at: purchases.buy(at, visit.id, "Old 1", old))
    reception().buy(visit.id, "New 1")
    assert {r.rate.name for r in reception().returns(3).by_shoe} == {"New 1"}
    assert {r.rate.name for r in reception().returns(12).by_shoe} == {"New 1", "Old 1"}


def test_what_is_done_stands_in_the_audit_log_without_a_name(goes):
    visit_of("Anna Berger", "Guide 3")
    lines = read(audit.latest)
    assert {"customer_made", "visit_begun", "consent_given", "run_added"} <= {line.what for line in lines}
    assert "Anna" not in str(lines)


@pytest.mark.parametrize("which", ["visit", "customers", "returns"])
def test_records_that_do_not_open_are_one_sentence_and_the_rest_goes_on(which, reports, goes):
    (reports / ".data").mkdir()
    (reports / ".data" / "records.db").write_bytes(b"no database " * 100)
    said = text(page(which))
    assert "The database holds something other than gait's records." in said
    assert "Nothing was changed." in said
    result_folder(reports / "r1")
    assert "Example Runner" in text(page("result", id="r1"))
    assert page("new").button(key="go")
    engine().delete_result("r1")
    assert not (reports / "r1").exists()


def test_records_that_answer_again_are_taken_up(reports, monkeypatch):
    (reports / ".data").mkdir()
    broken = reports / ".data" / "records.db"
    broken.write_bytes(b"no database " * 100)
    with pytest.raises(GaitError):
        reception().count()
    broken.unlink()
    monkeypatch.setattr("gait.services.store_records.AGAIN_S", 0.0)
    assert reception().count() == 0


@pytest.mark.parametrize("name", ["*Anna* [x](http://a.example) $5$ :red[b] `c`", "<b>Anna</b>"])
def test_a_name_stays_a_name_whatever_is_in_it(name, goes):
    visit = visit_of(name, name)
    reception().buy(visit.id, name)
    assert name in text(page("visit", id=visit.id))
    assert name in text(page("customers", id=visit.customer_id))
    assert name in text(page("returns"))
    label = page("customers").button(key=f"customer-{visit.customer_id}").label
    for sign in "*[](`$<":
        assert f"\\{sign}" in label or sign not in name


def recorded(app, tmp_path, *parts):
    folder = engine().recordings.folder_of(app.session_state["record_ticket"])
    put_clips(folder, tmp_path, *parts)
    return folder


def test_a_recording_stays_with_its_shoe_and_waits_when_the_next_shoe_is_recorded(tmp_path, monkeypatch, goes):
    visit = visit_of("Anna Berger", "Guide 3", "Daily 5")
    first, second = visit.runs
    app = record_page()
    app.query_params["run"] = first.id
    folder = recorded(app.run(), tmp_path, "run")
    app.query_params.clear()
    app.session_state["visit_run"] = ""
    assert "this visit: Guide 3" in text(app.run()), "the clip that is there is known to be for it"
    app.query_params["run"] = second.id
    assert "this visit: Daily 5" in text(app.run())
    assert app.session_state["record_ticket"] != folder.name
    assert engine().recordings.run_of(folder) == first.id
    assert recordings.recordings_of(folder.parent, (), first.id) == [folder], "it goes with the customer"
    monkeypatch.setattr(recordings, "BUSY_S", -1.0)
    asked = []

    def work(clip, out, choices, progress, cancelled, published, *_, **__):
        asked.append((choices.runner, choices.shoe_worn))
        published(ResultFolder(result_folder(out)))
        return ResultFolder(out)

    pretend(monkeypatch, work)
    other = record_page()
    other.button(key=f"go-{folder.name}").click().run()
    assert "Anna Berger" in text(other)
    other.button(key=f"start-{folder.name}").click().run()
    assert engine().jobs.get(goes[-1][1]["job"]).wait(10)
    assert asked == [("Anna Berger", "Guide 3")]
    assert read(lambda at: visits.run(at, first.id)).result == goes[-1][1]["job"]


def test_a_recording_that_is_not_for_the_visit_is_nobodys(tmp_path, goes):
    visit = visit_of("Anna Berger", "Guide 3")
    app = record_page()
    app.query_params["run"] = visit.runs[0].id
    folder = recorded(app.run(), tmp_path, "run")
    app.run().button(key="not-visit").click().run()
    assert "The next clip is for" not in text(app)
    assert engine().recordings.run_of(folder) == ""
    assert app.text_input(key="record_runner")


def test_records_that_do_not_answer_take_no_recording_from_its_run(tmp_path, monkeypatch, goes):
    visit = visit_of("Anna Berger", "Guide 3")
    app = record_page()
    app.query_params["run"] = visit.runs[0].id
    folder = recorded(app.run(), tmp_path, "run")

    def away(_):
        raise GaitError("records_away", place="x")

    with monkeypatch.context() as patch:
        patch.setattr(StoreRecords, "reading", away)
        assert "do not answer" in text(app.run())
    assert "this visit: Guide 3" in text(app.run())
    assert engine().recordings.run_of(folder) == visit.runs[0].id


def test_everything_on_a_customer_is_put_into_one_zip(reports, goes):
    visit = visit_of("Anna Berger", "Guide 3")
    give_result(reports, visit, 0)
    app = page("customers", id=visit.customer_id)
    app.button(key="export-make").click().run()
    (saved,) = app.get("link_button")
    ticket = saved.proto.url.removeprefix("api/export/")
    file = engine().exports.file(ticket, "app")
    with zipfile.ZipFile(file) as made:
        assert "customer.json" in made.namelist()
    app.button(key="delete-all").click().run()
    app.button(key="delete-now").click().run()
    assert not file.exists(), "what was deleted is not left in a file that was made before"
    assert "customer_exported" in {line.what for line in read(audit.latest)}


def test_everything_of_a_visit_is_put_into_one_zip_once_there_is_a_result(reports, goes):
    visit = visit_of("Anna Berger", "Guide 3")
    assert "export-make" not in [b.key for b in page("visit", id=visit.id).button]
    give_result(reports, visit, 0)
    app = page("visit", id=visit.id)
    app.button(key="export-make").click().run()
    (saved,) = app.get("link_button")
    assert engine().exports.file(saved.proto.url.removeprefix("api/export/"), "app").name == f"visit-{visit.id}.zip"
    assert "visit_exported" in {line.what for line in read(audit.latest)}


def test_everything_on_a_customer_is_deleted_after_it_was_asked_and_leaves_a_receipt(reports, goes):
    visit = visit_of("Anna Berger", "Guide 3")
    give_result(reports, visit, 0)
    app = page("customers", id=visit.customer_id)
    app.button(key="delete-all").click().run()
    assert "Delete everything on Anna Berger for good? One visit and one result go." in " ".join(text(app).split())
    app.button(key="delete-not").click().run()
    assert (reports / "r1").is_dir()
    app.button(key="delete-all").click().run()
    app.button(key="delete-now").click().run()
    assert goes == [("customers", {})]
    assert not (reports / "r1").exists()
    assert reception().count() == 0
    app.query_params.clear()
    said = text(app.run())
    assert "Everything was deleted" in said
    assert "Anna" not in said
    app.button(key="receipt-done").click().run()
    assert "Everything was deleted" not in text(app)


def test_the_log_says_what_was_agreed_to_in_words(goes):
    visit_of("Anna Öztürk", agrees=("analyse",))
    said = text(page("log"))
    assert f"noted a consent ({phrase('purpose-analyse')}, version 1)" in said
    assert "analyse-1" not in said
