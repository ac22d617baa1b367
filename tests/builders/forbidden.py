"""Words that no customer may read, in each language: what promises health, calls a foot wrong or claims a perfect choice."""

import re

FORBIDDEN = {
    "en": re.compile(
        r"prevent|correct|abnormal|(?<!not a )medical|you need|\d ?% match|gait-matched|\bcure|pathol", re.IGNORECASE
    ),
    "de": re.compile(
        r"vorbeug|beugt .* vor|verhinder|verhüt|korrigier|korrektur|abnorm|anormal|unnormal|krankhaft|fehlstellung|fehlhaltung"
        r"|(?<!kein )medizin|sie brauchen|sie benötigen|brauchen sie|\d ?% (treffer|übereinstimmung|match)|patholog"
        r"|diagnos|therap|behandl|linder|heil|prognos|ideale[rn]? schuh|perfekte[rn]? schuh|richtige[rn]? schuh",
        re.IGNORECASE,
    ),
}
"""English: the owner's list (prevents injury, corrects, abnormal, you need, medical, a match in per cent) and what says the same.

German: that list by meaning (Fehlstellung is how German shops say abnormal), and the purposes that make a thing a medical device in
the German text of Regulation (EU) 2017/745, Article 2 (1): Diagnose, Verhütung, Prognose, Behandlung, Linderung. Heilen is added, as the
Heilmittelwerbegesetz, section 3, speaks of it. One disclaimer may say the word: it is *no* medical device.
"""

OF_RESULTS = {"en": re.compile(r"\b(correct|corrected|corrections?)\b", re.IGNORECASE), "de": re.compile("(?!)")}
"""Staff correct a result, which is no promise about a foot. German says berichtigen there and has no need of the word."""


def forbidden_in(said: str, language: str) -> str:
    """The first forbidden word of a sentence of the program; empty where there is none."""
    found = FORBIDDEN[language].search(OF_RESULTS[language].sub("", said))
    return found[0] if found else ""
