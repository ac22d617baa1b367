"""A result opens with its numbers; pictures, PDF and film follow, or do not."""

import threading
import time
from pathlib import Path

from gait.errors import GaitError
from gait.results.folder import ResultFolder
from gait.results.lock import one_writer
from gait.results.place import own_work
from gait.services import jobs
from gait.ui.engine import engine
from tests.builders.results import result_folder
from tests.integration.pages.show import PAGE_TIMEOUT_S, SlowDrawing, page, polls, pretend, text, until


def test_a_result_opens_while_its_film_is_drawn_and_the_upload_stays_until_then(reports, monkeypatch, goes):
    drawing = SlowDrawing()
    pretend(monkeypatch, drawing.analyse)
    folder = engine().uploads.new_folder()
    (folder / "run.mp4").write_bytes(b"x")
    job = engine().jobs.start(jobs.AnalysisRequest(folder / "run.mp4", runner="Anna", uploads=folder))
    until(lambda: job.state == "drawing")
    page("new", job=job.name)
    assert goes == [("result", {"id": job.name})]
    app = page("result", id=job.name)
    assert "The overlay video is being drawn" in text(app)
    assert polls(app)
    assert not job.wait(0.05)
    assert folder.exists()
    drawing.enough.set()
    assert job.wait(PAGE_TIMEOUT_S)
    assert job.state == "done"
    assert not folder.exists()
    after = app.run()
    assert not after.exception
    assert not polls(after)
    assert (reports / job.name / "overlay.mp4").is_file()


def test_a_result_opens_with_its_numbers_and_the_pictures_fill_in(reports, monkeypatch, goes):
    drawing = SlowDrawing(pictures=False)
    pretend(monkeypatch, drawing.analyse)
    job = engine().jobs.start(jobs.AnalysisRequest(Path("clip.mp4"), runner="Anna"))
    until(lambda: job.state == "picturing")
    page("new", job=job.name)
    assert goes == [("result", {"id": job.name})]
    app = page("result", id=job.name)
    said = text(app)
    assert "Over-pronating" in said
    assert "The pictures of the steps are being drawn." in said
    assert said.count("is being drawn") == 2, "a place for each foot's freeze frame"
    assert "The overlay video comes next" in said
    assert app.button(key="pdf-comes").disabled
    assert "make-pdf" not in {b.key for b in app.button}, "two would write the same file"
    drawing.may_picture.set()
    until(lambda: job.state == "drawing")
    app.run()
    said = text(app)
    assert "pictures of the steps are" not in said
    assert "pdf-comes" not in {b.key for b in app.button}
    assert "The overlay video is being drawn" in said
    drawing.enough.set()
    assert job.wait(PAGE_TIMEOUT_S)


def test_a_result_whose_drawing_ended_early_reads_well_and_polls_nothing(reports, monkeypatch):
    drawing = SlowDrawing(pictures=False)
    pretend(monkeypatch, drawing.analyse)
    job = engine().jobs.start(jobs.AnalysisRequest(Path("clip.mp4"), runner="Anna"))
    until(lambda: job.state == "picturing")
    job.cancel()
    assert job.wait(PAGE_TIMEOUT_S)
    assert job.state == "done"
    app = page("result", id=job.name)
    said = text(app)
    assert "Over-pronating" in said
    assert "This result has no pictures of its steps." in said
    assert "Tap a step" not in said
    assert not polls(app)
    assert app.button(key="make-pdf")
    assert "Example Runner" in text(page("earlier"))


def test_a_film_left_out_or_failed_costs_the_film_only(reports, monkeypatch):
    drawing = SlowDrawing()
    pretend(monkeypatch, drawing.analyse)
    job = engine().jobs.start(jobs.AnalysisRequest(Path("clip.mp4")))
    until(lambda: job.state == "drawing")
    page("result", id=job.name).button(key="no-film").click().run()
    assert job.wait(PAGE_TIMEOUT_S)
    assert job.state == "done"
    assert "This result has no overlay video." in text(page("result", id=job.name))

    failing = SlowDrawing(GaitError("cannot_write", "overlay", folder="run"))
    failing.enough.set()
    pretend(monkeypatch, failing.analyse)
    job = engine().jobs.start(jobs.AnalysisRequest(Path("clip.mp4")))
    assert job.wait(PAGE_TIMEOUT_S)
    assert job.state == "done"
    app = page("result", id=job.name)
    assert "This result has no overlay video." in text(app)
    assert "Over-pronating" in text(app)
    assert not polls(app)


def test_a_new_run_starts_at_once_and_the_earlier_film_waits_for_it(reports, monkeypatch):
    first = SlowDrawing()
    pretend(monkeypatch, first.analyse)
    board = engine().jobs
    one = board.start(jobs.AnalysisRequest(Path("one.mp4")))
    until(lambda: one.state == "drawing")
    at_work, free = threading.Event(), threading.Event()

    def analyse(clip, out, choices, progress, cancelled, published, pictured, followed, **_):
        at_work.set()
        free.wait(PAGE_TIMEOUT_S)
        return ResultFolder(result_folder(out))

    pretend(monkeypatch, analyse)
    two = board.start(jobs.AnalysisRequest(Path("two.mp4")))
    assert at_work.wait(PAGE_TIMEOUT_S)
    assert board.running() is two
    time.sleep(0.05)  # the frame that was being drawn
    drawn = first.drawn
    time.sleep(0.3)
    assert first.drawn == drawn
    assert "It goes on when the other run is analysed." in text(page("result", id=one.name))
    free.set()
    assert two.wait(PAGE_TIMEOUT_S)
    until(lambda: first.drawn > drawn)
    first.enough.set()
    assert one.wait(PAGE_TIMEOUT_S)


def test_what_a_crash_left_half_drawn_goes_and_what_is_being_drawn_stays(reports):
    for name in ("crashed", "drawing"):
        result_folder(reports / name)
        (reports / name / ".steps.part").mkdir()
        (reports / name / ".steps.part" / "left_000.jpg").write_bytes(b"half")
        (reports / name / ".overlay.mp4.part").write_bytes(b"half")
    with one_writer(reports / "drawing"), own_work(reports) as film:
        engine()
        assert not list((reports / "crashed").glob(".*.part"))
        assert len(list((reports / "drawing").glob(".*.part"))) == 2
        assert film.is_dir(), "whether somebody draws it tells its lock, not its date"


def test_a_film_that_was_cut_short_is_drawn_again_where_the_clip_is_kept(reports, monkeypatch):
    folder = result_folder(reports / "r1")
    (folder / "overlay.mp4").unlink(missing_ok=True)
    app = page("result", id="r1")
    assert "The clip is not kept, so that it cannot be drawn again." in text(app)
    assert "film-again" not in [b.key for b in app.button]
    clip = reports / "kept.mp4"
    clip.write_bytes(b"clip")
    monkeypatch.setattr(engine().kept, "of_result", lambda name: clip)
    monkeypatch.setattr(engine(), "_mirrored", lambda run: None)
    may = threading.Event()

    def draw(out, *given):
        assert may.wait(60)
        (out / "overlay.mp4").write_bytes(b"film")

    monkeypatch.setattr("gait.services.film_again.draw_film_again", draw)
    app = page("result", id="r1")
    app.button(key="film-again").click().run()
    assert not app.exception, app.exception
    job = engine().jobs.get("r1")
    until(lambda: job.state == "running")
    assert "The overlay video is being drawn" in text(app.run())
    assert "film-again" not in [b.key for b in app.button]
    may.set()
    assert job.wait(60)
    assert "no overlay video" not in text(app.run())
