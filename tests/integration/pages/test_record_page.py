"""The Record page: the form, the analysis, and what was left behind."""

import os
import time

import pytest
from streamlit.testing.v1 import AppTest

from gait.errors import Cancelled, GaitError
from gait.services import recordings
from gait.services.engine import Engine
from gait.services.recordings import takes
from gait.ui.engine import engine
from gait.ui.pages import record
from tests.integration.pages.show import PAGE_TIMEOUT_S, page, pretend, text, until
from tests.integration.recording.sent import browser_clip


def record_page():
    def run():
        import streamlit as st

        from gait.ui.pages import record

        if not st.session_state.get("elsewhere"):
            record.show()

    app = AppTest.from_function(run, default_timeout=PAGE_TIMEOUT_S).run()
    assert not app.exception, app.exception
    return app


def put_clips(folder, tmp_path, *parts):
    for part in parts:
        (folder / f"{part}-1.mp4").write_bytes(browser_clip(tmp_path / "sent", ".mp4"))


def test_the_form_comes_with_the_first_clip_and_needs_the_run(tmp_path):
    app = record_page()
    assert not app.button
    folder = engine().recordings.folder_of(app.session_state["record_ticket"])
    put_clips(folder, tmp_path, "standing")
    assert app.run().button(key="record_go").disabled
    put_clips(folder, tmp_path, "run")
    assert not app.run().button(key="record_go").disabled


@pytest.mark.parametrize("fails", [False, True])
def test_the_clips_go_to_the_analysis_and_stay_when_it_fails(tmp_path, monkeypatch, fails, reports):
    asked = []

    def work(clip, out, choices, progress, cancelled, published, pictured, followed, **_):
        asked.append((clip.name, choices.standing.name, choices.speed_kmh, choices.runner))
        if fails:
            raise GaitError("disk_full")
        out.mkdir(parents=True)
        (out / "analysis.json").write_text("{}")

    pretend(monkeypatch, work)
    went = []
    monkeypatch.setattr("gait.ui.nav.go", lambda name, **query: went.append((name, query)))
    app = record_page()
    folder = engine().recordings.folder_of(app.session_state["record_ticket"])
    put_clips(folder, tmp_path, "standing", "run")
    app.run()
    app.text_input(key="record_runner").input("Robin")
    app.text_input(key="record_speed").input("9,5")
    app.button(key="record_go").click().run()
    assert not app.exception
    job = engine().jobs.get(went[0][1]["job"])
    assert went[0][0] == "new"
    assert job.wait(PAGE_TIMEOUT_S)
    assert asked == [("run-1.mp4", "standing-1.mp4", 9.5, "Robin")]
    until(lambda: not (folder / recordings.HANDED_OVER if fails else folder).exists())
    assert folder.exists() == fails, "a recording goes once there is a result, not before"


def test_a_recording_cut_short_by_a_closed_tab_is_offered_later(tmp_path, monkeypatch):
    folder = engine().recordings.folder_of(engine().recordings.new_ticket())
    put_clips(folder, tmp_path, "run")
    assert "Not analysed yet" not in text(record_page()), "it may still be arriving"
    monkeypatch.setattr(recordings, "BUSY_S", -1.0)
    app = record_page()
    assert "Not analysed yet: 3.0 s running" in text(app)
    app.button(key=f"drop-{folder.name}").click().run()
    assert not folder.exists()


def test_whoever_comes_back_sees_the_recording_and_what_was_typed_and_may_go_on_to_the_next(tmp_path, monkeypatch):
    app = record_page()
    folder = engine().recordings.folder_of(app.session_state["record_ticket"])
    put_clips(folder, tmp_path, "run")
    app.run()
    app.text_input(key="record_runner").input("Robin").run()
    for app.session_state["elsewhere"] in (True, False):  # the page is left, and streamlit forgets its fields
        app.run()
    assert app.text_input(key="record_runner").value == "Robin"
    seen = takes(folder)["run"]
    shown = record._shown(seen)
    assert shown["picture"].startswith("data:image/jpeg;base64,")
    assert shown["at"].startswith("Recorded ")
    monkeypatch.setattr(recordings, "BUSY_S", -1.0)
    app.button(key="record_next").click().run()
    assert app.session_state["record_ticket"] != folder.name
    assert engine().recordings.folder_of(app.session_state["record_ticket"]) != folder
    assert not app.text_input, "nothing is recorded yet of the next runner"
    assert "Not analysed yet: 3.0 s running" in text(app)


