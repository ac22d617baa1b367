"""What people write, as it can be kept."""

import unicodedata


def line(text: str, longest: int) -> str:
    r"""One line of at most so many letters: blanks run together, and what no database keeps and nobody sees is left out.

    Example:
        >>> line("  Anna \n Öz\x00türk ", 200)
        'Anna Öztürk'
    """
    return " ".join(_kept(text).split())[:longest].strip()


def paragraphs(text: str, longest: int) -> str:
    """The same with its line breaks."""
    return "\n".join(_kept(part).rstrip() for part in text.splitlines())[:longest].strip()


def _kept(text: str) -> str:
    """Without control characters and halves of pairs, which cannot be written."""
    return "".join(c for c in text if c.isspace() or unicodedata.category(c) not in ("Cc", "Cs"))
