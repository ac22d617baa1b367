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
    speak, speaking          this thread or task speaks a language of its own
    among, accepted          which of the languages somebody asks for there is; what a browser asks for
    capital                  with a large first letter
    of_system, name_of       what the terminal's variables ask for; what its speakers call a language

Every function takes a language; "" is the one this thread or task speaks, else the one that `GAIT_LANGUAGE` names, or English. Texts in analysis.json and the tables are
English always, beside their codes.
"""

from gait.words.catalogue import (
    ENGLISH,
    accepted,
    among,
    capital,
    chosen,
    date,
    decimal_sign,
    languages,
    money,
    name_of,
    note,
    note_read,
    number,
    of_system,
    phrase,
    say,
    speak,
    speaking,
    stage,
    templates,
    text,
)
from gait.words.checks import check_line
from gait.words.findings import advice, message, sentence, whole

__all__ = [
    "ENGLISH",
    "accepted",
    "advice",
    "among",
    "capital",
    "check_line",
    "chosen",
    "date",
    "decimal_sign",
    "languages",
    "message",
    "money",
    "name_of",
    "note",
    "note_read",
    "number",
    "of_system",
    "phrase",
    "say",
    "sentence",
    "speak",
    "speaking",
    "stage",
    "templates",
    "text",
    "whole",
]
