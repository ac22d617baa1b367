"""The dashboard in a real browser: the whole way from the first page to a deleted result, numbers held to analysis.json.

Skipped where there is no Chromium, unless GAIT_REQUIRE_BROWSER=1. GAIT_UPDATE_PICTURES=1 renews the README's picture.
"""

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from tests.builders import ROOT, SAMPLES
from tests.builders.browser import FLAGS, chromium_path, dashboard, turn_to
from tests.builders.results import analysis_json, result_folder

pytestmark = pytest.mark.browser

ANALYSIS_TIMEOUT_MS = 1_500_000
PICTURE = ROOT / "docs" / "dashboard.png"


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    path = chromium_path()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        context = driver.chromium.launch_persistent_context(
            str(tmp_path_factory.mktemp("profile")),
            executable_path=path,
            args=FLAGS,
            viewport={"width": 1280, "height": 800},
            accept_downloads=True,
        )
        yield context
        context.close()


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    return tmp_path_factory.mktemp("reports")


@pytest.fixture(scope="module")
def address(reports):
    """A running dashboard of its own."""
    with dashboard(reports) as url:
        yield url


@pytest.fixture
def page(chromium):
    page = chromium.new_page()
    page.set_viewport_size({"width": 1280, "height": 800})
    page.set_default_timeout(30_000)
    faults = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    outside = []
    page.on(
        "request", lambda r: outside.append(r.url) if not re.match(r"(https?://localhost|data:|blob:)", r.url) else None
    )
    yield page
    page.close()
    assert faults == []
    assert outside == [], "the dashboard must work without the internet"


def settle(page):
    """Wait until streamlit has finished running the page."""
    page.locator(".g-footer").wait_for()
    page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")


def check_numbers(page, doc):
    """Every number of the two foot cards and the rhythm is the file's."""
    for side in ("left", "right"):
        foot = doc["feet"][side]
        card = page.locator(f'.g-foot[data-side="{side}"]')
        assert card.locator(".g-label").get_attribute("data-label") == foot["label"]
        standing = doc["reference"]["zero"] == "standing"
        value = foot["peak_eversion_deg" if standing else "eversion_excursion_deg"]
        if value is None:
            continue
        assert card.locator(".g-scale b").inner_text() == f"{value['value']:.1f}°".replace("-", "−")
        assert f"about {abs(value['value']):.1f}°" in card.locator(".g-sentence").inner_text()
        assert f"{foot['n_strides']} steps" in card.locator(".g-basis").inner_text()
        for reason in foot["reasons"]:
            assert reason in card.inner_text()
    turn_to(page, "figures")
    assert page.locator('[data-value="cadence"]').inner_text() == f"{doc['cadence_spm']['value']:.0f}"
    for side in ("left", "right"):
        contact = doc["feet"][side]["contact_time_s"]
        if contact:
            shown = re.compile(rf"\b{contact['value'] * 1000:.0f}\b")
            page.locator(".st-key-times svg text", has_text=shown).first.wait_for()
    for shoe in doc["recommendation"]["shoes"]:
        assert shoe["name"] in page.locator("body").inner_text()


def check_fits(page):
    """Nothing sticks out sideways, no label is cut off. The word beside a foot's ring in a picture stands outside the ring on purpose."""
    assert page.evaluate("(e => e.scrollWidth - e.clientWidth)(document.querySelector('[data-testid=stMain]'))") <= 0
    cut = page.evaluate(
        """[...document.querySelectorAll('[class^=g-]')].filter(e => e.scrollWidth > e.clientWidth + 2
        && getComputedStyle(e).display !== 'inline' && e.clientWidth > 0 && !e.closest('.g-scale') && !e.matches('.g-mark')).map(e => e.className)"""
    )
    assert cut == []


@pytest.mark.parametrize("size", [(1280, 800), (1024, 768)])
def test_a_result_fits_the_screen_and_shows_the_files_numbers(page, address, reports, size):
    result_folder(reports / "drawn")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{address}/result?id=drawn")
    settle(page)
    check_numbers(page, analysis_json())
    check_fits(page)
    bottom = page.locator(".g-foot").first.bounding_box()
    assert bottom["y"] + bottom["height"] <= size[1], "both labels and pictures are seen without scrolling"


