"""The manager's page: the page to print is saved, a photo of it is read, and every camera stands with its latest reading."""

import cv2
import pytest

from gait.ui.engine import engine
from gait.words import phrase
from tests.builders import ruler_page
from tests.integration.pages.show import page, text


@pytest.fixture
def photo():
    return cv2.imencode(".png", ruler_page.picture(ruler_page.place(1.0))[..., ::-1])[1].tobytes()


def test_a_photo_is_read_kept_and_listed(reports, photo):
    app = page("calibrate")
    assert phrase("page-calibrate_none") in text(app)
    app.text_input(key="ruler-camera").set_value("Counter <b>3</b>")
    app.number_input(key="ruler-mm").set_value(96.0)
    app.file_uploader(key="ruler-clip").upload("page.png", photo, "image/png").run()
    app.button(key="ruler-go").click().run()
    said = text(app)
    assert "Scale: a pixel is 0.96 mm" in said
    assert "The page was printed at 96%" in said.replace("\N{NO-BREAK SPACE}", "")
    (kept,) = engine().calibrations.every()
    assert kept.latest.camera == "Counter <b>3</b>"
    again = page("calibrate")
    assert phrase("page-calibrate_none") not in text(again)
    assert "Counter <b>3</b>" in text(again)


def test_what_is_no_page_is_refused_in_a_sentence(reports):
    app = page("calibrate")
    blank = cv2.imencode(".png", ruler_page.picture(ruler_page.place(), page=ruler_page.flat() * 0 + 128))[1].tobytes()
    app.file_uploader(key="ruler-clip").upload("wall.png", blank, "image/png").run()
    app.button(key="ruler-go").click().run()
    assert "No calibration page is seen" in text(app)
    assert engine().calibrations.every() == []
