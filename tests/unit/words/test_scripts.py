"""What runs in the browser says only what its page hands over, and the catalogue holds no more than is said."""

import re

import pytest

from gait.words import templates
from tests.unit.words.test_every_code_has_its_words import ENTRIES, GAIT, SCRIPTS

LITERAL = r'"([^"\n]*)"|`([^`]*)`'


def code_of(kind: str) -> str:
    """The script without its comments."""
    text = re.sub(r"/\*.*?\*/", "", (GAIT / SCRIPTS[kind]).read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"(^|\s)//.*$", "", text, flags=re.MULTILINE)


def calls(kind: str) -> list[tuple[str, str]]:
    """(entry, what is written for its values) of every entry that is named where it is said."""
    found = []
    for first, values in re.findall(r"\b(?:said|fill)\(([^(){}]+?)(?:, \{([^}]*)\})?\)", code_of(kind)):
        elsewhere = "..." if "," in first else ""  # the values come in a variable
        names = [a or b for a, b in re.findall(r'"(\w+)"|words\.(\w+)', first)]
        found += [(name, values or elsewhere) for name in names]
    return found


def wordy(code: str) -> list[str]:
    """Literals that a person would read: a capital and small letters, or two words side by side. Not the style sheet's names, nor a key's."""
    texts = [a or b for a, b in re.findall(LITERAL, re.sub(r"\b(class(Name)?|key)\s*[:=][^,;}]*", "", code))]
    return [
        t for t in texts if re.fullmatch(r"[A-Z][a-z]+([ .:,].*)?", t) or re.search(r"(^|[ }])[a-z]{2,} [a-z]{2,}", t)
    ]


@pytest.mark.parametrize("kind", SCRIPTS)
def test_a_script_holds_no_words(kind):
    assert wordy(code_of(kind)) == []


def test_a_word_is_seen():
    """The test above can fail."""
    assert wordy('a("Record"); b("the camera is busy"); c(`${n} frames per second`)') == [
        "Record",
        "the camera is busy",
        "${n} frames per second",
    ]


@pytest.mark.parametrize("kind", SCRIPTS)
def test_what_a_script_says_is_in_the_catalogue_with_its_values(kind):
    said = calls(kind)
    assert len(said) > {"recorder": 25, "sheet": 1}.get(kind, -1), "the others say nothing that holds a value"
    for name, values in said:
        assert f"{kind}-{name}" in ENTRIES
        if "..." not in values:
            assert ENTRIES[f"{kind}-{name}"] <= set(re.findall(r"(?:^|, ?|\s)(\w+)(?=:|,|\s*$)", values)), name


@pytest.mark.parametrize("kind", SCRIPTS)
def test_every_entry_is_said_and_leaves_its_values_open(kind):
    code = code_of(kind)
    begun = re.findall(r"`(\w+_)\$\{", code)
    for name, text in templates(kind, "en").items():
        spoken = re.search(rf'"{name}"|words\.{name}\b', code)
        assert spoken or name.startswith(tuple(begun)), f"nothing says {name}"
        assert set(re.findall(r"\{(\w+)\}", text)) == ENTRIES[f"{kind}-{name}"]
