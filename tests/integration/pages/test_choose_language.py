"""A view speaks the language that was chosen on it, else the store's, else the browser's."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from gait.places import sample_run
from gait.results.folder import ResultFolder
from gait.services.asked import AnalysisRequest
from gait.ui import language
from gait.ui.app import SCRIPT
from gait.ui.engine import engine
from gait.words import chosen, speaking
from tests.builders import ROOT
from tests.builders.results import result_folder
from tests.integration.pages.show import PAGE_TIMEOUT_S, page, pretend, text


def whole(**state):
    app = AppTest.from_file(str(SCRIPT), default_timeout=PAGE_TIMEOUT_S)
    for name, value in state.items():
        app.session_state[name] = value
    return app.run()


def test_the_switch_changes_the_page_and_back():
    app = whole()
    assert app.button(key="go").label == "Analyse the run"
    app.button(key="speak-de").click().run()
    assert not app.exception
    assert app.button(key="go").label == "Lauf analysieren"
    assert "kein Medizinprodukt" in text(app)
    app.button(key="speak-en").click().run()
    assert app.button(key="go").label == "Analyse the run"


def test_what_was_chosen_holds_on_the_next_view():
    assert whole(**{language.CHOSEN: "de"}).button(key="go").label == "Lauf analysieren"


def test_the_store_decides_where_nobody_chose(monkeypatch):
    monkeypatch.setenv("GAIT_LANGUAGE", "de")
    app = whole()
    assert app.button(key="go").label == "Lauf analysieren"
    app.button(key="speak-en").click().run()
    assert app.button(key="go").label == "Analyse the run"


def test_what_was_chosen_goes_before_the_browser(monkeypatch):
    class Browser:
        """`st.context` of somebody with a German browser."""

        cookies, locale = {}, "de-DE"

    monkeypatch.setattr(language.st, "context", Browser())
    assert language.of_view() == "de"
    Browser.cookies = {f"gait_language_{language.st.get_option('server.port')}": "en"}
    assert language.of_view() == "en"


def test_a_result_of_an_english_store_is_read_in_german(reports):
    result_folder(reports / "r1")
    with speaking("en"):
        english = text(page("result", id="r1"))
    app = AppTest.from_function(german_result, default_timeout=PAGE_TIMEOUT_S).run()
    assert not app.exception, app.exception
    german = text(app)
    for said, other in (
        ("Over-pronating", "Überpronation"),
        ("17.0°", "17,0°"),
        ("15 January 2026", "15. Januar 2026"),
    ):
        assert said in english
        assert other not in english
        assert other in german
        assert said not in german


def german_result():
    import streamlit as st

    from gait.ui.pages import result
    from gait.words import speak

    st.query_params["id"] = "r1"
    speak("de")
    result.show()


def test_a_job_is_done_in_the_language_it_was_asked_for_in(monkeypatch):
    spoken = []

    def analyse(clip, out, *_, **__):
        spoken.append(chosen())
        return ResultFolder(result_folder(out))

    pretend(monkeypatch, analyse)
    with speaking("de"):
        asked = AnalysisRequest(sample_run())
    assert chosen() == "en"
    assert engine().jobs.start(asked).wait(PAGE_TIMEOUT_S)
    assert spoken == ["de"]


@pytest.mark.parametrize("path", sorted((ROOT / "gait" / "ui").rglob("*.py")), ids=lambda path: path.stem)
def test_a_part_that_renews_itself_speaks_the_views_language(path):
    """Streamlit runs it in a thread that knows of no language: `gait.ui.parts.polling` tells it."""
    used = re.findall(r"st\.fragment", path.read_text(encoding="utf-8"))
    assert bool(used) == (path.name == "polling.py")