@pytest.mark.parametrize("width", [820, 320])
def test_a_narrow_screen_has_all_words_beside_each_other(page, address, reports, width):
    result_folder(reports / "drawn")
    page.set_viewport_size({"width": width, "height": 1000})
    page.goto(f"{address}/result?id=drawn")
    settle(page)
    check_fits(page)
    on_each_other = page.evaluate(
        """[...document.querySelectorAll('.g-scale')].flatMap(scale => {
            const range = (e) => { const r = document.createRange(); r.selectNodeContents(e); return r.getBoundingClientRect(); };
            const all = [...scale.querySelectorAll('q, u')].map(e => [e.textContent, range(e)]);
            return all.flatMap(([a, p], i) => all.slice(i + 1).filter(([, q]) =>
                p.left < q.right && q.left < p.right && p.top < q.bottom - 1 && q.top < p.bottom - 1).map(([b]) => a + b));
        })"""
    )
    assert on_each_other == []


def test_a_dark_screen_is_followed_and_the_tab_says_whose_result_it_shows(page, address, reports):
    result_folder(reports / "drawn")
    page.emulate_media(color_scheme="dark")
    page.goto(f"{address}/result?id=drawn")
    settle(page)
    colours = [
        page.locator(one).first.evaluate("e => getComputedStyle(e).backgroundColor") for one in (".stApp", ".g-foot")
    ]
    assert all(sum(int(c) for c in re.findall(r"\d+", colour)[:3]) < 150 for colour in colours), colours
    turn_to(page, "figures")
    words = page.locator(".st-key-curves .main-svg text, .st-key-times .main-svg text")
    words.first.wait_for()
    inks = [text.evaluate("e => getComputedStyle(e).fill") for text in words.all()]
    assert all(sum(int(c) for c in re.findall(r"\d+", ink)[:3]) > 400 for ink in inks), inks
    assert page.title() == "Example Runner · gait"


def skeleton(page, address, reports):
    """The skeleton's chart, scrolled to."""
    result_folder(reports / "drawn")
    page.goto(f"{address}/result?id=drawn")
    settle(page)
    chart = page.locator(".st-key-skeleton .js-plotly-plot")
    chart.scroll_into_view_if_needed()
    return chart


def test_skeleton_plays_and_turns(page, address, reports):
    chart = skeleton(page, address, reports)
    read = "e => e._fullLayout.scene._scene.getCamera().eye.x"
    before = chart.evaluate(read)
    page.locator(".st-key-skeleton").get_by_text("Play").click()
    page.wait_for_function(
        "x => Math.abs(document.querySelector('.st-key-skeleton .js-plotly-plot')._fullLayout.scene._scene"
        ".getCamera().eye.x - x) > 0.1",
        arg=before,
    )


def test_the_wheel_scrolls_the_page_over_the_skeleton_too(page, address, reports):
    """Plotly's 3D scenes swallow the wheel: whoever scrolled with the mouse in the middle of the page came no further."""
    skeleton(page, address, reports).hover()
    place = "() => document.querySelector('.st-key-skeleton').getBoundingClientRect().top"
    before = page.evaluate(place)
    page.mouse.wheel(0, -200)
    page.wait_for_function(f"before => ({place})() > before + 100", arg=before, timeout=10_000)


def test_dragging_a_line_changes_the_angle_shown(page, address, reports):
    result_folder(reports / "drawn")
    page.goto(f"{address}/result?id=drawn")
    settle(page)
    turn_to(page, "steps")
    right = page.locator(".st-key-steps-right")
    right.get_by_role("button", name=re.compile(r"[Ss]tep 1\b")).first.click()
    reading = page.locator(".reading")
    before = float(reading.inner_text().rstrip("°"))
    grip = page.locator("[data-grip=heel-1]").bounding_box()
    x, y = grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 20, y, steps=4)  # a right heel's top towards the left foot: more eversion
    page.mouse.up()
    assert float(reading.inner_text().rstrip("°")) > before + 2
    page.get_by_role("button", name="Close", exact=True).click()
    assert json.loads((reports / "drawn" / "analysis.json").read_text()) == analysis_json()


