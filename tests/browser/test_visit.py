"""A visit in a real browser, as staff walk it on a tablet: found while typing, ticked, run in, bought, finished, and looked up later.

Skipped where there is no Chromium, unless GAIT_REQUIRE_BROWSER=1. GAIT_KEEP_SHOTS names a folder for a picture of each page.
"""

import os
import re
from pathlib import Path

import pytest

from gait.records import visits
from gait.records.database import Records
from tests.builders import SAMPLES
from tests.builders.browser import FLAGS, chromium_path, dashboard
from tests.builders.short import shortened

pytestmark = pytest.mark.browser

SECONDS = 4.0
ANALYSIS_TIMEOUT_MS = 900_000
SIZES = ((1920, 1080), (820, 1180), (320, 700))
TARGET_PX = 44
SMALL = """[...document.querySelectorAll('[data-testid=stMain] button, [data-testid=stMain] [data-testid=stCheckbox] label')]
    .filter(e => e.innerText.trim() && !e.closest('[data-testid=stFileUploader]')).map(e => [e.innerText, e.getBoundingClientRect()])
    .filter(([, box]) => box.width > 0 && box.height < 43.5).map(([said]) => said)"""
BESIDE = "(e => e.scrollWidth - e.clientWidth)(document.querySelector('[data-testid=stMain]'))"


@pytest.fixture
def short_clip(tmp_path):
    """The first seconds of the sample run, as it was packed."""
    return shortened(SAMPLES / "treadmill_rear.mp4", tmp_path / "short.mp4", SECONDS)


@pytest.fixture
def reports(tmp_path):
    (tmp_path / "reports").mkdir()
    return tmp_path / "reports"


@pytest.fixture
def page(reports):
    from playwright.sync_api import sync_playwright

    with dashboard(reports) as url, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        page = browser.new_page(viewport={"width": 820, "height": 1180}, base_url=url)
        page.set_default_timeout(60_000)
        faults = []
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        yield page
        browser.close()
    assert faults == []


def looked_at(page, name):
    """At three sizes: nothing sticks out sideways, and a finger hits what there is to tap."""
    page.locator(".g-footer").wait_for()
    page.locator("[data-testid=stStatusWidget]").wait_for(state="detached")
    page.wait_for_timeout(500)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(400)
        assert page.evaluate(BESIDE) <= 0, (name, width)
        assert page.evaluate(SMALL) == [], (name, width)
        if folder := os.environ.get("GAIT_KEEP_SHOTS"):
            tall = page.evaluate("document.querySelector('[data-testid=stMainBlockContainer]').scrollHeight") + 80
            page.set_viewport_size({"width": width, "height": min(int(tall), 4000)})
            page.wait_for_timeout(400)
            page.screenshot(path=str(Path(folder) / f"{name}-{width}.png"))
    page.set_viewport_size({"width": 820, "height": 1180})


def button(page, name, nth=0):
    return page.get_by_role("button", name=name, exact=True).nth(nth)


def test_a_visit_from_the_door_to_the_return(page, reports, short_clip):
    from playwright.sync_api import expect

    page.goto("/visit")
    page.locator(".g-footer").wait_for()
    page.get_by_label("Customer").press_sequentially("Anna Öztürk", delay=20)
    new = button(page, "New customer: Anna Öztürk")  # no Enter: a tablet's keyboard stays open
    new.wait_for()
    looked_at(page, "begin")
    new.click()

    page.get_by_role("heading", name="The customer agrees", exact=True).wait_for()  # a hint says the same words
    assert button(page, "Record").is_disabled()
    page.get_by_text("To be filmed and analysed", exact=True).click()
    page.locator(".st-key-next-shoe input").fill("Daily 11")
    page.get_by_role("option", name="Osprey Lane Daily 11").click()
    expect(button(page, "Choose clips")).to_be_enabled(timeout=60_000)
    looked_at(page, "visit")
    button(page, "Choose clips").click()

    page.get_by_text("The next clip is for this visit: Osprey Lane Daily 11").wait_for()
    page.locator("input[type=file]").first.set_input_files(str(short_clip))
    go = button(page, "Analyse the run")
    expect(go).to_be_enabled(timeout=ANALYSIS_TIMEOUT_MS)
    looked_at(page, "clip")
    go.click()

    back = page.get_by_role("button", name=re.compile("To the visit"))
    page.wait_for_url(re.compile("/result"), timeout=ANALYSIS_TIMEOUT_MS)
    back.first.click()

    page.get_by_text("Shoes run in").wait_for()
    page.locator("[class*=st-key-comfort]").get_by_text("8", exact=True).click()
    button(page, "Bought this shoe").click()
    page.get_by_text("bought on").wait_for()
    looked_at(page, "visit-done")
    button(page, "Finish the visit").click()
    button(page, "Begin without a name").wait_for()

    page.goto("/customers")
    page.locator(".g-footer").wait_for()
    page.get_by_label("Customer").press_sequentially("ozturk", delay=20)
    page.get_by_role("button", name=re.compile("Anna Öztürk.*one visit")).first.wait_for()
    page.wait_for_timeout(1000)
    page.get_by_role("button", name=re.compile("Anna Öztürk.*one visit")).first.click()
    page.get_by_text("Result of gait").wait_for()
    page.get_by_text("Comfort 8 of 10").wait_for()
    looked_at(page, "customer")
    page.get_by_text("Came back", exact=True).click()
    page.get_by_label("Why").fill("too narrow")
    button(page, "It came back today").click()
    page.get_by_text("too narrow").wait_for()

    page.goto("/returns")
    page.get_by_text("1 of 1 came back").first.wait_for()
    looked_at(page, "returns")

    with Records.open(reports / ".data") as records, records.reading() as at:
        (visit,) = visits.latest(at)
    assert (visit.customer, visit.state, visit.runs[0].comfort) == ("Anna Öztürk", "finished", 8)
    assert (reports / str(visit.runs[0].result) / "analysis.json").is_file()
