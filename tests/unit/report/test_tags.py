"""Every PDF is tagged so that it can be read without seeing it.

The typesetter holds each PDF to PDF/UA-1 and raises where it cannot. Here the file is looked at again, by other libraries: what
pdfua finds (16 of the standard's 106 rules), and by pikepdf the tags themselves. Neither stands for veraPDF, which needs Java.
"""

import io
import json
from itertools import pairwise

import cv2
import numpy as np
import pdfua
import pikepdf
import pypdfium2
import pytest

from gait.cli.main import main
from gait.comparison.compare import compare
from gait.comparison.shown import amount, name_of
from gait.errors import GaitError
from gait.landmarks import Side
from gait.report import comparison_pdf, report_pdf
from gait.report.brand import COLOUR, Brand, contrast_on_white, read_brand
from gait.results.folder import ResultFolder
from gait.services.brand import store_brand
from gait.words import phrase
from tests.builders.results import analysis_json, result_folder

MOST_BYTES = 1_000_000
MARKUP = '"] #let x = 1 <b>*_`$ & Söhne'


@pytest.fixture
def folder(tmp_path):
    return ResultFolder(result_folder(tmp_path / "r"))


@pytest.fixture
def logo(tmp_path):
    picture = np.full((300, 1800, 4), 255, np.uint8)
    picture[100:200, 100:1700] = (120, 30, 160, 255)
    cv2.imwrite(str(tmp_path / "logo.png"), picture)
    return tmp_path / "logo.png"


def refused(tmp_path):
    whole = analysis_json()
    document = {k: whole[k] for k in ("schema", "created", "runner", "clip", "versions")} | {
        "status": "refused",
        "findings": [
            {"code": "x", "severity": "refuse", "value": 1, "limit": 2, "message": "Too dark.", "advice": "Light."}
        ],
    }
    (tmp_path / "refused").mkdir()
    (tmp_path / "refused" / "analysis.json").write_text(json.dumps(document))
    return ResultFolder(tmp_path / "refused")


def every_pdf(tmp_path, brand):
    """By name: the report, one without any measured foot, that of a refused clip, and the page on two runs."""
    whole = ResultFolder(result_folder(tmp_path / "whole"))
    document = analysis_json()
    document["runner"] = MARKUP
    document["shoe_worn"] = MARKUP
    for foot in document["feet"].values():
        for key in ("touchdown_deg", "peak_eversion_deg", "eversion_excursion_deg", "time_to_peak_pct"):
            foot[key] = None
        foot |= {"label": "undetermined", "probability": None}
    bare = ResultFolder(result_folder(tmp_path / "bare", document))
    for name in ("peak_left.png", "peak_right.png", "curves.csv", "rearfoot.csv"):
        (bare.path / name).unlink()
    pair = (bare, whole)
    return {
        "report": report_pdf(whole, brand),
        "bare": report_pdf(bare, brand),
        "refused": report_pdf(refused(tmp_path), brand),
        "comparison": comparison_pdf(compare(*pair), pair, brand),
    }


def tags(element):
    """(tag, element) of a structure element and all below it, in reading order."""
    if isinstance(element, pikepdf.Dictionary) and "/S" in element:
        yield str(element.S), element
    children = element.get("/K", []) if isinstance(element, pikepdf.Dictionary) else []
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        if isinstance(child, pikepdf.Dictionary):
            yield from tags(child)


def marked(page):
    """Whether every letter and every line of a page is in a tag or said to be an ornament."""
    depth = 0
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        depth += (name in ("BDC", "BMC")) - (name == "EMC")
        if name in ("Tj", "TJ", "'", '"', "f", "f*", "S", "s", "B", "b", "Do", "sh") and depth == 0:
            return False
        assert operands is not None
    return depth == 0


def test_every_pdf_is_tagged_and_light(tmp_path, logo):
    brand = read_brand(f"Laufladen {MARKUP}", logo, "#7a1fa2")
    for name, made in every_pdf(tmp_path, brand).items():
        assert len(made) <= MOST_BYTES, name
        with pikepdf.open(io.BytesIO(made)) as pdf:
            assert bool(pdf.Root.MarkInfo.Marked), name
            assert str(pdf.Root.Lang) == "en", name
            assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle), name
            with pdf.open_metadata() as about:
                assert about["pdfuaid:part"] == "1", name
                assert about["dc:title"], name
            for page in pdf.pages:
                assert marked(page), name
                assert str(page.get("/Tabs", "/S")) == "/S", name
            found = list(tags(pdf.Root.StructTreeRoot))
            # A tag of another name stands for one of the standard's.
            roles = {str(k): str(v) for k, v in pdf.Root.StructTreeRoot.get("/RoleMap", {}).items()}
            kinds = [roles.get(tag, tag) for tag, _ in found]
            headings = [int(kind[2:]) for kind in kinds if kind[:2] == "/H" and kind[2:].isdigit()]
            assert headings[0] == 1, name
            assert all(b <= a + 1 for a, b in pairwise(headings)), name
            figures = [e for kind, (_, e) in zip(kinds, found, strict=True) if kind == "/Figure"]
            assert all(str(e.get("/Alt", "")).strip() for e in figures), name
            assert len(figures) >= {"report": 7, "bare": 3, "refused": 1, "comparison": 3}[name], name
            if name != "refused":
                heads = [e for kind, (_, e) in zip(kinds, found, strict=True) if kind == "/TH"]
                assert len(heads) == (5 if name == "comparison" else 3), name
                assert "/TD" in kinds
                assert "/Table" in kinds
        told = tmp_path / f"{name}.pdf"
        told.write_bytes(made)
        assert not pdfua.validate(told).findings, name


