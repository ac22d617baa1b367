"""The film of a result drawn again from its kept clip: its own angles, nothing else of it changed, and said where there is none."""

from types import SimpleNamespace

import numpy as np
import pytest

from gait.errors import GaitError
from gait.pipeline import Choices
from gait.results.folder import ResultFolder
from gait.results.place import FILM
from gait.services import film_again
from gait.services.asked import AnalysisRequest
from gait.services.engine import Engine
from gait.services.film_again import draw_film_again
from gait.services.queue import meant, told
from gait.services.settings import StoreSettings
from tests.builders.results import result_folder
from tests.builders.seen import drawn_analysis
from tests.integration.pages.show import until

NAME = "2026-01-15-103000-anna"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    return drawn_analysis(tmp_path_factory.mktemp("drawn"))


@pytest.fixture
def engine(tmp_path, monkeypatch):
    with Engine(StoreSettings(tmp_path / "reports")) as one:
        yield one


@pytest.fixture
def folder(engine):
    path = result_folder(engine.store.reports / NAME)
    (path / FILM).unlink(missing_ok=True)
    return path


@pytest.fixture
def kept(engine, folder, monkeypatch):
    """As if its clip were kept."""
    clip = folder.parent / "run.mp4"
    clip.write_bytes(b"clip")
    monkeypatch.setattr(engine.kept, "of_result", lambda name: clip if name == NAME else None)
    monkeypatch.setattr(engine, "_mirrored", lambda run: None)
    return clip


def test_it_shows_the_results_own_angles_and_changes_nothing_else(folder, drawn, monkeypatch):
    before = {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}
    asked, shown = [], []
    monkeypatch.setattr(
        film_again,
        "measure",
        lambda clip, choices, watch, stack: (asked.append((clip, choices.track)), (drawn, None))[1],
    )

    def write(out, analysis, result, tell, encoder):
        shown.append(analysis)
        assert result == ResultFolder(folder).result
        (out / FILM).write_bytes(b"film")

    monkeypatch.setattr(film_again, "write_film", write)
    draw_film_again(folder, folder / "run.mp4", Choices(track=folder / "run.npz"))
    assert asked == [(folder / "run.mp4", folder / "run.npz")]
    table = ResultFolder(folder).rearfoot
    for side, foot in shown[0].rearfoot.feet.items():
        np.testing.assert_array_equal(foot.angle_deg, table[table["side"] == side]["angle_deg"])
    after = {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}
    assert after.pop(FILM) == b"film"
    assert after == before


def test_a_clip_that_is_refused_now_gives_none(folder, monkeypatch):
    monkeypatch.setattr(film_again, "measure", lambda *given: (SimpleNamespace(refused=True), None))
    with pytest.raises(GaitError) as caught:
        draw_film_again(folder, folder / "run.mp4", Choices())
    assert caught.value.code == "no_film_again"
    assert not (folder / FILM).exists()


def test_the_program_draws_it_in_the_background_and_the_result_stays(engine, folder, kept, monkeypatch):
    before = ResultFolder(folder).result

    def draw(out, clip, choices, progress, cancelled):
        assert (out, clip, choices.track, choices.standing) == (folder, kept, kept.with_suffix(".npz"), None)
        (out / FILM).write_bytes(b"film")

    monkeypatch.setattr(film_again, "draw_film_again", draw)
    job = engine.draw_film(NAME)
    assert (job.name, job.request.film_alone) == (NAME, True)
    assert job.wait(60)
    assert (job.state, job.fault) == ("done", None)
    assert (folder / FILM).read_bytes() == b"film"
    assert ResultFolder(folder).result == before
    assert kept.exists()


def test_without_a_kept_clip_it_is_refused_in_words_and_twice_at_once_too(engine, folder, kept, monkeypatch):
    go_on = __import__("threading").Event()
    monkeypatch.setattr(film_again, "draw_film_again", lambda *given: go_on.wait(60))
    with pytest.raises(GaitError) as caught:
        engine.draw_film("2026-01-15-103001-nobody")
    assert caught.value.code == "no_film_again"
    job = engine.draw_film(NAME)
    until(lambda: job.state == "running")
    with pytest.raises(GaitError) as caught:
        engine.draw_film(NAME)
    assert caught.value.code == "being_written"
    go_on.set()
    assert job.wait(60)


def test_a_full_disk_while_it_is_drawn_is_said_and_the_result_stays(engine, folder, kept, monkeypatch):
    monkeypatch.setattr("gait.services.queue.MOST_ATTEMPTS", 1)

    def full(*given):
        raise GaitError("cannot_write", "overlay", folder="there")

    monkeypatch.setattr(film_again, "draw_film_again", full)
    job = engine.draw_film(NAME)
    until(lambda: job.fault is not None)
    assert job.fault.code == "cannot_write"
    assert ResultFolder(folder).result.judged is not None
    assert kept.exists()


def test_what_was_asked_for_outlives_the_program(tmp_path):
    asked = AnalysisRequest(tmp_path / "run.mp4", puts_right=NAME, film_alone=True, track=tmp_path / "run.npz")
    assert meant(told(asked, tmp_path), tmp_path) == asked
