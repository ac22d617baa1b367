"""The page where people sign in, in the language that was chosen and with nothing in it that somebody typed."""

import asyncio
from urllib.parse import urlencode

import pytest
from starlette.applications import Starlette

from gait.services.sign_in import Entered, Person
from gait.ui.access import BY_CODE, SIGN_IN
from gait.ui.guard import Door
from gait.ui.sign_in_page import sign_in_routes
from gait.words import catalogue
from tests.builders.language import CODE, LETTER, write_language

RIGHT, WRONG = {"name": "eva", "password": "right"}, {"name": "eva", "password": "wrong"}


class Book:
    """Lets in whoever says "right"."""

    def __init__(self):
        self.left, self.wait_s = [], 0.0

    def enter(self, name, password, address):
        """By password."""
        return Entered("token" if password == RIGHT["password"] else "", self.wait_s)

    def enter_by_code(self, code, address, device):
        """By code."""
        return self.enter("", code, address)

    def leave(self, token):
        """Out."""
        self.left.append(token)


@pytest.fixture
def book():
    return Book()


@pytest.fixture
def ask(book):
    """Gives (status, headers, text) of the page."""
    app = Starlette(routes=sign_in_routes(Door((), book)))

    def asked(path=SIGN_IN, person=None, cookie="", **form):
        sent, where = [], path.partition("?")
        scope = {
            "type": "http", "method": "POST" if form else "GET", "scheme": "http", "path": where[0], "root_path": "",
            "query_string": where[2].encode(), "headers": [(b"host", b"x"), (b"cookie", cookie.encode())],
            "client": ("127.0.0.1", 1), "server": ("localhost", 8501), "gait.person": person,
        }  # fmt: skip

        async def receive():
            return {"type": "http.request", "body": urlencode(form).encode(), "more_body": False}

        async def send(message):
            sent.append(message)

        asyncio.run(app(scope, receive, send))
        headers = [(k.decode(), v.decode()) for k, v in sent[0]["headers"]]
        return sent[0]["status"], headers, sent[1]["body"].decode()

    return asked


def test_the_page_is_english_where_nothing_else_was_chosen(ask):
    assert '<html lang="en">' in ask()[2]


def test_the_page_says_in_which_language_it_speaks(ask, tmp_path, monkeypatch):
    write_language(catalogue.FOLDER / "en.ftl", tmp_path)
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    monkeypatch.setenv(catalogue.LANGUAGE_VARIABLE, CODE)
    catalogue.catalogue.cache_clear()
    try:
        text = ask()[2]
    finally:
        catalogue.catalogue.cache_clear()
    assert f'<html lang="{CODE}">' in text
    assert f"<h1>{LETTER}" in text


@pytest.mark.parametrize(("path", "form"), [(SIGN_IN, RIGHT), (BY_CODE, {"code": "right"})])
def test_who_is_let_in_gets_new_cookies_and_the_old_stay_ends(ask, book, path, form):
    status, headers, _ = ask(path, cookie="gait_in_8501=old; gait_visit_8501=old", **form)
    given = [v for k, v in headers if k == "set-cookie"]
    assert status == 303
    assert [one.partition("=")[0] for one in given] == ["gait_in_8501", "gait_visit_8501"]
    assert all("HttpOnly" in one and "SameSite=Strict" in one and "Path=/" in one and "old" not in one for one in given)
    assert book.left == ["old"]
    assert ("Max-Age=43200" in given[0]) == (path == BY_CODE), "staff are out when the browser is closed"
    assert dict(headers)["location"] == ("/record" if path == BY_CODE else "/")


def test_who_is_not_let_in_is_told_and_gets_nothing(ask, book):
    for path, form in (
        (SIGN_IN, WRONG),
        (BY_CODE, {"code": "1"}),
        (SIGN_IN, {"x": "y"}),
    ):
        status, headers, text = ask(path, **form)
        assert status == 403
        assert "set-cookie" not in dict(headers)
        assert 'role="alert"' in text
    book.wait_s = 14.2
    status, headers, text = ask(SIGN_IN, **WRONG)
    assert (status, dict(headers)["retry-after"]) == (429, "15")
    assert "15 seconds" in text
    assert book.left == []


@pytest.mark.parametrize(
    ("to", "led"),
    [
        ("/result?id=a", "/result?id=a"),
        *((to, "/") for to in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:x", "/media/x", "/sign-out", "/x\r\nSet-Cookie: a", "http://[", "")),
    ],
)  # fmt: skip
def test_whoever_signs_in_is_led_to_a_page_of_ours(ask, to, led):
    assert dict(ask(SIGN_IN, **RIGHT, to=to)[1])["location"] == led


MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def test_no_markup_comes_back(ask):
    for text in (
        ask(f"{SIGN_IN}?{urlencode({'to': '/result?id=' + MARKUP})}")[2],
        ask(SIGN_IN, name=MARKUP, password=MARKUP, to=f"/result?id={MARKUP}")[2],
        ask(SIGN_IN, Person("a", "staff", MARKUP, "a"))[2],
    ):
        assert "<script" not in text
        assert "<img src=x" not in text


def test_who_is_in_is_shown_the_way_out(ask):
    text = ask(SIGN_IN, Person("a", "staff", "Bob B", "a"))[2]
    assert "Bob B" in text
    assert 'action="/sign-out"' in text
    assert 'type="password"' not in text
    assert 'href="/record"' in ask(SIGN_IN, Person("tablet", "tablet"))[2]
