"""Which foot is which: asked once for each camera, kept, changeable, and handed to the analysis."""

import io
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from gait import clip as clips
from gait import first_look
from gait.errors import GaitError
from gait.landmarks import Landmark, Side
from gait.model import Finding
from gait.places import sample_run, sample_standing
from gait.services import recordings
from gait.services.cameras import CameraId
from gait.ui.engine import engine
from tests.integration.pages.show import PAGE_TIMEOUT_S, pretend, text
from tests.integration.recording.sent import browser_clip


class Upload(io.BytesIO):
    """What the file chooser hands over."""

    def __init__(self, path):
        super().__init__(path.read_bytes())
        self.name, self.file_id = path.name, path.name


@pytest.fixture(scope="module")
def looked():
    """The first looks at the sample run, as it is and the other way round."""
    return {mirrored: first_look.check(sample_run(), mirrored=mirrored) for mirrored in (False, True)}


@pytest.fixture
def app(monkeypatch, looked):
    """The page with the sample's clips chosen."""
    chosen = {"run": Upload(sample_run()), "standing": Upload(sample_standing())}
    monkeypatch.setattr("streamlit.delta_generator.DeltaGenerator.file_uploader", lambda *_, key, **__: chosen[key])
    monkeypatch.setattr("gait.first_look.check", lambda path, settings, *, mirrored=False: looked[mirrored])
    monkeypatch.setattr("gait.first_look.check_standing", lambda *_: ())

    def run():
        from gait.ui.pages import new

        new.show()

    return AppTest.from_function(run, default_timeout=PAGE_TIMEOUT_S)


def asks(app):
    return any(b.key == "sides_yes" for b in app.button)


CAMERA = CameraId("", 720, 1280)


def test_asked_once_kept_and_changed(app):
    app.run()
    assert not app.exception
    assert asks(app)
    assert "Is the marked foot the runner's left foot?" in text(app)
    app.button(key="sides_yes").click().run()
    assert not asks(app)
    assert engine().cameras.mirrored(CAMERA) is False
    assert "it does not mirror" in text(app)
    app.button(key="sides_change").click().run()
    assert asks(app)
    app.button(key="sides_no").click().run()
    assert engine().cameras.mirrored(CAMERA) is True
    assert "it mirrors" in text(app)


@pytest.mark.parametrize(("answer", "reaches"), [(None, None), ("sides_yes", False), ("sides_no", True)])
def test_the_answer_reaches_the_analysis(app, monkeypatch, answer, reaches):
    asked = []

    def analyse(clip, out, choices, *_, **__):
        asked.append(choices.mirrored)
        raise GaitError("disk_full")

    pretend(monkeypatch, analyse)
    monkeypatch.setattr("gait.ui.nav.go", lambda *_, **__: None)
    app.run()
    if answer:
        app.button(key=answer).click().run()
    app.button(key="go").click().run()
    for job in list(engine().jobs._jobs.values()):
        job.wait(PAGE_TIMEOUT_S)
    assert asked == [reaches]


def test_a_clip_that_is_refused_is_refused_once_and_nothing_else_is_asked(app, monkeypatch):
    standing = (Finding("standing_other_person", "refuse", 40.0, 25.0),)
    monkeypatch.setattr("gait.first_look.check_standing", lambda *_: standing)
    app.run()
    assert not asks(app)
    shown = text(app)
    assert "A good clip" not in shown
    assert "can be analysed" not in shown
    assert "The standing clip does not fit this run" in shown
    assert "First choose another standing clip, or take it out." in shown
    assert app.button(key="go").disabled
    assert shown.count("Record 3 s of quiet standing of the person who runs") == 1


def test_the_mirrored_look_is_the_plain_one_the_other_way_round(looked):
    plain, mirrored = looked[False], looked[True]
    assert mirrored.clip.mirrored
    assert [f.code for f in mirrored.lasting if f.code == "picture_unmirrored"] == ["picture_unmirrored"]
    for one, other in zip(mirrored.shots.pictures, plain.shots.pictures, strict=True):
        np.testing.assert_array_equal(one, other[:, ::-1])
    left, right = (Landmark.of(side, "ankle") for side in Side)
    ankles = mirrored.track.landmarks_px[mirrored.track.detected][:, [left, right], 0]
    others = plain.track.landmarks_px[plain.track.detected][:, [right, left], 0]
    assert abs(np.median(ankles, axis=0) - (720 - np.median(others, axis=0))).max() < 40


def test_both_clips_of_a_mirrored_camera_are_turned_round(monkeypatch, looked):
    seen = []
    real = clips.stills
    monkeypatch.setattr("gait.clip.stills", lambda clip, *a, **k: seen.append(clip.mirrored) or real(clip, *a, **k))
    first_look.check_standing(sample_standing(), replace(looked[True]))
    assert seen
    assert all(seen)


def test_a_recording_that_waited_is_asked_too_and_beside_the_pages_own(monkeypatch, looked, tmp_path, goes):
    """Both forms on one page, each with its question; one answer is for the camera and ends both."""
    monkeypatch.setattr(recordings, "BUSY_S", -1.0)
    monkeypatch.setattr("gait.first_look.check", lambda *_, **__: looked[False])
    kept = engine().recordings
    ticket = kept.new_ticket()
    waits, own = kept.folder_of(kept.new_ticket()), kept.folder_of(ticket)
    for folder in (waits, own):
        (folder / "run-1.mp4").write_bytes(browser_clip(tmp_path / "sent", ".mp4"))
    asked = []

    def analyse(clip, out, choices, *_, **__):
        asked.append(choices.mirrored)
        raise GaitError("disk_full")

    pretend(monkeypatch, analyse)

    def run():
        from gait.ui.pages import record

        record.show()

    app = AppTest.from_function(run, default_timeout=PAGE_TIMEOUT_S)
    app.session_state["record_ticket"] = ticket
    app.run()
    assert asks(app)
    app.button(key=f"go-{waits.name}").click().run()
    assert not app.exception, app.exception
    assert [b.key for b in app.button if b.key.startswith("sides_no")] == ["sides_no", "sides_no_waited"]
    app.button(key="sides_no_waited").click().run()
    assert not app.exception, app.exception
    assert [b.key for b in app.button if b.key.startswith("sides_")] == ["sides_change", "sides_change_waited"]
    app.button(key=f"start-{waits.name}").click().run()
    for job in list(engine().jobs._jobs.values()):
        job.wait(PAGE_TIMEOUT_S)
    assert asked == [True]
