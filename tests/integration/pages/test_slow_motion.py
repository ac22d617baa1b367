"""A clip refused as slow motion waits for what staff say, and no longer."""

import pytest

from gait.results.folder import ResultFolder
from gait.services import jobs
from gait.ui.engine import engine
from gait.ui.parts import again
from tests.builders.results import analysis_json, result_folder
from tests.integration.pages.show import PAGE_TIMEOUT_S, page, pretend, text

REFUSAL = {
    "code": "slow_motion", "severity": "refuse", "value": 2.0, "limit": 120.0,
    "message": "The clip seems to be in slow motion.", "advice": "Confirm it.",
}  # fmt: skip


@pytest.fixture
def asked(monkeypatch):
    """The factors the pipeline was called with; it refuses whatever plays at normal speed."""
    factors = []

    def analyse(clip, out, choices, progress, cancelled, published, pictured, followed, **_):
        assert clip.is_file()
        factors.append(choices.slow_motion)
        doc = analysis_json()
        if choices.slow_motion == 1:
            doc |= {"status": "refused", "findings": [REFUSAL]}
        folder = ResultFolder(result_folder(out, doc))
        published(folder)
        return folder

    pretend(monkeypatch, analyse)
    return factors


def refused_as_slow():
    folder = engine().uploads.new_folder()
    (folder / "run.mp4").write_bytes(b"x")
    job = engine().jobs.start(jobs.AnalysisRequest(folder / "run.mp4", runner="Anna", uploads=folder))
    assert job.wait(PAGE_TIMEOUT_S)
    return job, folder


def test_one_button_analyses_slow_motion_again_from_the_clip_that_waited(asked, reports):
    first, folder = refused_as_slow()
    assert (folder / "run.mp4").is_file()
    app = page("result", id=first.name)
    assert app.button(key="slow-yes").label == "It was filmed in slow motion (2x): analyse again"
    app.button(key="slow-yes").click().run()
    again_ = next(j for j in engine().jobs._jobs.values() if j is not first)
    assert again_.wait(PAGE_TIMEOUT_S)
    assert asked == [1.0, 2.0]
    assert again_.request.runner == "Anna"
    assert not folder.exists(), "the second result stands: the clip goes"
    assert not (reports / first.name).exists(), "the refusal was answered"
    assert "Neutral" in text(page("result", id=again_.name))


def test_saying_no_deletes_the_clip(asked):
    job, folder = refused_as_slow()
    app = page("result", id=job.name)
    app.button(key="slow-no").click().run()
    assert not folder.exists()
    app = page("result", id=job.name)
    assert "slow-yes" not in {b.key for b in app.button}
    assert "seems to be in slow motion" in text(app)


def test_turning_to_a_new_analysis_deletes_the_clip_that_waited(asked):
    job, folder = refused_as_slow()
    app = page("result", id=job.name)
    other = page("new")  # somebody else's tablet
    assert folder.exists()
    other.session_state[again.KEPT] = app.session_state[again.KEPT]
    other.run()
    assert not folder.exists()


def test_the_next_analysis_deletes_a_clip_nobody_decided_about(asked):
    _, folder = refused_as_slow()
    _, second = refused_as_slow()
    assert not folder.exists()
    assert second.exists()


def test_any_other_refusal_keeps_nothing(monkeypatch):
    def analyse(clip, out, choices, progress, cancelled, published, pictured, followed, **_):
        doc = analysis_json() | {"status": "refused", "findings": [REFUSAL | {"code": "not_running"}]}
        folder = ResultFolder(result_folder(out, doc))
        published(folder)
        return folder

    pretend(monkeypatch, analyse)
    job, folder = refused_as_slow()
    assert not folder.exists()
    assert "slow-yes" not in {b.key for b in page("result", id=job.name).button}
