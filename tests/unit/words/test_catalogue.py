"""Reading a catalogue: numbers, plurals, other languages, what is absent."""

import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gait import words
from gait.errors import Cancelled, GaitError
from gait.model import Finding
from gait.said import AS_WRITTEN, Said, as_written
from gait.words import catalogue

TINY = """
finding-frame_rate-low = Nur { NUMBER($fps, minimumFractionDigits: 1, maximumFractionDigits: 1) } Bilder pro Sekunde.
    .advice = Mit 60 aufnehmen.
finding-several_people-jumps = { $jumps ->
        [one] Ein Sprung
       *[other] { $jumps } Sprünge
    } auf eine andere Person.
finding-flicker = Das Licht flackert ({ NUMBER($flicker, style: "percent") }).
finding-length-long = Der Clip dauert { $wrong_name } s.
"""


@pytest.fixture
def german(tmp_path, monkeypatch):
    """A language made of one file beside the English one, as somebody adding it would."""
    (tmp_path / "en.ftl").write_text((catalogue.FOLDER / "en.ftl").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "de.ftl").write_text(TINY, encoding="utf-8")
    monkeypatch.setattr(catalogue, "FOLDER", Path(tmp_path))
    catalogue.catalogue.cache_clear()
    yield "de"
    catalogue.catalogue.cache_clear()


LOW = Finding("frame_rate", "warn", 29.97, 50.0, {"fps": 29.97}, "low")


def test_english_is_what_it_was():
    said = "The clip has 30.0 frames per second: times are coarse and the furthest tilt can fall between two of them."
    assert words.message(LOW) == said
    assert words.advice(LOW) == "Record with 60 frames per second or more."
    assert words.whole(LOW) == f"{said} Record with 60 frames per second or more."


def test_a_language_is_one_file(german):
    assert words.languages() == ("en", "de")
    assert words.message(LOW, german) == "Nur 30,0 Bilder pro Sekunde."
    assert words.advice(LOW, german) == "Mit 60 aufnehmen."


def test_plural_forms_and_percent_signs_are_the_languages_own(german):
    def jumps(n: int) -> str:
        return words.message(Finding("several_people", "warn", n, 2, {"jumps": n}, "jumps"), german)

    assert (jumps(1), jumps(2)) == ("Ein Sprung auf eine andere Person.", "2 Sprünge auf eine andere Person.")
    flicker = Finding("flicker", "warn", 0.125, 0.08, {"flicker": 0.125})
    assert words.message(flicker, german) == "Das Licht flackert (12\N{NO-BREAK SPACE}%)."
    assert "(12%)" in words.message(flicker, "en")


def test_what_a_language_lacks_or_has_wrong_is_said_in_english(german):
    assert words.message(Finding("too_dark", "refuse"), german) == "The picture is too dark to see the runner."
    assert words.advice(Finding("flicker", "warn", values={"flicker": 0.1}), german).startswith("Lock the exposure")
    long = Finding("length", "warn", 130.0, 120.0, {"length_s": 130.0}, "long")
    assert words.message(long, german) == "The clip lasts 130 s, so the analysis will take long."


def test_the_environment_chooses(german, monkeypatch):
    assert words.message(LOW).startswith("The clip has")
    monkeypatch.setenv(catalogue.LANGUAGE_VARIABLE, "de")
    assert words.message(LOW) == "Nur 30,0 Bilder pro Sekunde."
    monkeypatch.setenv(catalogue.LANGUAGE_VARIABLE, "xx")
    assert words.message(LOW).startswith("The clip has")


@pytest.mark.parametrize("x", [0.05, 0.125, 0.15, 2.25, 29.95, 1e-9, 12345.678, -3.25])
def test_numbers_are_rounded_as_python_rounds_them(x):
    assert words.say(Said("check_swing", {"shanks": x})) == f"the legs swing by {x:.1f} lower-leg lengths"
    light = words.say(Said("check_least_light", {"lights": x, "flicker": x}))
    assert light == f"{x:.0f} or more, {x:.0%} or less"


def test_a_number_that_is_not_there_is_a_dash():
    assert words.say(Said("check_seconds", {"length_s": math.nan})) == "– s"


