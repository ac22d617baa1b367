"""The page of two results: the verdict first, every figure as it was compared, and the film made when it is asked for."""

from dataclasses import replace

import pypdfium2
import pytest

from gait.comparison.compare import compare
from gait.comparison.shown import amount
from gait.landmarks import Side
from gait.model import Estimate
from gait.results.folder import ResultFolder
from gait.said import Said
from gait.ui.engine import engine, reception
from gait.ui.parts.compared_pdf import _taken_along
from gait.words import phrase, say
from tests.builders.results import example_result, result_folder
from tests.integration.pages.show import page, text


def changed(name, sha, right_deg, **more):
    """The example's run as another clip in another shoe, whose right peak is this."""
    result = example_result()
    judged = result.judged
    right = replace(judged.feet[Side.RIGHT], peak_eversion_deg=Estimate(right_deg, (right_deg - 1.2, right_deg + 1.2)))
    return replace(
        result, clip=replace(result.clip, file=f"{name}.mp4", sha256=sha * 64),
        standing=replace(result.standing, sha256=sha * 64), judged=replace(judged, feet={**judged.feet, Side.RIGHT: right}), **more,
    )  # fmt: skip


@pytest.fixture
def two(reports):
    """An old shoe and a new one; the right foot tilts in by 5.8 degrees less in the new one."""
    result_folder(reports / "old", changed("old", "a", 17.0, shoe_worn="Old Shoe"))
    result_folder(reports / "new", changed("new", "b", 11.2, shoe_worn="New <Shoe>"))
    return ResultFolder(reports / "old"), ResultFolder(reports / "new")


def test_the_verdict_comes_first_and_the_left_foot_stands_on_the_left(two):
    app = page("compare", a="old", b="new")
    said = text(app)
    bodies = " ".join(e.proto.body for e in app.get("html"))
    assert bodies.index('data-side="left"') < bodies.index('data-side="right"')
    left, right = bodies.index('data-side="left"'), bodies.index('data-side="right"')
    assert bodies.index('data-verdict="noise"', left) < right
    assert 'data-verdict="real"' in bodies[right : right + 400]
    assert said.index("Real change") < said.index(phrase("page-compare_figures"))
    assert "−5.8°" in said
    assert say(Said("change_real")) in said
    assert say(Said("apart_standing")) in said


def test_every_figure_stands_in_the_table_as_it_was_compared(two):
    found = compare(*two)
    bodies = " ".join(e.proto.body for e in page("compare", a="old", b="new").get("html"))
    rows = bodies.split("<tr data-key=")[1:]
    assert len(rows) == len(found.measures)
    for row, one in zip(rows, found.measures, strict=True):
        assert row.startswith(f"'{one.key}'")
        assert f"data-verdict='{one.verdict}'" in row
        if one.difference is not None:
            assert f"<b>{amount(one.key, one.difference.value, signed=True)}</b>" in row
            for run, value in (("A", one.a.value), ("B", one.b.value)):
                assert f"<td data-name='{run}'>{amount(one.key, value)}</td>" in row


def test_both_curves_are_drawn_over_each_other(two):
    app = page("compare", a="old", b="new")
    assert len(app.get("plotly_chart")) == 1
    assert "A, dashed: Old Shoe. B, solid: New <Shoe>." in " ".join(c.value for c in app.caption)


def test_without_names_the_newest_is_compared_with_the_same_runners_one_before(reports):
    first = example_result()
    for name, runner, day in (("one", "Anna", 1), ("two", "Berta", 2), ("three", "Anna", 3)):
        result_folder(reports / name, replace(first, runner=runner, created=first.created.replace(day=day)))
    app = page("compare")
    assert [box.value for box in app.selectbox] == ["one", "three"]
    app = page("compare", b="two")
    assert [box.value for box in app.selectbox] == ["three", "two"]


def test_another_choice_goes_into_the_address(two, reports):
    result_folder(reports / "third", changed("third", "c", 17.0))
    app = page("compare", a="old", b="new")
    app.selectbox(key="compare-b").set_value("third").run()
    assert app.query_params["b"] == ["third"]
    assert "Real change" not in text(app)


def test_one_result_alone_has_nothing_to_be_compared_with(reports):
    result_folder(reports / "only")
    assert phrase("page-compare_too_few") in text(page("compare"))


def test_the_page_on_both_is_saved_as_a_pdf_and_that_is_written_down_for_both(two, monkeypatch):
    noted = []
    monkeypatch.setattr(
        "gait.services.reception.Reception.of_result", lambda self, what, name: noted.append((what, name))
    )
    (button,) = page("compare", a="old", b="new").get("download_button")
    assert button.proto.label == phrase("page-export_pdf")
    noted.clear()
    made = _taken_along(reception(), engine(), compare(*two), two, "en")
    assert noted == [("report_saved", "old"), ("report_saved", "new")]
    with pypdfium2.PdfDocument(made) as document:
        assert "New <Shoe>" in document[0].get_textpage().get_text_range()


def test_a_film_that_is_gone_is_said_when_it_is_asked_for(two):
    app = page("compare", a="old", b="new")
    assert not app.get("video")
    app.button(key="compare-film").click().run()
    assert say(Said("no_film_of", {"run": "both"})) in text(app)


def test_the_film_is_shown_and_nothing_of_it_stays_on_the_disk(two, reports, monkeypatch):
    monkeypatch.setattr("gait.services.film_of_two.film_to_show", lambda a, b: f"{a.name} {b.name}".encode())
    app = page("compare", a="old", b="new")
    app.button(key="compare-film").click().run()
    assert not app.exception
    assert app.get("video")
    assert "compare-film" not in [b.key for b in app.button]
    assert app.session_state["compared_film"][1] == b"old new"
    assert not [*reports.rglob("*.mp4")]


def test_the_result_page_leads_here(two, goes):
    app = page("result", id="new")
    app.button(key="to-compare").click().run()
    assert goes == [("compare", {"b": "new"})]
