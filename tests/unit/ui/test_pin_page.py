"""The page that asks for the PIN, in the language that was chosen."""

import asyncio

import pytest
from starlette.applications import Starlette

from gait.services import pin
from gait.services.pin import Entrance
from gait.ui.guard import PIN_PAGE, Door
from gait.ui.pin_page import pin_routes
from gait.words import catalogue
from tests.builders.language import CODE, LETTER, write_language


@pytest.fixture
def page():
    """Gives the page as text."""
    app = Starlette(routes=pin_routes(Door((), Entrance(pin.hashed("483920")))))

    def asked() -> str:
        sent = []
        scope = {
            "type": "http",
            "method": "GET",
            "scheme": "http",
            "path": PIN_PAGE,
            "query_string": b"",
            "headers": [],
        }

        async def receive():
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message):
            sent.append(message)

        asyncio.run(
            app({**scope, "client": ("127.0.0.1", 1), "server": ("localhost", 8501), "root_path": ""}, receive, send)
        )
        return sent[1]["body"].decode()

    return asked


def test_the_page_is_english_where_nothing_else_was_chosen(page):
    assert '<html lang="en">' in page()


def test_the_page_says_in_which_language_it_speaks(page, tmp_path, monkeypatch):
    write_language(catalogue.FOLDER / "en.ftl", tmp_path)
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    monkeypatch.setenv(catalogue.LANGUAGE_VARIABLE, CODE)
    catalogue.catalogue.cache_clear()
    try:
        text = page()
    finally:
        catalogue.catalogue.cache_clear()
    assert f'<html lang="{CODE}">' in text
    assert f"<h1>{LETTER}" in text