def test_a_cancelled_analysis_of_a_recording_says_that_the_recording_is_kept(tmp_path, monkeypatch):
    def work(*_, **__):
        raise Cancelled

    pretend(monkeypatch, work)
    folder = engine().recordings.folder_of(engine().recordings.new_ticket())
    put_clips(folder, tmp_path, "run")
    job = engine().analyse_recording(folder, takes(folder))
    assert job.wait(PAGE_TIMEOUT_S)
    said = text(page("new", job=job.name))
    assert "Nothing was kept" not in said
    assert "The recording was" in said
    assert list(folder.glob("run-1.mp4"))


@pytest.mark.parametrize("days", [-0.9, 400])
def test_no_clock_of_a_recorder_hides_a_recording_within_its_day(tmp_path, days):
    folder = engine().recordings.folder_of(engine().recordings.new_ticket())
    put_clips(folder, tmp_path, "run")
    moment = time.time() + 86400 * days
    for path in (folder / "run-1.mp4", folder):
        os.utime(path, (moment, moment))
    with Engine(engine().store) as again:  # another program starts
        for _ in range(2):
            (left,) = again.recordings.left_behind(None)
            assert left.folder == folder
            assert left.recorded.timestamp() == pytest.approx(moment), "not when its picture was made"
            assert left.clips["run"].picture()


def test_a_recording_nobody_can_read_is_shown_and_can_be_deleted(tmp_path, monkeypatch):
    monkeypatch.setattr(recordings, "BUSY_S", -1.0)
    folder = engine().recordings.folder_of(engine().recordings.new_ticket())
    (folder / "run-1.mp4").write_bytes(b"ftyp")
    app = record_page()
    assert "A recording that cannot be read" in text(app)
    app.button(key=f"drop-{folder.name}").click().run()
    assert not folder.exists()


def waiting(tmp_path, monkeypatch, *parts):
    """A recording that was never analysed, and the page that offers it with its form open."""
    monkeypatch.setattr(recordings, "BUSY_S", -1.0)
    folder = engine().recordings.folder_of(engine().recordings.new_ticket())
    put_clips(folder, tmp_path, *parts)
    return folder, record_page().button(key=f"go-{folder.name}").click().run()


def test_a_recording_that_waited_is_asked_for_all_that_a_new_one_is(tmp_path, monkeypatch, goes):
    asked = []

    def work(clip, out, choices, *_, **__):
        asked.append(
            (clip.name, choices.standing.name, choices.runner, choices.shoe_worn, choices.speed_kmh, choices.shoe_size)
        )
        raise GaitError("disk_full")

    pretend(monkeypatch, work)
    folder, app = waiting(tmp_path, monkeypatch, "standing", "run")
    assert not asked, "it begins when all is said"
    name = folder.name
    for field, typed in {"runner": "Robin", "shoe": "Guide 3", "speed": "98", "size": "42,5"}.items():
        app.text_input(key=f"left-{field}-{name}").input(typed)
    app.run()
    assert "The belt speed must be a number" in text(app)
    assert app.button(key=f"start-{name}").disabled
    app.text_input(key=f"left-speed-{name}").input("9,5").run()
    app.button(key=f"start-{name}").click().run()
    assert not app.exception
    assert engine().jobs.get(goes[0][1]["job"]).wait(PAGE_TIMEOUT_S)
    assert asked == [("run-1.mp4", "standing-1.mp4", "Robin", "Guide 3", 9.5, 42.5)]


def test_its_form_can_be_closed_again_and_nothing_began(tmp_path, monkeypatch):
    folder, app = waiting(tmp_path, monkeypatch, "run")
    assert "Without a standing clip the label is less certain" in text(app)
    app.button(key=f"back-{folder.name}").click().run()
    assert not app.text_input
    assert not engine().jobs.awaited()
    assert "Not analysed yet" in text(app)


def test_a_standing_clip_that_is_added_takes_the_place_of_the_recorded_one(tmp_path):
    kept = engine().recordings
    folder = kept.folder_of(kept.new_ticket())
    put_clips(folder, tmp_path, "standing", "run")
    takes(folder)["standing"].picture()
    other = tmp_path / "other.mp4"
    other.write_bytes(browser_clip(tmp_path / "sent", ".mp4", 1.0))
    assert kept.add(folder, "standing", other).path == folder / "standing-2.mp4"
    assert takes(folder)["standing"].length_s == pytest.approx(1.0, abs=0.1), (
        "shorter than half of the one before, and taken all the same"
    )
    assert not other.exists()
    assert not list(folder.glob("*standing-1*")) + list(folder.glob(".standing-1*"))
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no clip")
    with pytest.raises(GaitError):
        kept.add(folder, "standing", broken)
    assert takes(folder)["standing"].path == folder / "standing-2.mp4"
