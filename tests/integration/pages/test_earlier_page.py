"""The list of earlier results."""

from pathlib import Path

from gait.services import jobs
from gait.ui.engine import engine
from tests.builders.results import analysis_json, result_folder
from tests.integration.pages.show import SlowDrawing, page, pretend, text, until


def test_earlier_lists_newest_first_and_deletes_on_the_second_click(reports):
    for name, made in (("old", "2026-01-01T10:00:00+00:00"), ("young", "2026-02-01T10:00:00+00:00")):
        doc = analysis_json()
        doc |= {"created": made, "runner": name}
        result_folder(reports / name, doc)
    app = page("earlier")
    said = text(app)
    assert said.index("young") < said.index("old")
    assert "Left: Neutral" in said
    assert "Right: Over-pronating" in said
    app.button(key="delete-old").click().run()
    assert (reports / "old").is_dir()
    app.button(key="really").click().run()
    assert not (reports / "old").exists()
    assert (reports / "young").is_dir()


def test_earlier_without_results_says_so():
    assert "No results yet" in text(page("earlier"))


def test_deleting_a_result_ends_its_film(reports, monkeypatch):
    drawing = SlowDrawing()
    pretend(monkeypatch, drawing.analyse)
    job = engine().jobs.start(jobs.AnalysisRequest(Path("clip.mp4")))
    until(lambda: job.state == "drawing")
    app = page("earlier")
    app.button(key=f"delete-{job.name}").click().run()
    app.button(key="really").click().run()
    assert job.state == "done"
    assert not (reports / job.name).exists()


def results_of(reports, *runners):
    for k, runner in enumerate(runners):
        doc = analysis_json()
        doc |= {"created": f"2026-01-{k + 10}T10:00:00+00:00", "runner": runner}
        doc["clip"]["file"] = f"clip_{k}.mov"
        result_folder(reports / f"r{k}", doc)


MANY = ("Öztürk, Işıl", "Łukasz", "Anna", "Bea", "Cleo", "Dora", "Eva", "")


def listed(app):
    return {b.key.removeprefix("open-") for b in app.button if b.key.startswith("open-")}


def test_search_finds_names_typed_in_plain_letters_and_days(reports):
    results_of(reports, *MANY)
    app = page("earlier")
    for typed, found in (
        ("ozturk", {"r0"}),
        ("ÖZTÜRK", {"r0"}),
        ("isil", {"r0"}),
        ("lukasz", {"r1"}),
        ("2026-01-12", {"r2"}),
        ("12 January", {"r2"}),
        ("clip_7", {"r7"}),
        ("nobody", set()),
    ):
        app.text_input(key="find").set_value(typed).run()
        assert listed(app) == found, typed


def test_the_search_is_there_again_when_the_page_is_come_back_to(reports):
    results_of(reports, *MANY)
    app = page("earlier")
    app.text_input(key="find").set_value("ozturk").run()
    assert app.query_params["find"] in ("ozturk", ["ozturk"])
    again = page("earlier", find="ozturk")
    assert listed(again) == {"r0"}
    assert again.text_input(key="find").value == "ozturk"


def test_deleting_asks_with_the_name_in_it(reports):
    results_of(reports, "Öztürk", "")
    app = page("earlier")
    app.button(key="delete-r0").click().run()
    assert "Delete the result of Öztürk for good?" in text(app)
    app.button(key="keep").click().run()
    app.button(key="delete-r1").click().run()
    assert "Delete the result of clip_1.mov for good?" in text(app)
