"""The PDF read back: two pages, real text, the right words, no NaN, for every kind of result."""

import copy
import ctypes
import json
import re
from dataclasses import replace

import numpy as np
import pypdfium2
import pytest
from fontTools.ttLib import TTFont

from gait.drawing.fonts import folders
from gait.errors import GaitError
from gait.landmarks import Side
from gait.model import Meaning
from gait.report import language_of, report_pdf, words, write_report
from gait.report.charts import _from_strike
from gait.report.content import content
from gait.results.folder import ResultFolder
from gait.results.result import EditRecord, StepEdit
from gait.services.publish import report_in
from gait.words import phrase, speaking
from tests.builders.forbidden import FORBIDDEN
from tests.builders.results import analysis_json, estimate, example_foot, example_result, result_folder

CJK = "山田太郎"


def pages(pdf):
    with pypdfium2.PdfDocument(pdf) as document:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in document]


def report_of(tmp_path, analysis=None, drop=()):
    folder = result_folder(tmp_path / "r", analysis)
    for name in drop:
        (folder / name).unlink()
    return pages(write_report(folder))


@pytest.fixture
def doc():
    return copy.deepcopy(analysis_json())


def unmeasured(doc, side, *reasons):
    foot = doc["feet"][side]
    for key in ("touchdown_deg", "peak_eversion_deg", "eversion_excursion_deg", "time_to_peak_pct"):
        foot[key] = None
    foot |= {"label": "undetermined", "probability": None, "reasons": list(reasons)}


def test_two_pages_with_the_words_and_numbers_of_the_result(tmp_path):
    first, second = report_of(tmp_path)
    for said in (
        "Example Runner",
        "January 2026",
        "9.7 km/h",
        "compared with how you stand",
        "From behind, your heel tilted in by about 10.1° (likely 8.9–11.3°) from how you stand.",
        "From behind, your heel tilted in by about 17.0° (likely 15.8–18.2°) from how you stand.",
        "Neutral",
        "Over-pronating",
        "Example Guide 3",
        "Example Daily 5",
        phrase("shoes_note"),
        phrase("device"),
    ):
        assert said in first, said
    for said in (
        "10.1° (8.9–11.3)",
        "17.0° (15.8–18.2)",
        "259 ms (253–265)",
        "167.4 (167.1–167.7)",
        "−4.0° (−5.1 to −2.9)",
        "RBDS, 52 feet",
        "under below 7.9°, over above 13.4°",
        "standing clip",
        "sha256 000000000000",
    ):
        assert said in second, said


def check(texts, n=2):
    assert len(texts) == n
    assert not re.search(r"\b[nN]a[nN]\b|None|null", " ".join(texts))
    assert not FORBIDDEN["en"].search(" ".join(texts))


def test_undetermined_feet_say_so_with_reasons(tmp_path, doc):
    unmeasured(doc, "left", "Only 4 clean steps; 7 are needed.")
    doc["feet"]["right"] |= {"label": "undetermined", "reasons": ["The likely range crosses a limit."]}
    texts = report_of(tmp_path, doc, drop=["peak_left.png"])
    check(texts)
    assert texts[0].count("Cannot tell") == 2
    assert "Only 4 clean steps" in texts[0]
    assert "could not be seen well enough" in texts[0]
    assert "No picture of this heel" in texts[0]


def test_without_a_standing_clip_no_tilt_from_standing_is_claimed(tmp_path, doc):
    doc["reference"]["zero"] = "none"
    doc["reference"]["speed_kmh"] = None
    for foot in doc["feet"].values():
        foot["peak_eversion_deg"] = None
    texts = report_of(tmp_path, doc)
    check(texts)
    assert "from how you stand" not in texts[0]
    assert "no standing clip to compare with" in texts[0]
    assert "speed not given" in texts[0]
    assert "rolled in by about 14.1° after landing" in texts[0]


def test_a_refused_clip_gets_one_page_with_what_to_do(tmp_path, doc):
    doc = {k: doc[k] for k in ("schema", "created", "runner", "clip", "versions")} | {
        "status": "refused",
        "findings": [
            {"code": "x", "severity": "refuse", "value": 1, "limit": 2, "message": "The feet are cut off.", "advice": "Step back."}
        ],
    }  # fmt: skip
    folder = tmp_path / "r"
    folder.mkdir()
    (folder / "analysis.json").write_text(json.dumps(doc))
    texts = pages(write_report(folder))
    check(texts, 1)
    assert "could not be judged" in texts[0]
    assert "The feet are cut off. Step back." in texts[0]


