"""What axe-core finds on every page and in its states, at three widths, light and dark; and what axe cannot see."""

import json
import shutil
from importlib.resources import files

import pytest
from playwright.sync_api import sync_playwright

from gait.places import sample_run
from gait.records import comfort, customers, folders, visits
from gait.records.values import SCALES
from gait.services import accounts, passwords
from gait.words import phrase
from tests.builders.browser import FLAGS, chromium_path, dashboard, turn_to
from tests.builders.results import analysis_json, result_folder
from validation.running import PASSWORD as WORD
from validation.running import store as store_records

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
FOUND = """axe.run().then(found => found.violations.map(v => `${v.id}: ${v.nodes.map(n => n.html.slice(0, 160)).join(" | ")}`))"""
FINGER_PX = 44
WIDTHS, SCHEMES = (320, 820, 1920), ("light", "dark")
SETTLES_MS = 700
"""What fades in has its full contrast only then."""


def _dialog(page):
    turn_to(page, "steps")
    page.locator(".st-key-steps-left .step").first.click()
    return page.locator("dialog")


def _figures(page):
    turn_to(page, "figures")
    return page.locator(".g-more")


def _steps(page):
    turn_to(page, "steps")
    return page.locator(".st-key-steps-left .step").first


def _how_judged(page):
    turn_to(page, "how_judged")
    return page.locator(".st-key-how-judged p").first


def _deleting(page):
    page.locator('[class*="st-key-delete-"] button').first.click()
    return page.locator(".g-problem")


def _wrong_speed(page):
    page.locator('[class*="st-key-speed_"] input').fill("98")
    page.keyboard.press("Enter")
    return page.locator(".g-problem")


def _walk_in(page):
    page.locator(".st-key-walk-in button:visible").click()
    page.mouse.move(0, 0)
    page.locator(".st-key-walk-in").wait_for(state="detached")
    return page.locator(".st-key-agreed")


def _rules(page):
    page.locator(".st-key-rules summary").click()
    return page.locator(".st-key-keep-rules")


def _shelf_rules(page):
    page.locator(".st-key-shelf-rules summary").click()
    return page.locator(".st-key-shelf-rules table")


def _rules_tried(page):
    page.locator(".st-key-shelf-rules-change summary").click()
    page.locator(".st-key-rules-try button").click()
    return page.locator(".st-key-shelf-rules-change table.g-more").first


def _advice(page):
    page.locator("[class*='st-key-open-'] button", has_text=CUSTOMER).first.click()
    page.locator(".st-key-to-advice button").click()
    return page.locator(".g-grade").first


CUSTOMER = "Anna Öztürk"
"""Whose visit has two shoes with results."""

