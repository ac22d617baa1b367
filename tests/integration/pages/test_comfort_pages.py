"""Comfort before the label: the scales on the tablet, and no label of the visit on any page, picture, PDF or download before."""

import re
import zipfile
from pathlib import Path

import pytest

import gait.ui
from gait.comparison.compare import compare
from gait.errors import GaitError
from gait.records import audit, comfort, purchases, visits
from gait.records.values import SCALES
from gait.results.folder import ResultFolder
from gait.services.sign_in import Person
from gait.services.store_records import StoreRecords
from gait.ui.engine import comfort_desk, engine, reception
from gait.ui.parts import compared_pdf
from gait.ui.parts.result_head import taken_along
from gait.words import ENGLISH, phrase
from tests.builders.results import analysis_json, result_folder
from tests.integration.pages.show import page, text
from tests.integration.pages.test_visit_pages import give_result, read, visit_of

MARKS = dict.fromkeys(SCALES, 60)
TABLET, BOB = Person("tablet", "tablet"), Person("00000000000000aa", "staff", "Bob", None)
LABEL_WORDS = ("Neutral", "Over-pronating", "Under-pronating", "neutral:", "°")


@pytest.fixture
def two(reports):
    """A visit with two shoes and their results, which waits for comfort."""
    visit = visit_of("Anna Öztürk", "Meadow 4", "Keel 5")
    give_result(reports, visit, 0, "first")
    give_result(reports, visit, 1, "second")
    return visit


def everything_on(app):
    boxes = [b.label for b in (*app.button, *app.selectbox, *app.toggle)]
    media = [e.type for kind in ("imgs", "video", "plotly_chart", "download_button") for e in app.get(kind)]
    return text(app) + " ".join(str(b) for b in boxes) + str(app.get("plotly_chart") and "chart") + " ".join(media)


def is_in(monkeypatch, whoever):
    monkeypatch.setattr("gait.ui.person.person", lambda: whoever)
    monkeypatch.setattr("gait.ui.engine.person", lambda: whoever)


def test_no_page_says_a_label_before_the_shoes_are_rated(two, goes):
    asked = (
        *(("result", {"id": name}) for name in ("first", "second")),
        ("result", {}),
        ("compare", {"a": "first", "b": "second"}),
        ("compare", {}),
        ("earlier", {}),
        ("visit", {"id": two.id}),
        ("visit", {}),
        ("customers", {"id": two.customer_id}),
        ("comfort", {"visit": two.id}),
        ("comfort", {}),
        ("returns", {}),
        ("new", {"job": "first"}),
    )
    reception().buy(two.id, "Meadow 4", run_id=two.runs[0].id)
    for name, query in asked:
        said = everything_on(page(name, **query))
        assert not [word for word in LABEL_WORDS if word in said], (name, query)
        assert "chart" not in said, (name, query)
        assert "download_button" not in said, (name, query)
    comfort_desk().skip(two.id)
    told = [name for name, query in asked if "Over-pronating" in everything_on(page(name, **query))]
    assert told == ["result", "result", "result", "earlier", "visit", "customers", "returns"], (
        "the words looked for are those"
    )
    assert page("compare", a="first", b="second").get("plotly_chart")


def test_a_page_that_waits_leads_to_its_visit(two, goes):
    for app in (page("result", id="first"), page("compare", a="first", b="second")):
        assert "The customer still rates the shoes of this visit." in text(app)
        app.button(key="back-to-visit").click().run()
    assert goes == [("visit", {"id": two.id})] * 2


def test_a_report_on_a_page_from_before_is_not_given_out(two, reports):
    report = reports / "first" / "report.pdf"
    report.write_bytes(b"%PDF")
    with pytest.raises(GaitError) as told:
        taken_along(reception(), engine(), report, "en")
    assert told.value.code == "comfort_first"
    comfort_desk().skip(two.id)
    assert taken_along(reception(), engine(), report, "en") == b"%PDF"