@pytest.mark.parametrize(
    "name",
    [
        "Ελένη Παπαδοπούλου",
        "Małgorzata Żółć",
        "Юлия Ёлкина",
        CJK,
        "#let x = [*a*] $1/0$ @b \\ <c>",
        "Wolfeschlegelsteinhausenbergerdorff " * 9,
        "",
    ],
)
def test_names(tmp_path, doc, name):
    doc["runner"] = name
    texts = report_of(tmp_path, doc)
    check(texts)
    assert "THE FIGURES BEHIND IT" in texts[1]
    if 0 < len(name) < 40:
        assert " ".join(name.split()) in texts[0]


def drawn_with(pdf):
    """Each letter of the first page with the names of the fonts that draw it."""
    found, name = {}, ctypes.create_string_buffer(200)
    with pypdfium2.PdfDocument(pdf) as document:
        text = document[0].get_textpage()
        for k in range(text.count_chars()):
            if pypdfium2.raw.FPDFText_GetFontInfo(text.raw, k, name, len(name), ctypes.c_int()) > 1:
                letter = chr(pypdfium2.raw.FPDFText_GetUnicode(text.raw, k))
                found.setdefault(letter, set()).add(name.value.decode().partition("+")[2])
    return found


@pytest.mark.parametrize(
    ("name", "font"),
    [
        (CJK, "NotoSansCJKsc"),
        ("陳怡君", "NotoSansCJKsc"),
        ("김민수", "NotoSansCJKsc"),
        ("محمد", "NotoSansArabic"),
        ("דוד כהן", "NotoSansHebrew"),
        ("สมชาย", "NotoSansThai"),
        ("अमन", "NotoSansDevanagari"),
        ("តារា", "NotoSansKhmer"),
        ("ვახტანგ", "NotoSansGeorgian"),
        ("🎉", "NotoEmoji"),
        ("Ωμέγα", "Inter"),
    ],
)
def test_a_name_is_drawn_in_a_font_that_has_its_letters(tmp_path, doc, name, font):
    """Where a font lacks a letter, what stands there can still be read out of the PDF, but it is drawn as a black bar."""
    doc["runner"] = name
    drawn = drawn_with(write_report(result_folder(tmp_path / "r", doc)))
    ours = next(
        path for folder in folders() for path in folder.iterdir() if path.name.startswith(font.removesuffix("sc"))
    )
    has = TTFont(str(ours), fontNumber=0, lazy=True).getBestCmap()
    for letter in set(name) - {" "}:
        assert ord(letter) in has
        assert ord(letter) > 0xFFFF or any(used.startswith(font) for used in drawn[letter]), (letter, drawn.get(letter))
    assert all(used.startswith(("Inter", font)) for fonts in drawn.values() for used in fonts)


def test_every_font_that_comes_along_is_asked(tmp_path, doc):
    """One letter of each script, so that no family's name is misspelt in the template."""
    letters = "عԲবअአგગਗהಕខລമမଓසதతดWæ山☥🎉"
    doc["runner"] = letters
    used = {
        font.partition("-")[0]
        for fonts in drawn_with(write_report(result_folder(tmp_path / "r", doc))).values()
        for font in fonts
    }
    shipped = {
        p.name
        for folder in folders()
        for p in folder.iterdir()
        if p.suffix in (".ttf", ".ttc", ".otf") and "Italic" not in p.name
    }
    lacking = {re.split(r"[-\[]", name)[0] for name in shipped} - {name.removesuffix("sc") for name in used}
    assert lacking <= {"NotoSans"}, "Inter has all the letters of the plain Noto Sans that are easily typed"


def test_an_emoji_of_several_parts_is_one_picture(tmp_path, doc):
    doc["runner"] = "Zoë 🏃\u200d♀\ufe0f"
    drawn = drawn_with(write_report(result_folder(tmp_path / "r", doc)))
    assert drawn["♀"] == {"NotoEmoji-Regular"}


def test_letters_that_no_font_has_are_a_question_mark(tmp_path, doc):
    doc["runner"] = "ᚠᚢ Diallo"
    text, _ = report_of(tmp_path, doc)
    assert "? Diallo" in text
    assert "ᚠ" not in text


def test_a_long_name_is_cut_visibly_between_two_letters():
    assert words.runner("n" * 60) == "n" * 60
    assert words.runner("n" * 61) == "n" * 59 + "…"
    assert words.runner("n" * 58 + "e\u0301" + "nn") == "n" * 58 + "…"
    assert words.runner("n" * 58 + "🏃\u200d♀\ufe0f" + "n") == "n" * 58 + "…"
    assert words.runner("two\nlines\tand \u202e bell\a") == "two lines and bell"


@pytest.mark.parametrize("n", range(4))
def test_any_number_of_shoes(tmp_path, doc, n):
    doc["recommendation"]["shoes"] = doc["recommendation"]["shoes"][:n]
    doc["recommendation"] |= {"shelf": "example", "remarks": ["Only a few."], "size": 42.5}
    texts = report_of(tmp_path, doc)
    check(texts)
    assert phrase("example_shelf") in texts[0]
    assert ("Example Guide 3" in texts[0]) == (n > 0)


