"""The film beside its curves in a real browser: each moves the other, and a frame step is one frame of an uneven film."""

import re

import numpy as np
import pytest
from playwright.sync_api import sync_playwright

from gait.landmarks import Landmark
from tests.builders.browser import FLAGS, chromium_path, dashboard
from tests.builders.results import analysis_json, example_result, result_folder
from tests.builders.watched import READ_BITS, numbered_film, uneven_s

pytestmark = pytest.mark.browser

TIMES_S = uneven_s(160)
LEFT, RIGHT = example_result().judged.events.values()


def _trajectories(folder):
    """The frames' times; nothing of the runner."""
    shape = (len(TIMES_S), len(Landmark))
    arrays = {"points_px": np.zeros((*shape, 2), np.float32), "filled": np.zeros(shape, bool), "cutoff_hz": 8.0}
    np.savez(folder / "trajectories.npz", times_s=TIMES_S, **arrays)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    reports = tmp_path_factory.mktemp("reports")
    folder = result_folder(reports / "drawn")
    numbered_film(folder / "overlay.mp4", TIMES_S)
    _trajectories(folder)
    with dashboard(reports) as url:
        yield url


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """A dashboard with two runs and their films; in the second each step comes a second later and takes a fifth longer."""
    reports = tmp_path_factory.mktemp("two")
    for name, last, stretch in (("a", 0.0, 1.0), ("b", 1.0, 1.2)):
        document = analysis_json()
        document["clip"]["sha256"] = name * 64
        for side in ("left", "right"):
            for key in ("foot_strike_s", "toe_off_s"):
                document["events"][side][key] = [round(last + stretch * t, 4) for t in document["events"][side][key]]
        folder = result_folder(reports / name, document)
        numbered_film(folder / "overlay.mp4", TIMES_S)
        _trajectories(folder)
    with dashboard(reports) as url:
        yield url


def test_the_film_of_two_moves_the_cursor_on_the_curves_of_both(two):
    with sync_playwright() as browsers:
        started = browsers.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        page = started.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(60_000)
        page.goto(f"{two}/compare?a=a&b=b")
        page.locator(".st-key-compare-film button").click()
        page.locator(".st-key-tilts .field").first.wait_for()
        page.locator(".st-key-film .bar button").first.wait_for()
        page.wait_for_function("document.querySelector('.st-key-film video').dataset.begun")
        begins_s = LEFT.foot_strike_s[0] - 0.15
        go_to(page, of_step(LEFT, 1, 0.5) - begins_s)
        field = page.locator(".field[data-side=left]")
        for _ in range(100):
            if field.get_attribute("data-pct") and not film(page).evaluate("v => v.seeking"):
                break
            page.wait_for_timeout(50)
        assert float(field.get_attribute("data-pct")) == pytest.approx(50, abs=100 / 6), (
            "the frame shown began that long before at most"
        )
        assert field.locator(".dot:visible").count() == 2
        said = page.locator("figure", has=field).locator("figcaption").inner_text()
        assert re.search(r"A [\d.]+° · B [\d.]+°", said)
        before = film(page).evaluate("v => v.currentTime")
        film(page).focus()
        page.keyboard.press(".")
        page.wait_for_function(
            "before => document.querySelector('.st-key-film video').currentTime > before", arg=before
        )
        gap_s = film(page).evaluate("v => v.currentTime") - before
        assert 0.25 / 60 < gap_s < 2 / 30 + 0.001
        started.close()


@pytest.fixture
def page(address):
    with sync_playwright() as browsers:
        started = browsers.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        page = started.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(60_000)
        faults = []
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.goto(f"{address}/result?id=drawn")
        page.locator(".st-key-tilts .field").first.wait_for()
        page.locator(".st-key-film .bar button").first.wait_for()
        page.wait_for_function("document.querySelector('.st-key-film video').dataset.begun")
        yield page
        started.close()
    assert faults == []


def film(page):
    return page.locator(".st-key-film video")


def shows(page, number):
    """Wait until the film shows that frame, by its pixels."""
    page.wait_for_function(
        f"number => {{ const v = document.querySelector('.st-key-film video'); return !v.seeking && ({READ_BITS})(v) === number; }}",
        arg=number,
    )


def go_to(page, time_s):
    film(page).evaluate("(v, time_s) => { v.pause(); v.currentTime = time_s; }", time_s)


def of_step(events, k, share):
    strike, off = events.foot_strike_s[k], events.toe_off_s[k]
    return strike + share * (off - strike)


def test_a_frame_step_is_one_frame_of_the_film_whatever_its_rate(page):
    go_to(page, (TIMES_S[40] + TIMES_S[41]) / 2)
    shows(page, 40)
    film(page).focus()
    for key, number in ((".", 41), (".", 42), ("ArrowRight", 43), (".", 44), (",", 43), ("ArrowLeft", 42), (",", 41)):
        page.keyboard.press(key)
        shows(page, number)
    page.locator(".st-key-film .bar").get_by_role("button", name="One frame on").click()
    shows(page, 42)