def test_nor_is_a_page_on_two_runs(two, reports):
    pair = ResultFolder(reports / "first"), ResultFolder(reports / "second")
    with pytest.raises(GaitError) as told:
        compared_pdf._taken_along(reception(), engine(), compare(*pair), pair, ENGLISH)
    assert told.value.code == "comfort_first"


def test_everything_on_a_customer_is_given_out_after_comfort(two, tmp_path):
    out = tmp_path / "all.zip"
    with pytest.raises(GaitError) as told:
        engine().keeper.export(two.customer_id, out)
    assert (told.value.code, out.exists()) == ("comfort_first", False)
    for one in comfort_desk().of_visit(two.id):
        comfort_desk().rate(one.run_id, MARKS)
    with zipfile.ZipFile(engine().keeper.export(two.customer_id, out)) as packed:
        rows = packed.read("comfort.csv").decode("utf-8-sig").splitlines()
    assert rows[0] == '"run","code","place","heel_mm","stability_mm","forefoot_mm","flexibility_mm","settled","skipped"'
    assert [row.split(",")[3:7] for row in rows[1:]] == [['"60"'] * 4] * 2


def test_what_was_known_last_holds_while_the_records_are_away(two, monkeypatch):
    assert engine().seals.results() == {"first", "second"}

    def away(_):
        raise GaitError("records_away", place="db")

    monkeypatch.setattr(StoreRecords, "opened", away)
    with pytest.raises(GaitError) as told:
        engine().open_result("first")
    assert told.value.code == "comfort_first"


def test_a_clip_that_was_refused_is_shown_at_once(reports, goes):
    visit = visit_of("Anna Öztürk", "Meadow 4", "Keel 5")
    dark = {"code": "dark", "severity": "refuse", "value": 1, "limit": 2, "message": "It is dark.", "advice": "Light."}
    result_folder(reports / "dark", analysis_json() | {"status": "refused", "findings": [dark]})
    engine().records.note_result(visit.runs[0].id, ResultFolder(reports / "dark"))
    assert engine().open_result("dark") is not None
    app = page("visit", id=visit.id)
    assert f"open-{visit.runs[0].id}" in [b.key for b in app.button]


def test_one_shoe_waits_for_nothing_and_a_store_may_not_ask(reports, goes):
    alone = visit_of("Anna Öztürk", "Meadow 4")
    give_result(reports, alone, 0, "alone")
    assert "Over-pronating" in text(page("result", id="alone"))
    app = page("customers")
    app.toggle(key="comfort-first").set_value(False).run()
    both = visit_of("Bert Berger", "Meadow 4", "Keel 5")
    give_result(reports, both, 0, "one")
    assert "Over-pronating" in text(page("result", id="one"))
    assert "rate-here" not in [b.key for b in page("visit", id=both.id).button]
    app.toggle(key="comfort-first").set_value(True).run()
    reception().add_run(both.id, "Slate 7")
    with pytest.raises(GaitError):
        engine().open_result("one")


def test_the_customer_marks_four_scales_for_each_letter_in_the_order_drawn(two, monkeypatch, goes):
    is_in(monkeypatch, TABLET)
    order = comfort_desk().of_visit(two.id)
    app = page("comfort")
    app.button(key=f"rate-{two.id}").click().run()
    shown = ""
    for one in order:
        shown += everything_on(app)
        assert f"Put on shoe {one.code}" in text(app)
        assert app.button(key="rated").disabled, "nothing was marked yet"
        for number, scale in enumerate(SCALES):
            app.slider(key=f"mark-{one.run_id}-{scale}").set_value(70 + number).run()
            assert app.button(key="rated").disabled == (number < 3)
        app.button(key="rated").click().run()
    assert "Please hand the tablet back" in text(app)
    assert not [word for word in ("Anna", "Meadow", "Keel") if word in shown], "a letter is all it says"
    assert [dict(one.scales_mm) for one in read(lambda at: comfort.of_visit(at, two.id))] == [
        {"heel": 70, "stability": 71, "forefoot": 72, "flexibility": 73}
    ] * 2
    assert [a.who for a in read(audit.latest) if a.what == "comfort_rated"] == ["tablet"] * 2
    is_in(monkeypatch, BOB)
    assert "Over-pronating" in text(page("visit", id=two.id))