def test_a_text_file_named_mp4_is_refused_in_one_sentence(page, address, reports, tmp_path):
    fake = tmp_path / "clip.mp4"
    fake.write_text("this is no video")
    page.goto(address)
    settle(page)
    page.locator(".st-key-run input[type=file]").set_input_files(str(fake))
    page.get_by_text("clip.mp4 is no video that can be read").wait_for(timeout=120_000)
    assert page.get_by_role("button", name="Analyse the run").is_disabled()
    assert "Something went wrong" not in page.locator("body").inner_text()
    assert not list((reports / ".uploads").rglob("*.mp4"))


def test_a_clip_that_there_is_no_room_for_is_refused_in_our_own_words(page, address, reports):
    waits = reports / ".uploads" / "rec-of-another-visit"
    waits.mkdir(parents=True)
    try:
        with (waits / "run-1.mp4").open("wb") as much:
            much.truncate(25 << 30)  # takes nothing of the disk
        page.goto(address)
        settle(page)
        page.locator(".st-key-run input[type=file]").set_input_files(str(SAMPLES / "treadmill_rear.standing.mp4"))
        page.get_by_text("Too many clips wait on this computer").wait_for(timeout=120_000)
        settle(page)
        assert "Error" not in page.locator("body").inner_text()
        assert page.get_by_role("button", name="Analyse the run").is_disabled()
    finally:
        shutil.rmtree(waits)


def test_a_clip_is_looked_at_before_it_is_analysed(page, address, reports):
    page.goto(address)
    settle(page)
    page.locator(".st-key-run input[type=file]").set_input_files(str(SAMPLES / "treadmill_rear.mp4"))
    page.locator(".g-checks").wait_for(timeout=120_000)
    settle(page)
    assert page.locator(".g-check-ok").count() == 10
    assert page.locator(".g-person").count() == 1
    assert "Standing clip" in page.locator(".g-check-warn").inner_text()
    assert page.get_by_role("button", name="Analyse the run").is_enabled()
    for width in (820, 320, 1280):  # beside the form on a tablet its card is narrowest
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_timeout(300)
        check_fits(page)
    page.locator(".st-key-standing input[type=file]").set_input_files(str(SAMPLES / "treadmill_rear.standing.mp4"))
    page.get_by_text("A good clip").wait_for(timeout=120_000)
    # The standing clip in the place of the run: refused before minutes are spent.
    page.locator(".st-key-run input[type=file]").set_input_files(str(SAMPLES / "treadmill_rear.standing.mp4"))
    page.get_by_text("This clip cannot be judged").wait_for(timeout=120_000)
    page.locator(".st-key-form").get_by_text("stands still").wait_for(timeout=120_000)
    assert page.get_by_role("button", name="Analyse the run").is_disabled()


@pytest.mark.parametrize("typing", [False, True])
def test_after_an_upload_the_focus_is_on_what_was_seen_and_never_leaves_somebody_who_types(page, address, typing):
    page.goto(address)
    settle(page)
    page.locator(".st-key-run input[type=file]").set_input_files(str(SAMPLES / "treadmill_rear.standing.mp4"))
    if typing:
        name = page.get_by_label("Runner's name")
        name.focus()
    page.locator(".st-key-look .g-check").first.wait_for(timeout=120_000)
    settle(page)
    at = "document.activeElement"
    if typing:
        assert name.evaluate(f"e => e === {at}")
        return
    page.wait_for_function(f"{at}.matches('.st-key-look')")
    page.keyboard.press("Shift+Tab")  # and on from there, not from the top of the page
    assert page.evaluate(f"!!{at}.closest('.st-key-form')")


