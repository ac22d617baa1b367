"""What a finding or an error says, and what can be done about it."""

from gait.said import AS_WRITTEN, Explained, Said
from gait.words.catalogue import say, text, unknown


def message(thing: Explained, language: str = "") -> str:
    """What is the matter, in one sentence; one that names the code where the catalogue does not know it."""
    return _part(thing, language, "") or unknown(thing.code, language)


def advice(thing: Explained, language: str = "") -> str:
    """What to do about it; empty where there is nothing to be done."""
    return _part(thing, language, "advice")


def whole(thing: Explained, language: str = "") -> str:
    """Both in one line."""
    return f"{message(thing, language)} {advice(thing, language)}".strip()


def sentence(thing: Said | Explained, language: str = "") -> str:
    """Whichever it is, in one line."""
    return say(thing, language) if isinstance(thing, Said) else whole(thing, language)


def _part(thing: Explained, language: str, part: str) -> str:
    if thing.case == AS_WRITTEN:
        return str(thing.values.get(part or "message", ""))
    entry = "-".join(word for word in (thing.kind, thing.code, thing.case) if word)
    return text(entry, thing.values, language, part) or ""
