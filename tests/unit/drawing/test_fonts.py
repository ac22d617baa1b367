"""Letters of every script: which font has them, and what is printed for those that none has."""

import pytest
from PIL import ImageFont

from gait.drawing import fonts


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Example Runner",
        "Zoë Łukasz",
        "山田太郎",
        "陳怡君",
        "김민수",
        "محمد علي",
        "דוד כהן",
        "สมชาย",
        "अर्जुन शर्मा",
        "🏃‍♀️👍🏽",
        "می‌خواهم",
    ],
)
def test_what_a_font_has_stays_as_it_is(name):
    assert fonts.printable(name) == name


def test_a_run_of_letters_that_no_font_has_becomes_one_question_mark():
    assert fonts.printable("ᚠᚢᚦ Diallo ߊ山") == "? Diallo ?山"  # runes and N'Ko


@pytest.mark.parametrize(
    ("words", "family"),
    [
        ("Left 12.3°", "Inter"),
        ("左脚", "Noto Sans CJK JP"),
        ("يسار", "Noto Sans Arabic"),
        ("ซ้าย", "Noto Sans Thai"),
        ("ᚠ", "Inter"),
    ],
)
def test_words_on_a_picture_are_set_in_one_font_that_has_all_their_letters(words, family):
    assert fonts.lettering(words, 20).getname()[0] == family


def test_han_letters_on_a_picture_are_no_hairlines():
    """In the file the thinnest weight comes first."""

    def ink(font):
        return sum(font.getmask("一"))

    bold = fonts.lettering("一", 200)
    assert ink(bold) > 3 * ink(ImageFont.truetype(bold.path, 200))
