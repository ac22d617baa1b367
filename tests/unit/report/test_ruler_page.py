"""The calibration page as the PDF shows it: true to scale on both papers, in both languages."""

import cv2
import numpy as np
import pypdfium2
import pytest

from gait import ruler, words
from gait.report import language_of, ruler_pdf

DOTS_PER_MM = 4.0


def first_page(pdf: bytes):
    """(rows, columns) grey levels, `DOTS_PER_MM`."""
    page = pypdfium2.PdfDocument(pdf)[0]
    return cv2.cvtColor(page.render(scale=DOTS_PER_MM * 25.4 / 72).to_numpy(), cv2.COLOR_BGR2GRAY)


@pytest.mark.parametrize("paper", ruler.PAPERS_MM)
def test_marks_and_heels_are_where_the_measures_say(paper):
    picture = first_page(ruler_pdf(paper))
    width, height = ruler.PAPERS_MM[paper]
    assert picture.shape == pytest.approx((height * DOTS_PER_MM, width * DOTS_PER_MM), abs=1)
    corner = (np.array([width, height]) - ruler.SIZE_MM) / 2
    found = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(ruler.DICTIONARY)).detectMarkers(picture)
    seen = dict(zip(found[1].ravel().tolist(), (c[0] for c in found[0]), strict=True))
    assert sorted(seen) == list(range(len(ruler.MARKS_MM)))
    for number, corners in seen.items():
        assert corners / DOTS_PER_MM == pytest.approx(ruler.mark_corners(number) + corner, abs=0.4)
    for number in range(len(ruler.WEDGES_DEG)):
        leg = ruler.printed_leg(number)
        dark, light = np.mean([leg.heel_mm[0], leg.strip_mm[0]], axis=0), leg.strip_mm.mean(axis=0)
        inside = 0.9 * dark + 0.1 * light
        levels = [picture[tuple(np.round((p + corner) * DOTS_PER_MM).astype(int)[::-1])] for p in (inside, light)]
        assert levels[0] < 60
        assert levels[1] > 240


def test_it_is_as_long_as_its_ruler_says():
    """The line of the ruler, in dots of the picture."""
    picture = first_page(ruler_pdf("a4"))
    corner = (np.array(ruler.PAPERS_MM["a4"]) - ruler.SIZE_MM) / 2
    row = round((ruler.RULER_AT_MM[1] + corner[1]) * DOTS_PER_MM)
    dark = np.flatnonzero((picture[row - 1 : row + 2] < 128).any(axis=0))
    assert np.ptp(dark) / DOTS_PER_MM == pytest.approx(ruler.RULER_MM, abs=0.6)


def test_the_second_page_says_how_in_the_readers_language():
    for language in ("en", "de"):
        with words.speaking(language):
            pdf = ruler_pdf("a4")
            told = pypdfium2.PdfDocument(pdf)[1].get_textpage().get_text_range()
            assert words.phrase("pdf-ruler_how") in told
        assert language_of(pdf) == language


def test_the_same_page_is_the_same_file():
    assert ruler_pdf("a4") == ruler_pdf("a4")