def test_who_skips_is_written_down_on_the_tablet_the_screen_and_at_the_end(reports, monkeypatch, goes):
    one, other, left = (visit_of(name, "Meadow 4", "Keel 5") for name in ("Anna", "Bert", "Cleo"))
    is_in(monkeypatch, TABLET)
    page("comfort", visit=one.id).button(key="rate-not").click().run()
    is_in(monkeypatch, BOB)
    page("visit", id=other.id).button(key="skip-comfort").click().run()
    page("visit", id=left.id).button(key="finish").click().run()
    said = [{c.skipped_by for c in read(lambda at, v=v: comfort.of_visit(at, v.id))} for v in (one, other, left)]
    assert said == [{"tablet"}, {BOB.who}, {BOB.who}]
    assert read(comfort.sealed) == set()
    assert [a.who for a in reversed(read(audit.latest)) if a.what == "comfort_skipped"] == ["tablet", BOB.who, BOB.who]


def test_the_visit_tells_which_shoe_has_which_letter_and_the_marks_once_they_are_there(two, goes):
    app = page("visit", id=two.id)
    said = text(app)
    for one, shoe in zip(comfort_desk().of_visit(two.id), comfort_desk().shoes(two), strict=True):
        assert re.search(rf"{one.code}\s+{shoe.run.shoe}", said)
    assert not app.button_group, "the number from 0 to 10 is for visits that do not ask"
    app.button(key="rate-here").click().run()
    assert goes == [("comfort", {"visit": two.id})]
    first = comfort_desk().of_visit(two.id)[0]
    comfort_desk().rate(first.run_id, MARKS | {"heel": 100})
    said = text(page("visit", id=two.id))
    assert re.search(r"70\s+100\s+60\s+60\s+60", said), "the mean, then each scale"
    assert phrase("page-comfort_state", state="waits") in said


def test_a_shoe_that_is_taken_off_lets_the_other_be_seen(reports, goes):
    visit = visit_of("Anna Öztürk", "Meadow 4", "Keel 5")
    give_result(reports, visit, 0, "first")
    reception().drop_run(visit.runs[1].id)
    assert engine().open_result("first") is not None


def test_a_purchase_tells_no_label_of_a_sealed_visit_and_keeps_it(two):
    reception().buy(two.id, "Meadow 4", run_id=two.runs[0].id)
    assert reception().returns(12).by_label == []
    assert read(lambda at: purchases.of_visit(at, two.id))[0].labels
    assert read(lambda at: visits.get(at, two.id)).runs[0].summary is not None


ALLOWED = {
    ("gait/ui/pages/new.py", "library.find("),
    ("gait/ui/parts/shoes_run_in.py", "library.find("),
    ("gait/ui/parts/steps.py", "ResultFolder("),
    ("gait/ui/parts/charts.py", "ResultFolder("),
    ("gait/ui/parts/player.py", "ResultFolder("),
    ("gait/ui/pages/compare.py", "ResultFolder("),
}
"""Whether there is a result of that name; and what is made again of a folder that `open_result` gave."""


def test_pages_come_to_a_result_by_one_door():
    root = Path(gait.ui.__file__).parents[2]
    found = {
        (path.relative_to(root).as_posix(), way)
        for path in Path(gait.ui.__file__).parent.rglob("*.py")
        for way in ("library.find(", "ResultFolder(", "visits.get(", "visits.of_customer(")
        if re.search(rf"(?<!\w){re.escape(way)}", path.read_text(encoding="utf-8"))
    }
    assert found <= ALLOWED
