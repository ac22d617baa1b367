"""The New analysis page: clips are kept for as long as staff decide and no longer, and what they decide reaches the pipeline."""

import gc
import io
import os
import re
import time

import numpy as np
import pytest

from gait.errors import GaitError
from gait.model import Finding
from gait.quality import Check
from gait.results.folder import ResultFolder
from gait.said import AS_WRITTEN, Said, as_written
from gait.services import jobs, publish, uploads
from gait.ui.engine import engine
from gait.ui.parts import again, look
from tests.builders import analysis_json, result_folder
from tests.integration.test_app import page, pretend, text


@pytest.fixture(autouse=True)
def reports(tmp_path, monkeypatch):
    monkeypatch.setenv("GAIT_REPORTS_DIR", str(tmp_path))
    engine.clear()
    yield tmp_path
    engine.clear()


# -- slow motion -------------------------------------------------------------------------------------------------------

REFUSAL = {
    "code": "slow_motion", "severity": "refuse", "value": 2.0, "limit": 120.0,
    "message": "The clip seems to be in slow motion.", "advice": "Confirm it.",
}  # fmt: skip


@pytest.fixture
def asked(monkeypatch):
    """The factors the pipeline was called with; it refuses whatever plays at normal speed."""
    factors = []

    def analyse(clip, out, choices, progress, cancelled, published, pictured, followed):
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
    assert job.wait(10)
    return job, folder


def test_one_button_analyses_slow_motion_again_from_the_clip_that_waited(asked, reports):
    first, folder = refused_as_slow()
    assert (folder / "run.mp4").is_file()
    app = page("result", id=first.name)
    assert app.button(key="slow-yes").label == "It was filmed in slow motion (2x): analyse again"
    app.button(key="slow-yes").click().run()
    again_ = next(j for j in engine().jobs._jobs.values() if j is not first)
    assert again_.wait(10)
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
    def analyse(clip, out, choices, progress, cancelled, published, pictured, followed):
        doc = analysis_json() | {"status": "refused", "findings": [REFUSAL | {"code": "not_running"}]}
        folder = ResultFolder(result_folder(out, doc))
        published(folder)
        return folder

    pretend(monkeypatch, analyse)
    job, folder = refused_as_slow()
    assert not folder.exists()
    assert "slow-yes" not in {b.key for b in page("result", id=job.name).button}


def test_a_result_in_slow_motion_says_so(reports):
    doc = analysis_json()
    doc["clip"]["slow_motion"] = 2.0
    result_folder(reports / "slow", doc)
    result_folder(reports / "plain", analysis_json())
    assert "filmed in slow motion (2 times), as staff confirmed" in text(page("result", id="slow"))
    assert "slow motion" not in text(page("result", id="plain"))


# -- the clips on the desk ---------------------------------------------------------------------------------------------


class Upload(io.BytesIO):
    """What streamlit hands over."""

    def __init__(self, data: bytes, name: str, file_id: str):
        super().__init__(data)
        self.name, self.file_id = name, file_id


def files(reports):
    return sorted(p.name for p in (reports / uploads.FOLDER).rglob("*.*") if p.is_file() and p.name != uploads.CHOSEN)


def test_a_chosen_clip_is_saved_once_and_goes_when_another_is_chosen(reports):
    mine = engine().desk()
    assert mine.hold("run", None) is None
    first = mine.hold("run", Upload(b"one", "a.mp4", "1"))
    before = first.stat().st_mtime_ns
    assert mine.hold("run", Upload(b"one", "a.mp4", "1")) == first
    assert first.stat().st_mtime_ns == before
    mine.hold("standing", Upload(b"stand", "s.mov", "2"))
    mine.hold("run", Upload(b"two", "b.mkv", "3"))
    assert files(reports) == ["run.mkv", "standing.mov"]
    mine.hold("run", None)
    assert files(reports) == ["standing.mov"]


def test_what_a_session_leaves_behind_is_deleted_and_what_a_job_has_is_not(reports):
    left, handed = engine().desk(), engine().desk()
    left.hold("run", Upload(b"one", "a.mp4", "1"))
    handed.hold("run", Upload(b"two", "b.mp4", "2"))
    folder = handed.hand_over()
    del left, handed
    gc.collect()
    assert [p.name for p in (reports / uploads.FOLDER).iterdir()] == [folder.name]
    assert files(reports) == ["run.mp4"]


def test_clips_of_a_page_closed_an_hour_ago_are_deleted_but_not_a_jobs(reports):
    old, young, at_work = engine().desk(), engine().desk(), engine().desk()
    for number, mine in enumerate((old, young, at_work)):
        mine.hold("run", Upload(b"x", "a.mp4", str(number)))
    at_work.hand_over()
    long_ago = time.time() - uploads.ABANDONED_S - 5
    os.utime(old.folder / uploads.CHOSEN, (long_ago, long_ago))
    os.utime(at_work.folder, (long_ago, long_ago))
    engine().uploads.drop_abandoned()
    assert [m.folder.exists() for m in (old, young, at_work)] == [False, True, True]
    assert old.hold("run", Upload(b"x", "a.mp4", "0")).is_file(), "whoever comes back has the clip saved again"


def test_a_file_that_is_no_clip_is_looked_at_once_and_not_kept(reports):
    mine = engine().desk()
    text = Upload(b"no video, only words", "holiday.mp4", "1")
    for _ in range(2):
        path = mine.hold("run", text)
        with pytest.raises(GaitError, match="no video"):
            mine.look()
        assert not path.exists()


def test_the_runner_staff_chose_reaches_the_pipeline(asked, monkeypatch):
    chosen = []
    analyse = publish.analyse_to_folder

    def noting(clip, out, choices, *more, **named):
        chosen.append(choices.runner_at)
        return analyse(clip, out, choices, *more, **named)

    pretend(monkeypatch, noting)
    folder = engine().uploads.new_folder()
    (folder / "run.mp4").write_bytes(b"x")
    request = jobs.AnalysisRequest(folder / "run.mp4", uploads=folder, runner_at=(0.75, 0.5))
    assert engine().jobs.start(request).wait(10)
    assert chosen == [(0.75, 0.5)]


def test_the_look_shows_the_worst_first_and_numbers_several_people():
    step_back = Finding("feet", "refuse", values={"message": "Step <back>.", "advice": ""}, case=AS_WRITTEN)
    checks = [
        Check("light", "ok", as_written("bright"), as_written("90")),
        Check("view", "warn", as_written("side"), None, (Finding("camera_aside", "warn", values={"yaw_deg": 20.0}),)),
        Check("feet", "refuse", as_written("none"), Said("check_least_share", {"share": 0.97}), (step_back,)),
    ]
    said = look.rows(checks)
    assert said.index("Feet") < said.index("View") < said.index("Light")
    assert "Step &lt;back&gt;." in said
    assert "needed: 97% or more" in said
    grey = np.full((80, 100, 3), 90, np.uint8)
    boxes = np.array([[0.1, 0.2, 0.3, 0.9], [0.6, 0.2, 0.8, 0.9]])
    drawn = look._picture(grey, boxes, 1)
    assert re.findall(r"<b>(\d)</b>", drawn) == ["1", "2"]
    assert drawn.index("g-out") < drawn.index("g-in")
    assert "left:60.0%;top:20.0%;width:20.0%;height:70.0%" in drawn
    assert "<b>" not in look._picture(grey, boxes[:1], None)