STATES = {
    "new": ("/", None),
    "new, a speed that cannot be": ("/", _wrong_speed),
    "new, a job that is gone": ("/?job=none", None),
    "record": ("/record", None),
    "result": ("/result?id=r0", None),
    "result, a step's lines": ("/result?id=r0", _dialog),
    "result, its figures": ("/result?id=r0", _figures),
    "result, its steps": ("/result?id=r0", _steps),
    "result, how it was judged": ("/result?id=r0", _how_judged),
    "result of a refused clip": ("/result?id=refused", None),
    "result that is not there": ("/result?id=none", None),
    "visit": ("/visit", None),
    "visit that was begun": ("/visit", _walk_in),
    "advice": ("/visit", _advice),
    "shelf": ("/shelf", None),
    "shelf, its rules": ("/shelf", _shelf_rules),
    "shelf, other rules tried": ("/shelf", _rules_tried),
    "customers": ("/customers", None),
    "returns": ("/returns", None),
    "keeping": ("/keeping", None),
    "keeping, what is set": ("/keeping", _rules),
    "earlier": ("/earlier", None),
    "compare": ("/compare?a=r0&b=r1", None),
    "staff": ("/staff", None),
    "log": ("/log", None),
    "earlier, asked before deleting": ("/earlier", _deleting),
}
"""The address, and what a person does there, which gives what is then to be seen."""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    reports = tmp_path_factory.mktemp("reports")
    for k in range(8):
        result_folder(reports / f"r{k}")
    whole = analysis_json()
    why = {
        "code": "x",
        "severity": "refuse",
        "value": 1,
        "limit": 2,
        "message": "The feet are cut off.",
        "advice": "Step back.",
    }
    shutil.copy(sample_run(), reports / "r0" / "overlay.mp4")
    refused = {key: whole[key] for key in ("schema", "created", "runner", "clip", "versions")}
    (reports / "refused").mkdir()
    (reports / "refused" / "analysis.json").write_text(json.dumps(refused | {"status": "refused", "findings": [why]}))
    with store_records(reports) as records, records.writing() as at:
        visit = visits.start(at, customers.make(at, CUSTOMER).id)
        runs = [visits.add_run(at, visit.id, shoe=shoe).id for shoe in ("Fieldlark Meadow 4", "My old ones")]
        comfort.ask(at, visit.id)
        for run, mark, result in zip(runs, (80, 50), ("r0", "r1"), strict=True):
            comfort.rate(at, run, dict.fromkeys(SCALES, mark))
            folders.attach(at, run, reports / result)
    with dashboard(reports) as url:
        yield url


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as browsers:
        started = browsers.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield started
        started.close()


def opened(browser, address, width, scheme="light", **more):
    page = browser.new_page(viewport={"width": width, "height": 1000}, color_scheme=scheme, **more)
    page.set_default_timeout(180_000)
    page.goto(address)
    page.locator(".g-footer").wait_for()
    page.locator("[role=main]").wait_for()
    page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")
    return page


def every_look(page):
    """The page in each scheme at each width, settled: (scheme, width)."""
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 1000})
            page.wait_for_timeout(SETTLES_MS)
            yield scheme, width


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(browser, address, state):
    """One page is opened for all widths and schemes: it follows both while it is open, as a screen that is turned does."""
    path, act = STATES[state]
    page = opened(browser, address + path, WIDTHS[0], SCHEMES[0])
    there = page.locator(".g-footer") if act is None else act(page)
    there.wait_for()
    page.evaluate(AXE)
    found, papers = {}, {}
    for scheme, width in every_look(page):
        if wrong := page.evaluate(FOUND):
            found[scheme, width] = wrong
        assert there.is_visible(), f"no longer {state}: {scheme}, {width} px"
        papers[scheme] = page.locator(".stApp").evaluate("e => getComputedStyle(e).backgroundColor")
    page.close()
    assert found == {}
    assert papers["light"] != papers["dark"]


def test_axe_finds_nothing_where_people_sign_in(browser, tmp_path):
    """The page to sign in stands alone; so does what a tablet sees. They are walked as a store does."""
    with store_records(tmp_path) as records, records.writing() as at:
        accounts.add(at, "command", "eva", "manager", passwords.hashed(WORD))
    found = {}

    def look(page, what):
        page.evaluate(AXE)
        for scheme, width in every_look(page):
            if wrong := page.evaluate(FOUND):
                found[what, scheme, width] = wrong

    def signed_in(page):
        page.locator(".g-signed").wait_for()
        page.locator("[role=main]").wait_for()
        page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")

    with dashboard(tmp_path, GAIT_SIGN_IN="1") as url:
        page, tablet = browser.new_page(), browser.new_context().new_page()
        for one in (page, tablet):
            one.set_default_timeout(180_000)
        page.goto(f"{url}/record")
        look(page, "sign in")
        page.fill("#name", "eva")
        page.fill("#password", "not the password")
        page.keyboard.press("Enter")
        page.locator("#wrong").wait_for()
        look(page, "a wrong password")
        page.fill("#name", "eva")
        page.fill("#password", WORD)
        page.keyboard.press("Enter")
        signed_in(page)
        page.locator(".st-key-tablet summary").click()
        page.locator(".st-key-tablet-code button").click()
        code = page.locator(".g-code").inner_text()
        look(page, "a code")
        tablet.goto(url)
        tablet.locator("summary").click()
        look(tablet, "a tablet's way in")
        tablet.fill("#code", code)
        tablet.keyboard.press("Enter")
        signed_in(tablet)
        look(tablet, "a tablet")
        assert tablet.url.endswith("/record")
        page.goto(f"{url}/sign-in")
        look(page, "being in")
        page.get_by_role("button", name=phrase("sign_out")).click()
        page.locator("#password").wait_for()
        page.close()
        tablet.close()
    assert found == {}


