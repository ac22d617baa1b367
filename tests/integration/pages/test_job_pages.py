"""A job, from the button to the result: progress, cancelling, failing."""

import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from gait.errors import Cancelled, GaitError
from gait.places import sample_run, sample_standing
from gait.progress import Progress
from gait.results.folder import ResultFolder
from gait.services import jobs
from gait.ui.engine import engine
from gait.ui.pages import new
from tests.builders.results import result_folder
from tests.integration.pages.show import PAGE_TIMEOUT_S, page, pretend, text, until


def test_the_example_run_from_button_to_result(reports, monkeypatch):
    asked = {}

    def analyse(clip, out, choices, progress, cancelled, published, pictured, followed, **_):
        asked.update(vars(choices) | {"clip": clip})
        progress(Progress("Finding the runner", 300, 1200, 5.0, 5.0))
        return ResultFolder(result_folder(out))

    pretend(monkeypatch, analyse)
    app = page("new")
    app.button_group(key="source").set_value(new.EXAMPLE).run()
    app.text_input(key="runner").set_value("Anna B").run()
    app.button(key="go").click().run()
    until(lambda: asked)
    assert asked["clip"] == sample_run()
    assert asked["standing"] == sample_standing()
    assert asked["speed_kmh"] == pytest.approx(9.7)
    assert asked["runner"] == "Anna B"
    until(lambda: [p for p in reports.iterdir() if not p.name.startswith(".")])
    made = [p.name for p in reports.iterdir() if not p.name.startswith(".")]
    assert len(made) == 1
    assert made[0].endswith("-anna-b")


