"""The page of advice: in order, each with its sentence and grade, and nothing before comfort."""

import re

from gait.records.values import SCALES
from gait.ui.engine import comfort_desk, engine, reception
from tests.integration.pages.show import page, text
from tests.integration.pages.test_visit_pages import give_result, visit_of

OWN = "My old Ghost"


def rated(reports, marks):
    """A visit with those shoes and marks, each with a result."""
    visit = visit_of("Anna Öztürk")
    for number, shoe in enumerate(marks):
        run = reception().add_run(visit.id, shoe, engine().shelf_names.names().get(shoe))
        give_result(reports, reception().visit(visit.id).visit, number, f"r{number}")
        assert run.position == number + 1
    for one in comfort_desk().shoes(reception().visit(visit.id).visit):
        comfort_desk().rate(one.run.id, dict.fromkeys(SCALES, marks[one.run.shoe]))
    return visit


def test_the_shoes_stand_in_the_order_of_comfort_with_a_sentence_a_grade_and_the_shelf(reports, goes):
    visit = rated(reports, {OWN: 50, "Fieldlark Meadow 4": 80, "Fieldlark Keel 5": 78})
    said = text(page("advice", id=visit.id))
    names = re.findall(r"\d · (My old Ghost|Fieldlark \w+ \d)", said)
    assert names == ["Fieldlark Meadow 4", "Fieldlark Keel 5", OWN]
    for told in (
        "2 of 100 apart, within noise",
        "Clearly less comfortable than Fieldlark Meadow 4: marked 30 of 100 below it.",
        "Evidence: moderate",
        "Evidence: low",
        "Nigg 2015",
        "in stock",
        "the customer's own",
        "Left: Neutral",
        "within noise",
        "a difference that matters",
    ):
        assert told in said, told


def test_what_was_not_run_in_fills_up_to_three(reports, goes):
    visit = rated(reports, {OWN: 50, "Fieldlark Meadow 4": 80})
    said = text(page("advice", id=visit.id))
    assert re.search(r"3 · .*Not run in yet\.", said)


def test_a_shoe_that_was_run_in_is_not_suggested_once_more(reports, goes):
    """Keel 5 would be the first for these feet; the third place goes to the next."""
    visit = rated(reports, {OWN: 50, "Fieldlark Keel 5": 80})
    said = text(page("advice", id=visit.id))
    assert len(re.findall(r"\d · +Fieldlark Keel 5", said)) == 1
    assert re.search(r"3 · +(?!Fieldlark Keel 5).*Not run in yet\.", said)


def test_no_advice_before_the_shoes_are_rated(reports, goes):
    visit = visit_of("Anna Öztürk", OWN, "Fieldlark Meadow 4")
    give_result(reports, visit, 0)
    app = page("advice", id=visit.id)
    assert "The customer still rates the shoes of this visit." in text(app)
    assert "Over-pronating" not in text(app)
    app.button(key="to-visit").click().run()
    assert goes == [("visit", {"id": visit.id})]
    comfort_desk().skip(visit.id)
    assert "Comfort was not rated, and it should decide" in text(page("advice", id=visit.id))


def test_the_visit_leads_to_its_advice(reports, goes):
    visit = rated(reports, {OWN: 50, "Fieldlark Meadow 4": 80})
    page("visit", id=visit.id).button(key="to-advice").click().run()
    assert goes == [("advice", {"id": visit.id})]
    assert "There is no such visit." in text(page("advice", id="0" * 16))