def test_much_of_everything_still_fits_on_two_pages(tmp_path, doc):
    long = "A finding with rather more words than anybody would like to read on a page. " * 4
    doc["findings"] = [
        {"code": "x", "severity": "warn", "value": 1, "limit": 2, "message": long, "advice": long} for _ in range(20)
    ]
    for shoe in doc["recommendation"]["shoes"]:
        shoe |= {
            "name": "Long Brand Name With A Long Model Name 2000 GTX Wide Edition",
            "why": [long] * 4,
            "why_not": [long] * 4,
        }
    doc["recommendation"] |= {"remarks": [long] * 4, "evidence": long[:300], "shelf": "example"}
    for side in ("left", "right"):
        doc["feet"][side] |= {"label": "undetermined", "reasons": [long] * 5}
    doc["reference"]["source"] = long
    check(report_of(tmp_path, doc))


def test_missing_tables_and_sections(tmp_path, doc):
    doc["recommendation"] = {"shoes": []}
    doc["cadence_spm"] = None
    texts = report_of(
        tmp_path, doc, drop=["curves.csv", "rearfoot.csv", "strides.csv", "peak_left.png", "peak_right.png"]
    )
    check(texts)
    assert "not measured" in texts[1]


def test_a_heel_that_tilts_out_is_said_in_words_without_a_minus():
    foot = replace(example_foot(Side.LEFT, "neutral", {}), peak_eversion_deg=estimate(-2.0, 1.0))
    assert "tilted out by about 2.0° (likely 1.0–3.0°)" in words.sentence(foot, "standing")
    foot = replace(foot, peak_eversion_deg=estimate(1.0, 2.0))
    assert "tilted in by about 1.0° (likely −1.0 to 3.0°)" in words.sentence(foot, "standing")


def test_only_clean_steps_and_usable_frames_are_drawn(tmp_path):
    charts = content(ResultFolder(result_folder(tmp_path / "r")))["charts"]
    # 26 steps, step 3 is left out in the mock.
    assert [len(c["steps"]) for c in charts] == [25, 25]


def test_same_folder_same_bytes(tmp_path):
    folder = result_folder(tmp_path / "r")
    first = write_report(folder).read_bytes()
    assert write_report(folder).read_bytes() == first
    assert not list(folder.glob(".*"))


@pytest.mark.parametrize(
    ("language", "label", "peak"), [("en", "Over-pronating", "17.0°"), ("de", "Überpronation", "17,0°")]
)
def test_the_report_speaks_the_language_that_is_spoken(tmp_path, language, label, peak):
    folder = result_folder(tmp_path / "r")
    with speaking(language):
        pdf = report_pdf(ResultFolder(folder))
    assert language_of(pdf) == language
    (tmp_path / "r.pdf").write_bytes(pdf)
    first, second = pages(tmp_path / "r.pdf")
    assert label in first
    assert peak in first
    assert peak.removesuffix("°") in second
    assert not FORBIDDEN[language].search(first + second)


def test_a_kept_report_in_another_language_is_set_anew_for_whoever_takes_it(tmp_path):
    folder = result_folder(tmp_path / "r")
    kept = write_report(folder).read_bytes()
    assert report_in(folder, "en") == kept
    assert language_of(report_in(folder, "de")) == "de"
    assert (folder / "report.pdf").read_bytes() == kept
    (folder / "analysis.json").unlink()
    assert report_in(folder, "de") == kept, "better in another language than none"


def test_no_result_is_an_error_for_people(tmp_path):
    with pytest.raises(GaitError, match="no readable result"):
        write_report(tmp_path)


def test_changes_by_hand_and_the_3d_estimate_are_on_the_second_page(tmp_path):
    result = example_result()
    moved = StepEdit(Side.LEFT, 7, heel_px=(0.0, 1.0, 2.0, 3.0))
    edits = [StepEdit(Side.LEFT, 1, rejected=True), StepEdit(Side.RIGHT, 2, rejected=True), moved]
    meaning = {Side.LEFT: Meaning(estimate(8.9, 2.9), 3.0)}
    judged = replace(result.judged, edits=tuple(EditRecord(e, 0.0) for e in edits), meaning_3d=meaning)
    first, second = report_of(tmp_path, replace(result, judged=judged))
    assert "2 steps left out, lines of 1 step moved" in second
    assert "8.9° (6.0–11.8)" in second
    assert "Three shoes to try first" in first


def test_a_steps_line_begins_at_foot_strike():
    assert _from_strike(np.array([-6.0, 2.0, 10.0]), np.array([-8.0, 0.0, 3.0])) == [
        [0.0, -2.0],
        [2.0, 0.0],
        [10.0, 3.0],
    ]
    assert _from_strike(np.array([1.0, 8.0]), np.array([0.0, 3.0])) == [[1.0, 0.0], [8.0, 3.0]]
