"""The result page shows what the file says, and nothing that is not there."""

import html
import json
import re
from dataclasses import replace

from gait.landmarks import Side
from gait.model import Recommendation
from gait.results.codec import decode
from gait.results.folder import ResultFolder
from gait.said import Said
from gait.ui.engine import engine
from gait.ui.parts import more, words
from gait.ui.parts.foot_card import foot_card
from tests.builders.forbidden import forbidden_in
from tests.builders.results import analysis_json, example_result, result_folder
from tests.integration.pages.show import page, text


def test_result_shows_the_numbers_of_the_file(reports):
    result_folder(reports / "r1")
    app = page("result", id="r1")
    said = text(app)
    assert "Neutral" in said
    assert "Over-pronating" in said
    assert "your heel tilted in by about 10.1° (likely 8.9–11.3°) from how you stand" in said
    assert "your heel tilted in by about 17.0° (likely 15.8–18.2°) from how you stand" in said
    assert "10.1°" in said
    assert "17.0°" in said
    assert "167" in said
    assert "Example Guide 3" in said
    assert words.sign() in said
    assert forbidden_in(said, "en") == ""


def test_the_left_foot_stands_on_the_left(reports):
    result_folder(reports / "r1")
    bodies = " ".join(e.proto.body for e in page("result", id="r1").get("html"))
    assert re.findall(r'data-side="(\w+)"', bodies) == ["left", "right"]
    assert re.findall(r'data-label="(\w+)"', bodies) == ["neutral", "over"]


def test_a_refused_clip_shows_why_and_nothing_else(reports):
    doc = analysis_json()
    doc["status"] = "refused"
    doc["findings"] = [
        {"code": "view", "severity": "refuse", "value": "side", "limit": "rear", "message": "The runner is filmed from the side.",
         "advice": "Put the camera behind the treadmill."},
        {"code": "dark", "severity": "warn", "value": 1, "limit": 2, "message": "It is dark.", "advice": "Light."},
    ]  # fmt: skip
    result_folder(reports / "r1", doc)
    app = page("result", id="r1")
    said = text(app)
    assert "The runner is filmed from the side." in said
    assert "Put the camera behind the treadmill." in said
    for absent in ("It is dark", "Neutral", "Over-pronating", "10.1", "Example Guide"):
        assert absent not in said
    assert not app.get("plotly_chart")


def test_warnings_are_shown_before_the_curves(reports):
    doc = analysis_json()
    doc["findings"] = [
        {
            "code": "roll",
            "severity": "warn",
            "value": 4.0,
            "limit": 3.0,
            "message": "The camera is rolled by 4°.",
            "advice": "Level it.",
        }
    ]
    result_folder(reports / "r1", doc)
    said = text(page("result", id="r1"))
    assert said.index("The camera is rolled by 4°.") < said.index("How your heel tilts")


def test_an_undetermined_foot_is_cannot_tell_and_never_neutral(reports):
    doc = analysis_json()
    doc["feet"]["left"] |= {
        "label": "undetermined", "probability": None, "peak_eversion_deg": None, "reasons": ["Only 3 clean steps."], "n_strides": 3,
    }  # fmt: skip
    result_folder(reports / "r1", doc)
    (reports / "r1" / "peak_left.png").unlink()
    card = foot_card(ResultFolder(reports / "r1"), decode(doc).judged, Side.LEFT)
    assert "Cannot tell" in card
    assert "Neutral" not in card
    assert "Only 3 clean steps." in card
    assert "could not be seen well enough" in card
    assert not page("result", id="r1").exception


def test_without_standing_the_roll_in_is_judged_and_said(reports):
    doc = analysis_json()
    doc["reference"]["zero"] = "none"
    result_folder(reports / "r1", doc)
    said = text(page("result", id="r1"))
    assert "rolled in by about 14.1° after landing" in said
    assert "from how you stand" not in said
    # the limits are of the tilt from standing: the excursion must not be drawn on their scale
    card = foot_card(ResultFolder(reports / "r1"), decode(doc).judged, Side.LEFT)
    assert "g-scale" not in card
    doc["reference"]["zero"] = "standing"
    assert "g-scale" in foot_card(ResultFolder(reports / "r1"), decode(doc).judged, Side.LEFT)


