"""The catalogue of words: makes sentences of codes and values, in the reader's language. Computing code knows codes only.

    message, advice, whole   of a finding or an error
    say, sentence            of whatever is `Said` (reasons, notes, remarks); of any of these
    check_line               of a line of the first look's list
    note, note_read          of a step, from its code and from strides.csv
    stage                    of what is done at the moment
    phrase                   an entry with values; number, money, decimal_sign and date as the language writes them
    text                     any entry of the catalogue by name
    templates                all entries of a kind, for a script to fill their values in
    chosen, languages        which language is meant when none is named, and which there are

Every function takes a language; "" is the one that `GAIT_LANGUAGE` names, or English. Texts in analysis.json and the tables are
English always, beside their codes.
"""

from gait.words.catalogue import (
    ENGLISH,
    chosen,
    date,
    decimal_sign,
    languages,
    money,
    note,
    note_read,
    number,
    phrase,
    say,
    stage,
    templates,
    text,
)
from gait.words.checks import check_line
from gait.words.findings import advice, message, sentence, whole

__all__ = [
    "ENGLISH",
    "advice",
    "check_line",
    "chosen",
    "date",
    "decimal_sign",
    "languages",
    "message",
    "money",
    "note",
    "note_read",
    "number",
    "phrase",
    "say",
    "sentence",
    "stage",
    "templates",
    "text",
    "whole",
]