def test_another_tracker_is_asked_for_and_one_that_is_not_ready_is_refused(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setenv("GAIT_NETWORKS", str(tmp_path))
    monkeypatch.delenv("GAIT_POSE_MODEL", raising=False)

    def analyse(_clip, out, choices, *_args, **_more):
        asked.append(choices.settings.pose.tracker)
        return ResultFolder(result_folder(out))

    pretend(monkeypatch, analyse)
    app = page("new")
    app.button_group(key="source").set_value(new.EXAMPLE).run()
    assert app.selectbox(key="tracker").value == "blazepose"
    app.selectbox(key="tracker").set_value("blazepose-heavy").run()
    app.button(key="go").click().run()
    assert "pose_landmark_heavy.tflite is not here" in text(app)
    app.selectbox(key="tracker").set_value("posenet").run()
    app.button(key="go").click().run()
    until(lambda: asked)
    assert asked == ["posenet"]


@pytest.mark.parametrize(
    ("speed", "size", "says"),
    [
        ("98", "", "from 4 to 25 km/h"),
        ("ten", "", "You typed “ten”"),
        ("9.8", "420", "from 1 to 60"),
        ("", "4 2", "“4 2”"),
    ],
)
def test_an_impossible_number_says_so_and_stops(speed, size, says, monkeypatch):
    began = []
    pretend(monkeypatch, lambda *a, **k: began.append(a))
    app = page("new")
    app.button_group(key="source").set_value(new.EXAMPLE).run()
    app.text_input(key="speed_example").input(speed)
    app.text_input(key="size").input(size).run()
    assert says in text(app)
    assert app.button(key="go").disabled
    app.button(key="go").click().run()
    assert not began
    assert engine().jobs.running() is None


def test_a_clip_that_there_is_no_room_for_says_so_in_whole_words(monkeypatch):
    chosen = SimpleNamespace(name="IMG_0042.MOV", file_id="refused")
    monkeypatch.setattr(
        "streamlit.delta_generator.DeltaGenerator.file_uploader", lambda *_, key, **__: chosen if key == "run" else None
    )
    engine().uploads.refuse("refused", GaitError("too_many_clips"))
    app = page("new")
    assert "Too many clips wait on this computer." in text(app)
    assert app.button(key="go").disabled


def test_a_decimal_comma_is_understood(monkeypatch):
    asked = {}

    def analyse(clip, out, choices, *rest, **more):
        asked.update(vars(choices))
        return ResultFolder(result_folder(out))

    pretend(monkeypatch, analyse)
    app = page("new")
    app.button_group(key="source").set_value(new.EXAMPLE).run()
    app.text_input(key="speed_example").input("9,8")
    app.text_input(key="size").input("42,5").run()
    app.button(key="go").click().run()
    until(lambda: asked)
    assert (asked["speed_kmh"], asked["shoe_size"]) == (9.8, 42.5)


def test_progress_is_shown_and_cancel_stops_the_work(reports, monkeypatch):
    at_work, free = threading.Event(), threading.Event()

    def analyse(clip, out, choices, progress, cancelled, published, pictured, followed, **_):
        progress(Progress("Finding the runner", 300, 1200, 5.0, 5.0))
        at_work.set()
        free.wait(PAGE_TIMEOUT_S)
        if cancelled():
            raise Cancelled
        return ResultFolder(result_folder(out))

    pretend(monkeypatch, analyse)
    job = engine().jobs.start(jobs.AnalysisRequest(Path("clip.mp4"), runner="Anna", owner="mine"))
    assert at_work.wait(PAGE_TIMEOUT_S)
    app = page("new", job=job.name, by="mine")  # as after a refresh
    said = text(app)
    assert "Finding the runner" in said
    assert "300 of 1,200 frames" in said
    assert "about 15 s left" in said
    app.button(key="cancel").click().run()
    free.set()
    assert job.wait(PAGE_TIMEOUT_S)
    assert job.state == "cancelled"
    assert "cancelled" in text(page("new", job=job.name))
    assert not (reports / job.name).exists()


def test_another_station_keeps_its_form_waits_its_turn_and_cannot_cancel(reports, monkeypatch):
    free, order = threading.Event(), []

    def analyse(clip, out, choices, *_, **__):
        order.append(choices.runner)
        free.wait(PAGE_TIMEOUT_S)
        return ResultFolder(result_folder(out))

    pretend(monkeypatch, analyse)
    first = engine().jobs.start(jobs.AnalysisRequest(Path("clip.mp4"), runner="Anna Secret", owner="first station"))
    until(lambda: order)
    app = page("new")
    assert "Another station's run is being analysed" in text(app)
    assert "Secret" not in text(app), "nobody else's customer is shown"
    app.button_group(key="source").set_value(new.EXAMPLE).run()
    app.text_input(key="runner").set_value("Berta").run()
    app.button(key="go").click().run()
    second = engine().jobs.awaited()[1]
    assert "It is next" in text(app)
    assert [j.place for j in (first, second)] == [0, 1]
    app.button(key="next").click().run()  # the next customer is prepared meanwhile
    assert "Berta" in text(app)
    assert app.text_input(key="runner").value == ""
    app.button(key=f"show-{second.name}").click().run()
    app.button(key="cancel").click().run()
    until(lambda: second.state == "cancelled")
    refreshed = page("new", by=second.request.owner)  # the session is another one, the tab is the same
    assert "Ended without a result" in text(refreshed)
    others = page("new", job=first.name)
    assert not [b for b in others.button if b.key == "cancel"]
    assert "Another station started this" in text(others)
    free.set()
    assert first.wait(PAGE_TIMEOUT_S)
    assert first.state == "done"
    assert order == ["Anna Secret"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (GaitError("bad_times", "shared"), "Export it again as MP4"),
        (RuntimeError("inner secret"), "Something went wrong inside the program."),
        (MemoryError(), "ran out of memory"),
    ],
)
def test_a_failed_job_says_what_to_do_and_deletes_the_upload(monkeypatch, error, said):
    def analyse(clip, out, choices, progress, cancelled, published, pictured, followed, **_):
        raise error

    pretend(monkeypatch, analyse)
    folder = engine().uploads.new_folder()
    (folder / "run.mp4").write_bytes(b"x")
    job = engine().jobs.start(jobs.AnalysisRequest(folder / "run.mp4", uploads=folder))
    assert job.wait(PAGE_TIMEOUT_S)
    shown = text(page("new", job=job.name))
    assert said in shown
    assert "inner secret" not in shown
    assert not folder.exists()


def test_the_runner_staff_chose_reaches_the_pipeline(monkeypatch):
    chosen = []

    def analyse(clip, out, choices, *_, **__):
        chosen.append(choices.runner_at)
        return ResultFolder(result_folder(out))

    pretend(monkeypatch, analyse)
    assert engine().jobs.start(jobs.AnalysisRequest(Path("run.mp4"), runner_at=(0.75, 0.5))).wait(PAGE_TIMEOUT_S)
    assert chosen == [(0.75, 0.5)]


def test_a_run_keeps_the_name_its_file_came_with(monkeypatch):
    asked = {}
    pretend(monkeypatch, lambda clip, out, choices, *rest, **more: asked.update(vars(choices)))
    engine().jobs.start(jobs.AnalysisRequest(Path("run.mp4"), clip_name="IMG_0042.MOV")).wait(PAGE_TIMEOUT_S)
    assert asked["clip_name"] == "IMG_0042.MOV"