def test_sentences_inside_a_sentence(german):
    inner = (as_written("line 2 is empty"), as_written("line 3 is empty"))
    assert words.say(Said("as_written", {"text": inner})) == "line 2 is empty; line 3 is empty"


def test_what_came_as_a_sentence_stays_one(german):
    old = Finding("length", "warn", 5.0, 7.0, {"message": "Too short.", "advice": "Record more."}, AS_WRITTEN)
    assert words.whole(old, german) == "Too short. Record more."
    assert words.say(as_written("The heel was hidden."), german) == "The heel was hidden."


def test_an_error_reads_as_a_sentence():
    assert str(Cancelled()) == "The analysis was cancelled. Nothing was written."
    assert words.whole(Cancelled(), "en") == str(Cancelled())


def test_an_entry_that_is_not_there_is_a_fault_of_the_program():
    with pytest.raises(LookupError, match="no_such_code"):
        words.phrase("no_such_code")
    with pytest.raises(LookupError, match="check_seconds"):
        words.phrase("check_seconds", seconds=1.0)


@pytest.mark.parametrize(
    "said",
    [
        Said("of_tomorrow"),
        Said("of_tomorrow", {"angle_deg": 1.0}),
        Finding("of_tomorrow", "warn", 1.0, 2.0, {"angle_deg": 1.0}),
        GaitError("of_tomorrow"),
    ],
    ids=lambda said: type(said).__name__,
)
def test_a_code_of_a_later_version_is_named_in_a_sentence(said, german):
    for language in ("en", german):
        assert words.sentence(said, language) == "This version of gait has no words for “of_tomorrow”."


def test_a_known_code_with_values_of_a_later_version_is_named_too():
    assert "“check_seconds”" in words.say(Said("check_seconds", {"seconds": 1.0}))


def test_a_code_of_a_later_version_inside_a_sentence_spoils_only_its_own_place():
    inner = (as_written("line 2 is empty"), Said("of_tomorrow"))
    said = words.say(Said("as_written", {"text": inner}))
    assert said == "line 2 is empty; This version of gait has no words for “of_tomorrow”."


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        *((("de",), "de"), (("de-AT",), "de"), (("de_CH.UTF-8",), "de"), (("xx", "de"), "de"), (("en-US", "de"), "en")),
        *(((), ""), (("",), ""), (("C.UTF-8",), ""), (("xx",), ""), (("../de",), ""), (("", "de"), "de")),
    ],
)
def test_the_first_language_that_there_is_of_those_asked_for(wanted, found):
    assert words.among(*wanted) == found


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", ("de-DE", "de", "en")),
        ("en;q=0.3, de ; q=0.5", ("de", "en")),
        ("en;q=0, de", ("de",)),
        *(("", ()), ("de;q=much, en", ("en",)), ("*", ("*",))),
    ],
)
def test_what_a_browser_asks_for(header, wanted):
    assert words.accepted(header) == wanted


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LC_ALL": "C", "LANG": "de_DE.UTF-8"}, ""),
        ({"LC_MESSAGES": "de_AT", "LANG": "en_US.UTF-8"}, "de"),
        ({"LC_ALL": "", "LANG": "de"}, "de"),
        ({}, ""),
    ],
)
def test_what_the_system_asks_for(environment, language):
    assert words.of_system(environment) == language


def test_a_language_is_called_as_its_speakers_call_it():
    assert [words.name_of(one) for one in ("en", "de")] == ["English", "Deutsch"]


def test_a_thread_speaks_a_language_of_its_own(monkeypatch):
    monkeypatch.setenv(catalogue.LANGUAGE_VARIABLE, "en")
    with words.speaking("de"):
        assert words.chosen() == "de"
        with words.speaking("xx"):
            assert words.chosen() == "en"
        assert words.phrase("page-cancel") == "Abbrechen"
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(words.chosen).result() == "en"
    assert words.chosen() == "en"


def test_german_nouns_keep_their_large_letters():
    """`str.capitalize` makes them small, so nothing that is shown goes through it."""
    assert words.capital("echte Änderung") == "Echte Änderung"
    assert words.capital("") == ""
    shown = [Path(words.__file__).parents[1] / room for room in ("ui", "cli", "report", "drawing")]
    used = [path.name for room in shown for path in room.rglob("*.py") if ".capitalize()" in path.read_text("utf-8")]
    assert used == []
