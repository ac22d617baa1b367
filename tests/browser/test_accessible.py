"""What axe-core finds on every page, at three widths, light and dark.

axe-core (MPL-2.0) is not part of the project: `npm pack axe-core`, unpack it, and name its axe.min.js in GAIT_AXE. Without it
these tests are skipped.
"""

import os
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.builders.browser import FLAGS, chromium_path, dashboard
from tests.builders.results import result_folder

AXE = os.environ.get("GAIT_AXE", "")
PAGES = ("/", "/record", "/result?id=r0", "/earlier")
FOUND = """axe.run().then(found => found.violations.map(v => `${v.id}: ${v.nodes.map(n => n.html.slice(0, 160)).join(" | ")}`))"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    reports = tmp_path_factory.mktemp("reports")
    for k in range(8):
        result_folder(reports / f"r{k}")
    with dashboard(reports) as url:
        yield url


@pytest.mark.skipif(not AXE, reason="GAIT_AXE names no axe.min.js")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1920, 820, 320])
def test_axe_finds_nothing(address, width, scheme):
    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        page = browser.new_page(viewport={"width": width, "height": 1000}, color_scheme=scheme)
        found = {}
        for path in PAGES:
            page.goto(address + path)
            page.locator(".g-footer").wait_for()
            page.locator("[role=main]").wait_for()
            page.wait_for_timeout(1500)
            page.evaluate(Path(AXE).read_text(encoding="utf-8"))
            if wrong := page.evaluate(FOUND):
                found[path] = wrong
        browser.close()
    assert found == {}
