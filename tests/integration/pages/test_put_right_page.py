"""Putting name, speed, size and shoe right on the result's page."""

import pytest

from gait.errors import GaitError
from gait.landmarks import Side
from gait.results.folder import ResultFolder
from gait.results.result import Details, StepEdit
from gait.services import details, edits
from gait.services.depot import Depot
from tests.builders.results import SPEED_KMH, result_folder
from tests.integration.pages.show import page, text

FIRST = Details("Example Runner", "", SPEED_KMH, None)


@pytest.fixture
def folder(reports):
    return result_folder(reports / "r1")


def field(app, name):
    return next(one for one in app.text_input if one.key.endswith(f"-{name}"))


def save(app):
    next(one for one in app.button if one.key.endswith("-go")).click().run()
    assert not app.exception, app.exception
    return app


def test_the_fields_show_what_was_typed_and_what_is_put_right_stands_at_once(folder):
    app = page("result", id="r1")
    assert [field(app, name).value for name in ("runner", "speed", "size", "shoe")] == ["Example Runner", "9.7", "", ""]
    for name, typed in {"runner": "Anna", "speed": "12,5", "size": "42", "shoe": "Guide 3"}.items():
        field(app, name).input(typed)
    said = text(save(app))
    now = Details("Anna", "Guide 3", 12.5, 42.0)
    assert ResultFolder(folder).result.details == now
    assert "Anna" in said
    assert "12.5 km/h" in said
    assert "in Guide 3" in said
    assert said.count("Corrected by hand: speed (before: 9.7 km/h).") == 2, "on both cards"
    assert "Put right after the analysis:" in said
    assert "name, speed (before: 9.7 km/h), shoe size (before: not given), shoe worn. The report says the same." in said
    assert field(app, "speed").value == "12.5"
    app.button(key="put-right-undo").click().run()
    assert ResultFolder(folder).result.details == FIRST
    assert "Put right after" not in text(app)
    assert field(app, "runner").value == "Example Runner"


def test_an_impossible_value_says_so_and_changes_nothing(folder):
    app = page("result", id="r1")
    field(app, "speed").input("98")
    field(app, "runner").input("Anna")
    said = text(save(app))
    assert "The belt speed must be a number from 4 to 25 km/h" in said
    assert ResultFolder(folder).result.details == FIRST
    assert field(app, "runner").value == "Anna", "what was typed is still there"


def test_nothing_changed_makes_no_version(folder):
    assert "Nothing was changed" in text(save(page("result", id="r1")))
    assert ResultFolder(folder).result.version == 1


def test_a_tab_with_an_older_version_is_told_and_then_changes_only_what_was_typed_in_it(folder):
    app = page("result", id="r1")
    details.put_right(folder, Details("Ben", "", 11.0, None))  # another tab
    field(app, "shoe").input("Guide 3")
    save(app)
    assert "Somebody else has changed this result" in app.error[0].value
    assert ResultFolder(folder).result.details == Details("Ben", "", 11.0, None)
    assert field(app, "shoe").value == "Guide 3"
    save(app)  # now it has been seen
    assert not app.error
    assert ResultFolder(folder).result.details == Details("Ben", "Guide 3", 11.0, None)


def test_while_another_computer_of_the_store_corrects_it_nothing_is_changed_here(folder, monkeypatch):
    app = page("result", id="r1")

    def refuse(self, name):
        assert name == "results/r1"
        raise GaitError("changed_elsewhere")

    monkeypatch.setattr(Depot, "begin_change", refuse)
    field(app, "shoe").input("Guide 3")
    save(app)
    assert "being corrected on another computer of the store" in app.error[0].value
    assert ResultFolder(folder).result.details == FIRST
    assert field(app, "shoe").value == "Guide 3", "what was typed is still there"
    monkeypatch.undo()
    save(app)
    assert ResultFolder(folder).result.details.shoe_worn == "Guide 3"


def test_a_speed_of_the_command_with_more_decimals_than_are_shown_is_no_change(reports):
    path = result_folder(reports / "fine")
    details.put_right(path, Details("Example Runner", "", 9.6789, None))
    app = page("result", id="fine")
    assert field(app, "speed").value == "9.68"
    field(app, "shoe").input("Guide 3")
    save(app)
    assert ResultFolder(path).result.details == Details("Example Runner", "Guide 3", 9.6789, None)


@pytest.mark.parametrize(
    ("stances", "told"),
    [
        ([], None),
        ([5], "The step that was corrected by hand will lose its correction."),
        ([5, 6], "The 2 steps that were corrected by hand will lose their corrections."),
    ],
)
def test_corrections_that_another_standing_clip_would_cost_are_told_before(folder, stances, told):
    edits.apply(folder, [StepEdit(Side.LEFT, stance, rejected=True) for stance in stances])
    said = text(page("result", id="r1"))
    if told is None:
        assert "by hand will lose" not in said
    else:
        assert told in said
        assert "correct them again afterwards" in said
