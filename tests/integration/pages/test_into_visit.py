"""On the result's page: one that is nobody's is put into a visit, one of a customer's is not offered again."""

import pytest

from gait.records import customers, visits
from gait.results.folder import ResultFolder
from gait.ui.engine import engine, reception
from tests.builders.results import analysis_json, result_folder
from tests.integration.pages.show import page


@pytest.fixture
def nobodys(reports):
    doc = analysis_json()
    doc["runner"] = ""
    return result_folder(reports / "r1", doc)


def offered(app):
    return {b.key for b in app.button if b.key.startswith(("into-", "whose-result-"))}


def run_of(name):
    with engine().records.reading() as at:
        run = visits.run_of_result(at, name)
        return run and (run.visit_id, visits.get(at, run.visit_id).customer)


def test_an_open_visit_is_one_tap_away(nobodys, goes):
    anna = reception().begin_as("Anna")
    app = page("result", id="r1")
    assert offered(app) == {f"into-{anna.id}"}
    app.button(key=f"into-{anna.id}").click().run()
    assert goes == [("visit", {"id": anna.id})]
    assert run_of("r1") == (anna.id, "Anna")
    assert offered(page("result", id="r1")) == set()


def test_a_customer_is_found_by_letters_and_a_new_one_is_made(nobodys, goes):
    with engine().records.writing() as at:
        anna = customers.make(at, "Anna Öztürk")
    app = page("result", id="r1")
    app.text_input(key="whose-result").input("oztu").run()
    app.button(key=f"whose-result-{anna.id}").click().run()
    visit_id, name = run_of("r1")
    assert name == "Anna Öztürk"
    assert goes == [("visit", {"id": visit_id})]


def test_a_run_of_a_walk_in_is_offered_but_not_into_its_own_visit(nobodys, goes):
    walk_in, other = reception().begin(), reception().begin()
    run = reception().add_run(walk_in.id, "Daily 11")
    engine().records.note_result(run.id, ResultFolder(nobodys))
    app = page("result", id="r1")
    assert offered(app) == {f"into-{other.id}"}
    app.text_input(key="whose-result").input("Bert").run()
    app.button(key="whose-result-new").click().run()
    assert run_of("r1")[1] == "Bert"


def test_a_refused_one_can_be_put_away_too(reports, goes):
    doc = analysis_json()
    doc["status"], doc["runner"] = "refused", ""
    doc["findings"] = [
        {"code": "view", "severity": "refuse", "value": "side", "limit": "rear", "message": "From the side.", "advice": "Go behind."}
    ]  # fmt: skip
    result_folder(reports / "r1", doc)
    anna = reception().begin_as("Anna")
    assert f"into-{anna.id}" in offered(page("result", id="r1"))