def read(made):
    with pypdfium2.PdfDocument(made) as document:
        return " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())


def test_the_page_on_two_runs_says_what_was_compared(tmp_path, folder):
    document = analysis_json()
    document["clip"]["sha256"], document["shoe_worn"] = "b" * 64, "New Shoe"
    document["feet"]["right"]["peak_eversion_deg"] = {"value": 11.2, "ci95": [10.0, 12.4]}
    pair = (folder, ResultFolder(result_folder(tmp_path / "b", document)))
    found = compare(*pair)
    said = read(comparison_pdf(found, pair))
    for one in found.measures:
        assert name_of(one.key) in said
        if one.difference is not None:
            assert amount(one.key, one.difference.value, signed=True) in said
    assert phrase("verdict-real") in said
    assert "New Shoe" in said
    assert "−5.8°" in said
    assert phrase("device") in said
    assert said.index("Left foot") < said.index("Right foot")


def test_the_stores_name_logo_and_colour(tmp_path, folder, logo):
    plain, signed = report_pdf(folder), report_pdf(folder, read_brand(MARKUP, logo, "#7A1FA2"))
    assert MARKUP in read(signed)
    assert MARKUP not in read(plain)

    def page(made):
        with pypdfium2.PdfDocument(made) as document:
            return document[0].render(scale=1).to_numpy()[..., :3]  # BGR

    def near(colour):
        return lambda image: int((np.abs(image.astype(int) - colour).max(axis=2) < 12).sum())

    purple, usual = near([0xA2, 0x1F, 0x7A]), near([0x4F, 0x42, 0x14])
    assert purple(page(signed)) > 400 > purple(page(plain))
    assert usual(page(plain)) > 400 > usual(page(signed))
    assert near([120, 30, 160])(page(signed)) > 500  # the logo's bar


def test_a_brand_is_read_as_it_was_typed(logo):
    brand = read_brand("  Run \n Shop ", logo, " #7A1FA2 ")
    assert (brand.name, brand.colour) == ("Run Shop", "#7a1fa2")
    size = cv2.imdecode(np.frombuffer(brand.logo, np.uint8), cv2.IMREAD_UNCHANGED).shape
    assert size == (107, 640, 4)
    assert read_brand() == Brand() == Brand("", COLOUR, b"")


@pytest.mark.parametrize(
    ("colour", "case"), [("red", "colour"), ("#12345", "colour"), ("#ffee88", "pale"), ("#777777", "pale")]
)
def test_a_colour_that_cannot_be_used(colour, case):
    with pytest.raises(GaitError) as caught:
        read_brand(colour=colour)
    assert (caught.value.code, caught.value.case) == ("bad_brand", case)


def test_contrast_is_that_of_wcag():
    """A grey of 118 on white has 4.54, one of 119 has 4.48."""
    assert contrast_on_white("#767676") == pytest.approx(4.54, abs=0.005)
    assert contrast_on_white("#777777") == pytest.approx(4.48, abs=0.005)
    assert contrast_on_white(COLOUR) >= 4.5


def test_a_logo_that_is_no_picture(tmp_path):
    (tmp_path / "logo.png").write_text("<svg/>")
    for path in (tmp_path / "logo.png", tmp_path / "none.png", tmp_path):
        with pytest.raises(GaitError) as caught:
            read_brand(logo=path)
        assert (caught.value.code, caught.value.case) == ("bad_brand", "logo")


def test_heavy_freeze_frames_are_packed(folder):
    noise = np.random.default_rng(0).integers(0, 255, (900, 700, 3)).astype(np.uint8)
    for side in Side:
        cv2.imwrite(str(folder.path / f"peak_{side.value}.png"), noise)
    assert len(report_pdf(folder)) <= MOST_BYTES


def test_the_store_signs_as_its_environment_says(monkeypatch, logo, caplog):
    """A logo that is gone keeps no customer from the PDF."""
    monkeypatch.setenv("GAIT_STORE_NAME", "Run Shop")
    monkeypatch.setenv("GAIT_STORE_COLOUR", "#7a1fa2")
    monkeypatch.setenv("GAIT_STORE_LOGO", str(logo))
    assert store_brand() == read_brand("Run Shop", logo, "#7a1fa2")
    logo.unlink()
    assert store_brand() == Brand("Run Shop")
    assert "logo.png" in caplog.text


@pytest.mark.parametrize(("option", "given"), [("--store-colour", "#ffee88"), ("--store-logo", "none.png")])
def test_a_mistake_in_it_is_told_when_the_program_starts(option, given, capsys):
    assert main(["app", option, given]) == 2
    assert given in capsys.readouterr().err