def test_the_cursor_follows_the_film(page):
    for events, side, other in ((LEFT, "left", "right"), (RIGHT, "right", "left")):
        for share in (0.2, 0.6):
            k = int(np.abs(TIMES_S - of_step(events, 1, share)).argmin())
            go_to(page, TIMES_S[k] + 0.004)
            shows(page, k)
            whole = events.toe_off_s[1] - events.foot_strike_s[1]
            expected = 100 * (TIMES_S[k] - events.foot_strike_s[1]) / whole
            field = page.locator(f".field[data-side={side}]")
            assert float(field.get_attribute("data-pct")) == pytest.approx(expected, abs=0.02)
            assert page.locator(f".field[data-side={other}]").get_attribute("data-pct") is None, (
                "that foot is in the air"
            )
            assert "Step 2" in page.locator("figure", has=field).locator("figcaption").inner_text()
            cursor = field.locator(".cursor")
            box, at = field.locator("svg").bounding_box(), cursor.bounding_box()
            inside = (at["x"] + at["width"] / 2 - box["x"] - 36) / (box["width"] - 46)
            assert 100 * inside == pytest.approx(expected, abs=1.0)


def test_a_curve_that_is_clicked_moves_the_film(page):
    go_to(page, of_step(RIGHT, 1, 0.1))
    for side, events, share in (("right", RIGHT, 0.5), ("right", RIGHT, 0.9), ("left", LEFT, 0.3)):
        field = page.locator(f".field[data-side={side}]")
        said = page.locator("figure", has=field).locator("figcaption").inner_text()
        k = 1 if "Step 2" in said else 2
        field.scroll_into_view_if_needed()
        box = field.locator("svg").bounding_box()
        page.mouse.click(box["x"] + 36 + share * (box["width"] - 46), box["y"] + 80)
        wanted = int(np.abs(TIMES_S - of_step(events, k, share)).argmin())
        at_rest = film(page).evaluate_handle("v => v")
        page.wait_for_function(
            f"([v, wanted]) => !v.seeking && Math.abs(({READ_BITS})(v) - wanted) <= 1",  # a pixel is less than a frame
            arg=[at_rest, wanted],
        )
        shown = film(page).evaluate(READ_BITS)
        time_s = film(page).evaluate("v => v.currentTime")
        assert TIMES_S[shown] <= time_s < TIMES_S[shown + 1]
        assert film(page).evaluate("v => v.paused")


def test_both_feet_stand_still_at_the_same_share_of_ground_contact(page):
    go_to(page, of_step(LEFT, 1, 0.5))
    k = int(np.searchsorted(TIMES_S, of_step(LEFT, 1, 0.5), side="right")) - 1
    shows(page, k)
    page.wait_for_function("k => document.querySelector('.st-key-tilts [data-testid]') && true", arg=k)
    share = (TIMES_S[k] - LEFT.foot_strike_s[1]) / (LEFT.toe_off_s[1] - LEFT.foot_strike_s[1])
    stills = page.locator(".pair video")
    stills.nth(1).wait_for()
    for place, events in ((0, LEFT), (1, RIGHT)):
        nearest = {int(np.abs(TIMES_S - of_step(events, step, share)).argmin()) for step in range(3)}
        for _ in range(100):
            seen = stills.nth(place).evaluate(READ_BITS)
            if seen in nearest and seen == int(stills.nth(place).get_attribute("data-frame")):
                break
            page.wait_for_timeout(100)
        assert seen in nearest


def test_a_step_is_looped_and_slowed(page):
    bar = page.locator(".st-key-film .bar")
    bar.get_by_label("Speed of the video").select_option("0.125")
    assert film(page).evaluate("v => v.playbackRate") == 0.125
    bar.get_by_label("Speed of the video").select_option("1")
    go_to(page, of_step(LEFT, 1, 0.4))
    film(page).focus()
    page.keyboard.press("l")
    assert bar.get_by_role("button", name="Loop this step").get_attribute("aria-pressed") == "true"
    times = film(page).evaluate(
        """v => new Promise(done => { const seen = []; let last = v.currentTime, turns = 0;
        const look = () => { seen.push(v.currentTime); turns += v.currentTime < last; last = v.currentTime;
          if (turns < 2) requestAnimationFrame(look); else done(seen); }; look(); })"""
    )
    assert min(times) >= LEFT.foot_strike_s[1] - 0.001
    assert max(times) < LEFT.toe_off_s[1] + 0.2, "played on no further than a moment"
    page.keyboard.press("l")
    assert bar.get_by_role("button", name="Loop this step").get_attribute("aria-pressed") == "false"
