"""One file more, and the pages and charts speak that language: nothing a person reads is left in English."""

import html
import json
import re
from datetime import datetime

import pytest
from babel.dates import format_datetime

from gait.advice.tables import evidence
from gait.results.folder import ResultFolder
from gait.services import trackers
from gait.services.rules_desk import RulesDesk
from gait.ui.engine import engine, reception
from gait.ui.parts.charts import charts
from gait.words import catalogue
from tests.builders.language import CODE, LETTER, write_language
from tests.builders.results import analysis_json, example_result, result_folder
from tests.integration.pages.show import page
from tests.integration.pages.test_advice_page import rated
from tests.integration.pages.test_rules_page import run_with


@pytest.fixture
def other_language(tmp_path, monkeypatch):
    folder = tmp_path / ".language"
    folder.mkdir()
    write_language(catalogue.FOLDER / "en.ftl", folder)
    monkeypatch.setattr(catalogue, "FOLDER", folder)
    monkeypatch.setenv(catalogue.LANGUAGE_VARIABLE, CODE)
    catalogue.catalogue.cache_clear()
    yield
    catalogue.catalogue.cache_clear()


def read(app):
    """All that a person reads or hears of the page: text, labels, tooltips, examples in fields, pictures' descriptions."""
    found = []
    for kind in (
        "button",
        "download_button",
        "text_input",
        "number_input",
        "file_uploader",
        "button_group",
        "expander",
        *("checkbox", "selectbox", "text_area", "popover"),
        *("slider", "select_slider", "radio", "toggle", "date_input", "time_input", "multiselect", "camera_input"),
    ):
        for element in app.get(kind):
            proto = element.proto
            found += [getattr(proto, name, "") for name in ("label", "placeholder", "help")]
            found += [getattr(option, "content", option) for option in getattr(proto, "options", [])]
    for element in app.get("html"):
        body = element.proto.body
        if "/* The dashboard" not in body:
            found += re.findall(r'(?:alt|aria-label)="([^"]*)"', body)
            found.append(re.sub(r"<[^>]+>", " ", body))
    for kind in ("caption", "markdown", "error", "warning", "info", "success"):
        found += [getattr(element.proto, "body", "") for element in app.get(kind)]
    return html.unescape(" | ".join(found))


def english_in(said, *theirs):
    """Words of three letters and more, but for what is no word of the program: `theirs`, wherever it stands as a whole."""
    for one in sorted(theirs, key=len, reverse=True):
        said = said.replace(one, " ")
    return sorted(set(re.findall(r"[A-Za-z]{3,}", said)))


def names_and_sentences(document):
    """What the mock result holds ready-made: a runner's name, a table's source, sentences from before there were codes."""
    if isinstance(document, dict | list):
        inside = document.values() if isinstance(document, dict) else document
        return {text for one in inside for text in names_and_sentences(one)}
    return {document} if isinstance(document, str) and " " in document else set()


def test_the_new_page(other_language):
    said = read(page("new"))
    assert LETTER in said
    assert english_in(said, "mp4, mov, mkv, webm", "avi", *trackers.titles().values()) == []


def test_the_record_page(other_language):
    said = read(page("record"))
    assert LETTER in said
    assert english_in(said) == []


def test_the_result_page(reports, other_language):
    document = analysis_json()
    result_folder(reports / "r1", document)
    said = read(page("result", id="r1"))
    assert LETTER in said
    assert f"9,7 {LETTER * 2}/{LETTER}" in said
    assert english_in(said, "gait", "Januar", document["clip"]["file"], *names_and_sentences(document)) == []


def test_the_earlier_page(reports, other_language):
    document = analysis_json()
    for name in ("r1", "r2"):
        result_folder(reports / name, document)
    said = read(page("earlier"))
    assert LETTER in said
    assert english_in(said, "Jan.", *names_and_sentences(document)) == []


def test_the_counters_pages(other_language):
    visit = reception().begin_as("Xx")
    run = reception().add_run(visit.id, "Xx")
    reception().buy(visit.id, "Xx")
    customer = visit.customer_id or ""
    now = datetime.now().astimezone()
    named = {word for name in engine().shelf_names.names() for word in name.split()}
    named |= {word for pattern in ("MMM", "MMMM") for word in format_datetime(now, pattern, locale=CODE).split(".")}
    for app in (
        *(page("visit"), page("visit", id=visit.id), page("visit", id=reception().begin().id), page("new", run=run.id)),
        *(page("customers"), page("customers", id=customer), page("returns")),
    ):
        said = read(app)
        assert LETTER in said
        assert set(english_in(said, "mp4, mov, mkv, webm", "avi", *trackers.titles().values())) <= named


def test_the_managers_pages(reports, other_language):
    result_folder(reports / "r1")
    page("result", id="r1")  # a line of the log
    now = datetime.now().astimezone()
    months = {word for pattern in ("MMM", "MMMM") for word in format_datetime(now, pattern, locale=CODE).split(".")}
    for name in ("keeping", "calibrate", "staff", "log", "comfort"):
        said = read(page(name))
        assert LETTER in said, name
        assert set(english_in(said, "gait")) <= months, name


def test_the_shelf_and_its_rules(reports, other_language):
    """Sources of rules are quoted as their table has them."""
    result = run_with(reports, "one", example_result())
    assert result.runs
    app = page("shelf")
    app.button(key="rules-try").click().run()
    said = read(app)
    assert LETTER in said
    sources = {rule.source for rule in RulesDesk.ours().rows}
    shoes = {shoe.name for shoe in example_result().judged.basis.shelf.shoes}
    assert english_in(said, "gait", "CSV", "Excel", "csv", "xlsx", "xlsm", *sources, *shoes) == []


def test_the_advice_page(reports, other_language):
    shoes = {"Xx": 50, "Fieldlark Meadow 4": 80}
    said = read(page("advice", id=rated(reports, shoes).id))
    assert LETTER in said
    quoted = {known.source for known in evidence().values()}
    assert english_in(said, "gait", "Anna", *engine().shelf_names.names(), *quoted) == []


def test_the_compare_page(reports, other_language):
    document = analysis_json()
    for name in ("old", "new"):
        result_folder(reports / name, document)
    said = read(page("compare", a="old", b="new"))
    assert LETTER in said
    stem = document["clip"]["file"].removesuffix(".mp4")
    assert english_in(said, "Januar", "Jan", stem, *names_and_sentences(document)) == []


def test_the_charts(reports, other_language):
    drawn = charts(ResultFolder(result_folder(reports / "r1")))
    assert set(drawn) == {"curves", "pattern", "times", "skeleton"}
    for name, figure in drawn.items():
        said = re.sub(r"<[^>]*>", " ", " | ".join(texts(json.loads(figure.to_json()))))
        assert LETTER in said
        assert english_in(said) == [], name
    assert drawn["curves"].layout.separators[0] == ","


def test_english_is_seen(reports):
    """The tests above can fail."""
    result_folder(reports / "r1")
    assert {"rhythm", "Make", "landing", "likely"} <= set(english_in(read(page("result", id="r1"))))


def texts(node):
    """Annotations, ticks, hovers and buttons of a figure."""
    if isinstance(node, list):
        return [t for n in node for t in texts(n)]
    if not isinstance(node, dict):
        return []
    own = [node[key] for key in ("text", "hovertemplate", "label", "ticktext") if key in node]
    said = [t for one in own for t in ([one] if isinstance(one, str) else one)]
    return said + [t for n in node.values() for t in texts(n)]
