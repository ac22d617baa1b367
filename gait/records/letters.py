"""Names in plain letters, as one types in a hurry."""

import unicodedata


def plain_letters(text: str) -> str:
    """As one types in a hurry: `oeztuerk` stays, but `Öztürk` is `ozturk`, `Łukasz` `lukasz` and `Straße` `strasse`.

    Example:
        >>> plain_letters("Öztürk, Işıl")
        'ozturk, isil'
    """
    parted = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in parted if not unicodedata.combining(c)).translate(_STROKES)


_STROKES = {ord("ı"): "i", ord("ł"): "l", ord("ø"): "o", ord("đ"): "d", ord("ð"): "d", ord("ħ"): "h"} | {
    ord("þ"): "th",
    ord("æ"): "ae",
    ord("œ"): "oe",
}
"""Letters that are no letter with a sign, and are typed as one all the same."""
