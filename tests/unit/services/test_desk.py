"""Chosen clips are kept for as long as staff decide and no longer."""

import gc
import io
import os

import pytest

from gait import first_look
from gait.errors import GaitError
from gait.services import uploads
from gait.services.engine import Engine
from gait.services.settings import StoreSettings


@pytest.fixture
def own(tmp_path):
    """An engine with an empty folder."""
    with Engine(StoreSettings(tmp_path)) as engine:
        yield engine


class Upload(io.BytesIO):
    """What streamlit hands over."""

    def __init__(self, data: bytes, name: str, file_id: str):
        super().__init__(data)
        self.name, self.file_id = name, file_id


def files(own):
    return sorted(p.name for p in own.uploads.folder.rglob("*.*") if p.is_file() and not p.name.startswith("."))


def test_a_chosen_clip_is_saved_once_and_goes_when_another_is_chosen(own):
    mine = own.desk()
    assert mine.hold("run", None) is None
    first = mine.hold("run", Upload(b"one", "a.mp4", "1"))
    before = first.stat().st_mtime_ns
    assert mine.hold("run", Upload(b"one", "a.mp4", "1")) == first
    assert first.stat().st_mtime_ns == before
    mine.hold("standing", Upload(b"stand", "s.mov", "2"))
    mine.hold("run", Upload(b"two", "b.mkv", "3"))
    assert files(own) == ["run.mkv", "standing.mov"]
    mine.hold("run", None)
    assert files(own) == ["standing.mov"]


def test_what_a_session_leaves_behind_is_deleted_and_what_a_job_has_is_not(own):
    left, handed = own.desk(), own.desk()
    left.hold("run", Upload(b"one", "a.mp4", "1"))
    handed.hold("run", Upload(b"two", "b.mp4", "2"))
    folder = handed.hand_over()
    del left, handed
    gc.collect()
    assert [p.name for p in own.uploads.folder.iterdir() if p.is_dir()] == [folder.name]
    assert files(own) == ["run.mp4"]


def test_clips_of_a_page_closed_an_hour_ago_are_deleted_but_not_a_jobs_whatever_the_clock_says(own, monkeypatch):
    old, young, at_work = own.desk(), own.desk(), own.desk()
    for number, mine in enumerate((old, young, at_work)):
        mine.hold("run", Upload(b"x", "a.mp4", str(number)))
    at_work.hand_over()
    for mine in (young, at_work):  # a clock that was wrong
        os.utime(mine.folder, (0, 0))
    old._touched_s -= uploads.ABANDONED_S + 5
    own.desk()
    assert [m.folder.exists() for m in (old, young, at_work)] == [False, True, True]
    assert old.hold("run", Upload(b"x", "a.mp4", "0")).is_file(), "whoever comes back has the clip saved again"


def test_a_file_that_is_no_clip_is_looked_at_once_and_not_kept(own):
    mine = own.desk()
    text = Upload(b"no video, only words", "holiday.mp4", "1")
    for _ in range(2):
        path = mine.hold("run", text)
        with pytest.raises(GaitError, match="no video"):
            mine.look()
        assert not path.exists()


def test_the_first_look_is_the_chosen_trackers_and_made_once_by_each(own, monkeypatch):
    looked = []
    monkeypatch.setattr(first_look, "check", lambda _path, settings, **_: looked.append(settings.tracker))
    mine = own.desk()
    mine.hold("run", Upload(b"x", "a.mp4", "1"))
    for tracker in ("posenet", "blazepose", "posenet"):
        mine.look(tracker=tracker)
    assert looked == ["posenet", "blazepose"]
