"""Every catalogue is whole: the entries of the English one, with the same values, rounded alike, and none of the forbidden words."""

import re
from dataclasses import dataclass, field

import pytest
from fluent.syntax import FluentParser, FluentSerializer
from fluent.syntax import ast as ftl
from fluent.syntax.visitor import Visitor

from gait.words import catalogue
from tests.builders.forbidden import forbidden_in
from tests.unit.words.test_every_code_has_its_words import SCRIPTS

WHOLE = tuple(sorted(path.stem for path in catalogue.FOLDER.glob("*.ftl")))
OTHERS = tuple(language for language in WHOLE if language != "en")
SAME = {
    *("name", "code", "role", "version", "optional", "text", "stop", "pause", "info"),
    *(
        "video",
        "videos",
        "neutral",
        "motion",
        "control",
        "tablet",
        "live",
        "status",
        "manager",
        "staff",
        "export",
        "test",
        "start",
    ),
}
"""English words that are German ones as well: an entry of these alone may read the same in both."""


@dataclass
class Part(Visitor):
    """What an entry's text, or its advice, is made of."""

    values: set[str] = field(default_factory=set)
    rounded: set[tuple[str, str]] = field(default_factory=set)
    chosen: set[tuple[str, str]] = field(default_factory=set)
    text: str = ""
    plain: bool = True

    def visit_VariableReference(self, node: ftl.VariableReference) -> None:  # noqa: N802  fluent.syntax calls it so
        """A value."""
        self.values.add(node.id.name)

    def visit_FunctionReference(self, node: ftl.FunctionReference) -> None:  # noqa: N802  fluent.syntax calls it so
        """A number, and how it is rounded."""
        self.plain = False
        how = ", ".join(sorted(f"{n.name.name}: {n.value.value}" for n in node.arguments.named))
        self.rounded |= {(one.id.name, how) for one in node.arguments.positional}
        self.generic_visit(node)

    def visit_SelectExpression(self, node: ftl.SelectExpression) -> None:  # noqa: N802  fluent.syntax calls it so
        """A choice by a word, or by a number's plural."""
        self.plain = False
        keys = {getattr(v.key, "name", None) or v.key.value for v in node.variants}
        by_number = keys <= {"zero", "one", "two", "few", "many", "other"} or any(k.lstrip("-").isdigit() for k in keys)
        if not by_number and isinstance(node.selector, ftl.VariableReference):
            self.chosen |= {(node.selector.id.name, key) for key in keys}
        self.generic_visit(node)

    def visit_TextElement(self, node: ftl.TextElement) -> None:  # noqa: N802  fluent.syntax calls it so
        """What is read as it stands."""
        self.text += f" {node.value}"


def parts(language: str) -> dict[str, Part]:
    """Every text of a catalogue by `ENTRY` or `ENTRY.advice`."""
    written = (catalogue.FOLDER / f"{language}.ftl").read_text(encoding="utf-8")
    found: dict[str, Part] = {}
    for item in FluentParser(with_spans=False).parse(written).body:
        assert not isinstance(item, ftl.Junk), item.content
        if isinstance(item, ftl.Message):
            for name, pattern in (
                (item.id.name, item.value),
                *((f"{item.id.name}.{a.id.name}", a.value) for a in item.attributes),
            ):
                assert name not in found, f"{name} is there twice"
                found[name] = Part()
                found[name].visit(pattern)
    return found


ENGLISH = parts("en")


@pytest.fixture(scope="module", params=OTHERS)
def other(request):
    return parts(request.param)


def test_german_is_there():
    assert "de" in OTHERS


def test_every_entry_is_there_and_none_besides(other):
    assert [name for name in ENGLISH if name not in other] == [], "these lack a translation"
    assert [name for name in other if name not in ENGLISH] == [], "these are of no use"


@pytest.mark.parametrize("what", ["values", "rounded", "chosen"])
def test_it_holds_the_same(other, what):
    """The same values, rounded to the same digits, chosen by the same words: a number is the same number in both languages."""
    unlike = {
        name: (getattr(part, what), getattr(other[name], what))
        for name, part in ENGLISH.items()
        if name in other and getattr(part, what) != getattr(other[name], what)
    }
    assert unlike == {}


def test_it_has_the_same_tags(other):
    tags = {
        name: (sorted(re.findall("<[^>]*>", part.text)), sorted(re.findall("<[^>]*>", other[name].text)))
        for name, part in ENGLISH.items()
        if name in other
    }
    assert {name: both for name, both in tags.items() if both[0] != both[1]} == {}


def test_nothing_was_left_in_english(other):
    left = []
    for name, part in ENGLISH.items():
        words = set(re.findall("[a-z]{3,}", part.text.lower())) - SAME
        if words and name in other and not name.endswith("_pattern") and other[name].text == part.text:
            left.append(f"{name}: {part.text}")
    assert left == []


@pytest.mark.parametrize("language", WHOLE)
def test_what_a_script_says_is_plain(language):
    """A script in the browser fills values in; it knows neither numbers nor choices."""
    spoken = {name: part for name, part in parts(language).items() if name.split("-")[0] in SCRIPTS}
    assert len(spoken) > 50
    assert [name for name, part in spoken.items() if not part.plain] == []


@pytest.mark.parametrize("language", WHOLE)
def test_no_forbidden_word(language):
    said = {name: forbidden_in(part.text, language) for name, part in parts(language).items()}
    assert {name: word for name, word in said.items() if word} == {}


@pytest.mark.parametrize(
    ("language", "bad"),
    [
        *(
            ("en", one)
            for one in ("It prevents injury.", "It corrects your foot.", "abnormal", "a medical aid", "You need this.")
        ),
        *(("en", one) for one in ("a 98 % match", "It cures pain.", "a gait-matched shoe")),
        *(
            ("de", one)
            for one in ("Er beugt Verletzungen vor.", "Er verhindert Verletzungen.", "Er korrigiert den Fuß.")
        ),
        *(
            ("de", one)
            for one in ("eine Fehlstellung", "abnormal", "ein medizinischer Schuh", "Sie brauchen diesen Schuh.")
        ),
        *(
            ("de", one)
            for one in ("98 % Übereinstimmung", "die Diagnose", "Er lindert Schmerzen.", "der richtige Schuh")
        ),
    ],
)
def test_a_forbidden_word_is_seen(language, bad):
    assert forbidden_in(bad, language)


@pytest.mark.parametrize(
    ("language", "good"),
    [
        *(("en", one) for one in ("not a medical device", "Correct the CSV file.", "corrected by hand")),
        ("de", "kein Medizinprodukt"),
    ],
)
def test_what_may_be_said_is_let_through(language, good):
    assert forbidden_in(good, language) == ""


def test_every_sentence_of_german_reads_as_a_whole():
    """Serialised and read again it is the same: no entry swallowed the next, no brace was lost."""
    written = (catalogue.FOLDER / "de.ftl").read_text(encoding="utf-8")
    resource = FluentParser(with_spans=False).parse(written)
    assert FluentParser(with_spans=False).parse(FluentSerializer().serialize(resource)).equals(resource)