def test_a_finger_can_take_the_end_of_a_line(browser, address):
    page = opened(browser, f"{address}/result?id=r0", 820)
    _dialog(page).wait_for()
    grip = page.locator("[data-grip=heel-0]").bounding_box()
    x, y = grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2
    save = page.locator("dialog button.primary")
    assert save.is_disabled()
    page.mouse.move(x - FINGER_PX / 2 + 1, y)
    page.mouse.down()
    page.mouse.move(x - FINGER_PX / 2 + 21, y)
    page.mouse.up()
    assert save.is_enabled()
    moved = page.locator("[data-grip=heel-0]").bounding_box()
    page.close()
    assert moved["x"] - grip["x"] == pytest.approx(20, abs=1.5), "the end does not jump to the finger"


def test_the_films_controls_lie_below_the_feet(browser, address):
    page = opened(browser, f"{address}/result?id=r0", 820)
    video, bar = page.locator(".st-key-film video"), page.locator(".st-key-film .bar")
    bar.get_by_role("button", name=phrase("film-play")).wait_for()
    assert not video.evaluate("v => v.controls")
    film = video.bounding_box()
    assert bar.bounding_box()["y"] >= film["y"] + film["height"]
    assert min(b.bounding_box()["height"] for b in bar.get_by_role("button").all()) >= FINGER_PX
    bar.get_by_role("button", name=phrase("film-play")).click()
    bar.get_by_role("button", name=phrase("film-pause")).wait_for()
    assert not video.evaluate("v => v.paused")
    bar.get_by_label(phrase("film-speed")).select_option(phrase("film-quarter"))
    assert video.evaluate("v => v.playbackRate") == 0.25
    page.close()


def test_a_stopped_program_is_told_in_words_for_staff(browser, tmp_path):
    with dashboard(tmp_path) as url:
        page = opened(browser, url, 820)
        assert page.locator(".g-lost").count() == 0
    page.locator(".g-lost").wait_for()
    page.wait_for_timeout(8000)
    said = page.locator("body").inner_text()
    page.close()
    assert phrase("connection-advice") in said
    assert "streamlit" not in said.lower()


def test_a_page_is_printed_whole_on_light_paper(browser, address):
    """Ctrl+P after a dark screen: nothing of it stays, no column is cut off, and the sections that are not looked at are there."""
    page = opened(browser, f"{address}/result?id=r0", 1920, "dark")
    page.locator(".st-key-times svg text").first.wait_for(state="attached")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 703, "height": 1000})  # A4 within its margins
    assert page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator(".g-label").first.evaluate("e => getComputedStyle(e).color") == "rgb(23, 37, 43)"
    for section in (".st-key-curves", ".st-key-steps-left", ".g-more", ".st-key-how-judged"):
        assert page.locator(section).is_visible(), f"{section} is printed"
    assert not page.get_by_role("tablist").is_visible()
    ends = page.evaluate(
        """[...document.querySelectorAll('.g-foot, .g-shoe-card, .js-plotly-plot .main-svg, .g-more')]
        .filter(e => e.getClientRects().length).map(e => [e.className.baseVal ?? e.className, e.getBoundingClientRect().right])"""
    )
    page.close()
    assert len(ends) > 5
    assert [end for end in ends if end[1] > 705] == []