def test_a_result_with_only_analysis_json_still_opens(reports):
    (reports / "r1").mkdir()
    (reports / "r1" / "analysis.json").write_text(json.dumps(analysis_json()), encoding="utf-8")
    assert "Over-pronating" in text(page("result", id="r1"))


def test_names_cannot_leave_the_reports_folder(reports):
    result_folder(reports / "r1")
    for name in ("../r1", "..", "/etc", "r1/../r1", ".uploads", ""):
        assert engine().library.find(name) is None
    assert engine().library.find("r1") is not None
    assert "not on this computer" in text(page("result", id="../../etc"))


def test_the_figures_behind_stand_left_then_right_with_their_ranges():
    doc = analysis_json()
    doc["meaning_3d"] = {"left": {"peak_eversion_3d_deg": {"value": 9.04, "ci95": [6.5, 11.6]}, "shank_lean_deg": 1.0}}
    said = html.unescape(re.sub(r"<[^>]+>", " ", more.table(decode(doc).judged)))
    assert re.search(r"Furthest heel tilt\s+10.1°\s+likely 8.9–11.3°\s+17.0°", said)
    assert re.search(r"motion capture in 3D would likely show\s+9.0°\s+likely 6.5–11.6°\s+–", said)
    assert "Toes point out" not in said


def test_an_unreadable_result_says_so(reports):
    (reports / "r1").mkdir()
    (reports / "r1" / "analysis.json").write_text("{", encoding="utf-8")
    assert "no readable result" in text(page("result", id="r1"))
    assert engine().library.entries() == []


def test_what_people_type_cannot_become_markup(reports):
    doc = analysis_json()
    doc["runner"] = "<img src=x onerror=alert(1)>"
    result_folder(reports / "r1", doc)
    for name in ("result", "earlier"):
        bodies = " ".join(e.proto.body for e in page(name).get("html"))
        assert "<img src=x" not in bodies


def test_a_result_in_slow_motion_says_so(reports):
    doc = analysis_json()
    doc["clip"]["slow_motion"] = 2.0
    result_folder(reports / "slow", doc)
    result_folder(reports / "plain", analysis_json())
    assert "filmed in slow motion (2 times), as staff confirmed" in text(page("result", id="slow"))
    assert "slow motion" not in text(page("result", id="plain"))


def test_invented_shoes_are_marked_as_such_and_the_stores_own_are_not(reports):
    doc = analysis_json()
    result_folder(reports / "own", doc)
    doc = analysis_json()
    doc["recommendation"]["shelf"] = "example"
    result_folder(reports / "example", doc)
    said = text(page("result", id="example"))
    assert said.count("Example, invented name") == 3
    assert "this store has not entered its shelf yet" in said
    assert "invented" not in text(page("result", id="own"))


def test_a_size_that_is_not_in_stock_is_explained(reports):
    result = example_result()
    nothing = Recommendation(
        remarks=(Said("none_in_stock_in_size", {"size": 60.0}),), size=60.0, evidence=None, shoes=()
    )
    result_folder(reports / "r1", replace(result, judged=replace(result.judged, recommendation=nothing)))
    assert "No shoe on the shelf is in stock in size 60." in text(page("result", id="r1"))


def test_a_price_has_the_shelfs_currency(reports):
    doc = analysis_json()
    doc["recommendation"]["shoes"][0] |= {"price": 140.0, "currency": "EUR"}
    doc["recommendation"]["shoes"][1] |= {"price": 149.5, "currency": "chf"}
    doc["recommendation"]["shoes"][2] |= {"price": 120.0, "currency": "Taler"}
    result_folder(reports / "r1", doc)
    said = text(page("result", id="r1"))
    assert "€140 " in said
    assert "CHF\N{NO-BREAK SPACE}149.50" in said
    assert "120 Taler" in said
