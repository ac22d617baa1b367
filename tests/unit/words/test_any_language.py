"""A result made in one language is read in another; one from before there were codes keeps its English."""

import copy
import json
from dataclasses import replace

import pandas as pd
import pytest

from gait import words
from gait.landmarks import Side
from gait.model import Finding, StrideTable
from gait.results import tables
from gait.results.codec import decode, encode
from gait.said import Said, as_written
from gait.words import catalogue
from tests.builders.results import example_result

GERMAN = """
finding-camera_rolled = Die Kamera ist um etwa { NUMBER($roll_deg, maximumFractionDigits: 0) }° gekippt.
    .advice = Kamera waagerecht stellen.
few_steps = Nur { $steps } saubere Schritte, { $needed } sind nötig.
why_build = { $cushioning ->
        [soft] Weiche
        [medium] Mittlere
       *[firm] Feste
    } Dämpfung, { $drop_mm } mm Sprengung.
note-rejected_by_hand = von Hand verworfen
"""


@pytest.fixture
def german(tmp_path, monkeypatch):
    english = (catalogue.FOLDER / "en.ftl").read_text(encoding="utf-8")
    (tmp_path / "en.ftl").write_text(english, encoding="utf-8")
    (tmp_path / "de.ftl").write_text(GERMAN, encoding="utf-8")
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    monkeypatch.setenv(catalogue.LANGUAGE_VARIABLE, "de")
    catalogue.catalogue.cache_clear()
    yield
    catalogue.catalogue.cache_clear()


ROLLED = Finding("camera_rolled", "warn", 4.2, 3.0, {"roll_deg": 4.2, "lower": "left"})
FEW = Said("few_steps", {"steps": 3, "needed": 7})
BUILD = Said("why_build", {"cushioning": "soft", "drop_mm": 8.5})


def told():
    """A result that says something everywhere."""
    result = example_result()
    left = replace(result.judged.feet[Side.LEFT], reasons=(FEW,))
    first, *others = result.judged.recommendation.shoes
    advice = replace(result.judged.recommendation, shoes=(replace(first, why=(BUILD,)), *others), remarks=(FEW,))
    judged = replace(result.judged, feet={**result.judged.feet, Side.LEFT: left}, recommendation=advice)
    return replace(result, findings=(ROLLED,), judged=judged)


def test_the_file_is_english_and_is_read_in_german(german):
    document = json.loads(json.dumps(encode(told())))
    assert document["findings"][0]["message"] == "The camera is rolled by about 4°: its left side is too low."
    assert document["feet"]["left"]["reasons"] == ["Only 3 clean steps; 7 are needed."]
    assert document["recommendation"]["shoes"][0]["why"] == ["Soft cushioning, 8.5 mm drop."]
    assert document["recommendation"]["note"].endswith("Comfort on the run decides. Only 3 clean steps; 7 are needed.")
    read = decode(document)
    assert words.whole(read.findings[0]) == "Die Kamera ist um etwa 4° gekippt. Kamera waagerecht stellen."
    assert [words.say(r) for r in read.judged.feet[Side.LEFT].reasons] == ["Nur 3 saubere Schritte, 7 sind nötig."]
    why = read.judged.recommendation.shoes[0].why
    assert [words.say(w) for w in why] == ["Weiche Dämpfung, 8,5 mm Sprengung."]
    assert read == told()


def test_a_result_from_before_there_were_codes_keeps_its_english(german):
    old = copy.deepcopy(encode(told()))
    for finding in old["findings"]:
        del finding["case"], finding["values"]
    del old["feet"]["left"]["reason_codes"]
    for shoe in old["recommendation"]["shoes"]:
        shoe.pop("why_codes", None)
        shoe.pop("why_not_codes", None)
    del old["recommendation"]["remark_codes"]
    read = decode(old)
    assert words.message(read.findings[0]) == "The camera is rolled by about 4°: its left side is too low."
    assert words.advice(read.findings[0]) == "Level the camera."
    assert read.judged.feet[Side.LEFT].reasons == (as_written("Only 3 clean steps; 7 are needed."),)
    assert [words.say(w) for w in read.judged.recommendation.shoes[0].why] == ["Soft cushioning, 8.5 mm drop."]
    assert encode(read)["feet"] == old["feet"]


def test_the_notes_of_the_steps_are_english_in_the_table_and_found_again(german, tmp_path):
    rows = pd.DataFrame({"side": ["left", "left"], "note": ["rejected_by_hand", ""]})
    tables.write_strides(tmp_path, StrideTable(rows, {}))
    written = pd.read_csv(tmp_path / "strides.csv", keep_default_na=False)
    assert list(written["note"]) == ["rejected by hand", ""]
    assert [words.note_read(n) for n in written["note"]] == ["von Hand verworfen", ""]
    assert words.note_read("the other leg hides the heel") == "the other leg hides the heel"