@pytest.mark.slow
def test_the_whole_way_on_the_sample_clip(page, address, reports, tmp_path):
    page.goto(address)
    settle(page)
    page.get_by_text("Example run", exact=True).click()
    page.get_by_label("Runner's name").fill(
        "Robin Example"
    )  # at once, while the page still changes: it must not be lost
    page.get_by_text("Try it with the example run.").wait_for()
    page.get_by_role("button", name="Analyse the run").click()
    page.locator(".g-counts b", has_text=re.compile(r"\d of [\d,]+ frames")).wait_for(timeout=120_000)
    name = re.search(r"job=([\w-]+)", page.url).group(1)
    page.goto("about:blank")  # a closed tab loses nothing
    page.goto(f"{address}/?job={name}")
    page.locator(".g-foot").first.wait_for(timeout=ANALYSIS_TIMEOUT_MS)
    settle(page)
    assert f"id={name}" in page.url
    folder = reports / name
    doc = json.loads((folder / "analysis.json").read_text(encoding="utf-8"))
    assert doc["runner"] == "Robin Example"
    check_numbers(page, doc)
    check_fits(page)
    page.locator(".g-foot figure img").nth(1).wait_for(
        timeout=120_000
    )  # drawn after the numbers stand, shown by itself
    page.locator(".st-key-steps-right .step").first.wait_for(state="attached", timeout=120_000)
    settle(page)
    check_fits(page)
    turn_to(page, "watch")
    save_picture(page, tmp_path)

    video = page.locator(".st-key-film video")
    video.wait_for(timeout=ANALYSIS_TIMEOUT_MS)  # it is drawn after the result stands
    video.scroll_into_view_if_needed()
    page.wait_for_function(
        "(v => v && v.readyState >= 2 && v.videoWidth > 0)(document.querySelector('.st-key-film video'))"
    )

    with page.expect_download() as download:
        page.get_by_role("button", name="Export PDF").click()
    pdf = tmp_path / "report.pdf"
    download.value.save_as(pdf)
    assert pdf.read_bytes()[:5] == b"%PDF-"

    walk_an_edit(page, folder, doc)

    page.goto(f"{address}/earlier")
    settle(page)
    row = page.locator(f".st-key-row-{name}")
    assert "Robin Example" in row.inner_text()
    row.get_by_role("button", name="Open").click()
    page.locator(".g-foot").first.wait_for()
    assert f"id={name}" in page.url
    page.goto(f"{address}/earlier")
    settle(page)
    page.locator(f".st-key-row-{name}").get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete now").click()
    page.locator(f".st-key-row-{name}").wait_for(state="detached")
    assert not folder.exists()


def walk_an_edit(page, folder: Path, before):
    """Leave the first counted left step out, see the result follow, take it back, see the first result again."""
    turn_to(page, "steps")
    counted = page.locator(".st-key-steps-left .step:not(.unused)").first
    counted.click()
    page.get_by_role("button", name="Leave this step out").click()
    page.get_by_text("1 step changed by hand.").wait_for(timeout=120_000)
    settle(page)
    page.locator(".sheet.busy").first.wait_for(state="detached")
    after = json.loads((folder / "analysis.json").read_text(encoding="utf-8"))
    assert after["feet"]["left"]["n_strides"] == before["feet"]["left"]["n_strides"] - 1
    check_same(after["feet"]["right"], before["feet"]["right"])
    assert [e["rejected"] for e in after["edits"]] == [True]
    check_numbers(page, after)
    turn_to(page, "steps")
    page.get_by_role("button", name="Undo all changes").click()
    page.get_by_text("1 step changed by hand.").wait_for(state="detached", timeout=120_000)
    settle(page)
    restored = json.loads((folder / "analysis.json").read_text(encoding="utf-8"))
    for side in ("left", "right"):
        check_same(restored["feet"][side], before["feet"][side])


def check_same(foot, other):
    """The same label from the same steps; figures to a thousandth, as the tables they are judged from are rounded."""
    for key in ("label", "n_strides", "reasons", "rearfoot_method"):
        assert foot[key] == other[key]
    for key, estimate in other.items():
        if isinstance(estimate, dict) and "ci95" in estimate:
            assert foot[key]["value"] == pytest.approx(estimate["value"], abs=1e-3)
            assert foot[key]["ci95"] == pytest.approx(estimate["ci95"], abs=1e-3)


def save_picture(page, tmp_path):
    """The README's picture: the top of the result."""
    page.mouse.move(640, 790)
    page.wait_for_timeout(1000)
    taken = tmp_path / "dashboard.png"
    page.screenshot(path=str(taken))
    assert taken.stat().st_size > 20_000
    if os.environ.get("GAIT_UPDATE_PICTURES") == "1" or not PICTURE.exists():
        PICTURE.parent.mkdir(exist_ok=True)
        shutil.copyfile(taken, PICTURE)
