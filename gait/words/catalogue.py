"""The catalogues: one Fluent file per language beside this module, `en.ftl` first among them.

An entry's name is its code, its text holds `{ $values }`, and the text decides how a number is rounded. Whatever a language lacks
is said in English. How to add one: docs/add_a_language.md.
"""

import math
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from numbers import Integral, Real
from pathlib import Path

from babel import Locale
from babel.core import negotiate_locale
from babel.dates import format_datetime
from babel.numbers import format_currency, get_decimal_symbol
from fluent.runtime import FluentBundle, FluentResource
from fluent.runtime.types import FluentNone, fluent_number

from gait.said import LANGUAGE_VARIABLE, Said, Value

FOLDER = Path(__file__).parent
ENGLISH = "en"
SYSTEM_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""The first of these that is set names the language of whoever sits at a terminal, such as `de_AT.UTF-8` (POSIX)."""
ABSENT = "–"
"""For a number that is not there (NaN)."""

_SPOKEN: ContextVar[str] = ContextVar("gait_language", default="")
"""The language of this thread or task, where it has one of its own: see `speak`."""

NOTES = ("not_measured", "heel_not_readable", "no_frame_near_peak", "rejected_by_hand")
"""What can be said of a single step: few enough to be found again from their English."""


@dataclass(frozen=True, eq=False)
class Catalogue:
    """One language, read."""

    language: str
    bundle: FluentBundle
    entries: tuple[str, ...]
    values: frozenset[str]
    """Every value that some entry names."""

    @classmethod
    def read(cls, path: Path) -> "Catalogue":
        """The file's entries; its name is the language's code, such as `de` or `pt-BR`. Raises OSError."""
        bundle = FluentBundle([path.stem], use_isolating=False)
        written = path.read_text(encoding="utf-8")
        bundle.add_resource(FluentResource(written))
        entries = re.findall(r"^([a-zA-Z][\w-]*) *=", written, re.MULTILINE)
        return cls(path.stem, bundle, tuple(entries), frozenset(re.findall(r"\$([a-zA-Z][\w-]*)", written)))

    def text(self, entry: str, values: Mapping[str, Value], part: str = "") -> str | None:
        """The entry, or a `part` of it (`advice`), with the values in it; None where it is absent or names a value that is not given."""
        if not self.bundle.has_message(entry):
            return None
        message = self.bundle.get_message(entry)
        pattern = message.attributes.get(part) if part else message.value
        if pattern is None:
            return None
        try:
            said, faults = self.bundle.format_pattern(pattern, {name: self._plain(v) for name, v in values.items()})
        except ArithmeticError:  # a number with more digits than can be written out
            return None
        return None if faults else str(said)

    def _plain(self, value: Value) -> object:
        """What Fluent takes. Numbers exactly as they are, so that the rounding is the same in every language; never grouped."""
        if isinstance(value, Said):
            return say(value, self.language)
        if isinstance(value, tuple):
            return "; ".join(say(one, self.language) for one in value)
        if isinstance(value, Integral):
            return fluent_number(int(value), useGrouping=False)
        if isinstance(value, Real):
            return (
                fluent_number(Decimal(float(value)), useGrouping=False) if math.isfinite(value) else FluentNone(ABSENT)
            )
        return value


def languages() -> tuple[str, ...]:
    """The languages there are, English first."""
    return (ENGLISH, *sorted(p.stem for p in FOLDER.glob("*.ftl") if p.stem != ENGLISH))


def among(*wanted: str) -> str:
    """The first of these languages that there is, such as `de` for `de_AT.UTF-8`; empty where there is none of them.

    Example:
        >>> among("xx", "de-AT", "en"), among("C.UTF-8")
        ('de', '')
    """
    there = languages()
    asked = [one.partition(".")[0].replace("-", "_") for one in wanted if one]
    found = negotiate_locale(asked, [one.replace("-", "_") for one in there])
    return next((one for one in there if one.replace("-", "_") == found), "")


def accepted(header: str) -> tuple[str, ...]:
    """The languages of an `Accept-Language` header (RFC 9110), the most wanted first; none that is refused by `q=0`."""
    wanted = []
    for n, one in enumerate(header.split(",")):
        name, _, weight = one.replace(" ", "").partition(";q=")
        try:
            wanted.append((-float(weight or 1), n, name))
        except ValueError:
            continue
    return tuple(name for weight, _, name in sorted(wanted) if name and weight < 0)


def of_system(environment: Mapping[str, str]) -> str:
    """What the system's own variables ask for; empty where there is no such language."""
    return among(next((environment[name] for name in SYSTEM_VARIABLES if environment.get(name)), ""))


def name_of(language: str) -> str:
    """What its speakers call it: `Deutsch`."""
    locale = Locale.parse(language.replace("-", "_"))
    return capital(str(locale.get_display_name(locale)))


def capital(said: str) -> str:
    """With a large first letter; the others stay as they are, for German nouns have large ones within.

    Example:
        >>> capital("echte Änderung")
        'Echte Änderung'
    """
    return said[:1].upper() + said[1:]


def speak(language: str) -> None:
    """From here on this thread or task speaks that one; "" or one that is not there: whatever the environment asks for."""
    _SPOKEN.set(language if language in languages() else "")


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within it this thread or task speaks that language, as `speak` says."""
    before = _SPOKEN.get()
    speak(language)
    try:
        yield
    finally:
        _SPOKEN.set(before)


def chosen() -> str:
    """The language of this thread or task; else the one that the environment asks for (`GAIT_LANGUAGE`), if there is such a one; else English."""
    return _SPOKEN.get() or among(os.environ.get(LANGUAGE_VARIABLE, "")) or ENGLISH


@cache
def catalogue(language: str) -> Catalogue:
    """Read once, on first use: parsing the file takes a tenth of a second. Raises OSError for a language that is not there."""
    return Catalogue.read(FOLDER / f"{language}.ftl")


def text(entry: str, values: Mapping[str, Value] | None = None, language: str = "", part: str = "") -> str | None:
    """An entry in a language ("": the chosen one), or in English where that language lacks it; None where both do."""
    for one in dict.fromkeys((language or chosen(), ENGLISH)):
        if (said := catalogue(one).text(entry, values or {}, part)) is not None:
            return said
    return None


def templates(kind: str, language: str = "") -> dict[str, str]:
    """Every entry `KIND-NAME` by name, for a script in the browser that fills the values in itself: `Step {n}` of `Step { $n }`."""
    english = catalogue(ENGLISH)
    slots = {value: f"{{{value}}}" for value in english.values}
    names = [entry.removeprefix(f"{kind}-") for entry in english.entries if entry.startswith(f"{kind}-")]
    return {name: text(f"{kind}-{name}", slots, language) or name for name in names}


def say(said: Said, language: str = "") -> str:
    """The sentence; for a code that the catalogue does not know, as in a result of a later version, one that names the code."""
    found = text(said.code, said.values, language)
    return unknown(said.code, language) if found is None else found


def unknown(code: str, language: str = "") -> str:
    """What is said in place of a sentence that this version does not have."""
    return phrase("unknown_code", language, code=code)


def phrase(entry: str, language: str = "", /, **values: Value) -> str:
    """An entry with those values. Raises LookupError for one that the catalogue does not know: a fault of the program."""
    found = text(entry, values, language)
    if found is None:
        raise LookupError(f"The catalogue has no entry {entry} that holds {', '.join(values) or 'no value'}.")
    return found


def number(value: float, digits: int, language: str = "") -> str:
    """With so many digits after the decimal sign of the language, and a real minus sign, none before a zero."""
    written = fluent_number(
        Decimal(value), useGrouping=False, minimumFractionDigits=digits, maximumFractionDigits=digits
    )
    text = written.format(Locale.parse((language or chosen()).replace("-", "_")))
    if text.startswith("-") and not any(c in "123456789" for c in text):
        text = text[1:]
    return text.replace("-", "\N{MINUS SIGN}")


def decimal_sign(language: str = "") -> str:
    """`.` or `,`."""
    return str(get_decimal_symbol(Locale.parse((language or chosen()).replace("-", "_"))))


def money(value: float, currency: str, language: str = "") -> str:
    """A price as the language writes it, without cents where there are none. A currency nobody knows stands behind the number."""
    digits = 0 if round(value, 2) == round(value) else 2
    locale = Locale.parse((language or chosen()).replace("-", "_"))
    if currency.upper() not in locale.currencies:
        return f"{number(value, digits, language)} {currency}".strip()
    pattern = locale.currency_formats["standard"].pattern.replace(".00", "" if not digits else ".00")
    written = format_currency(Decimal(value), currency.upper(), pattern, locale=locale, currency_digits=False)
    return re.sub(
        r"(?<=[^\W\d_])(?=\d)", "\N{NO-BREAK SPACE}", written
    )  # CHF 149.50, where the pattern is made for a sign


def date(moment: datetime, language: str = "", *, pattern: str = "date_pattern") -> str:
    """The day or the moment as the language writes it: in full, or by another of its patterns."""
    one = language or chosen()
    return format_datetime(moment, phrase(pattern, one), locale=Locale.parse(one.replace("-", "_")))


def stage(code: str, language: str = "") -> str:
    """What is done at the moment: `gait.progress.Progress.stage` in words."""
    return text(f"stage-{code}", {}, language) or code


def note(code: str, language: str = "") -> str:
    """A step's note in words; empty for a step without one."""
    return text(f"note-{code}", {}, language) or code if code else ""


def note_read(written: str, language: str = "") -> str:
    """A step's note as strides.csv holds it, which is English, in a language; one that nobody knows stays as it is."""
    return next((note(code, language) for code in NOTES if note(code, ENGLISH) == written), written)
