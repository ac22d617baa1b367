"""Whose a recording is, and what a tablet may have the store's computer connect to."""

import pytest

from gait.errors import GaitError
from gait.services.sign_in import Person
from gait.ui.routes import _check_camera

TABLET, BOB = Person("tablet", "tablet"), Person("a", "staff", "Bob", "a")


def test_a_ticket_alone_opens_nothing(own, call):
    ticket = own.recordings.new_ticket("this browser")
    folder = own.recordings.folder_of(ticket)
    assert own.recordings.is_of(folder, "this browser")
    assert not own.recordings.is_of(folder, "another one")
    assert not own.recordings.is_of(folder, None)
    assert b"browser" not in (folder / "owner").read_bytes()
    assert call("PUT", "run/1?offset=0", b"x", who=ticket)[0] == 403
    assert call("GET", "camera/list", who=ticket)[0] == 403
    assert call("POST", "look?width=640&height=480", b"x", who=ticket)[0] == 403


def test_an_empty_recording_of_somebody_is_swept_away(own, monkeypatch):
    folder = own.recordings.folder_of(own.recordings.new_ticket("this browser"))
    monkeypatch.setattr("gait.services.recordings.UNUSED_S", -1.0)
    own.recordings.new_ticket()
    assert not folder.exists()


def test_a_tablet_names_no_camera_of_its_own(own):
    listed = own.studio.cameras()[-1]["address"]
    _check_camera(own.studio, TABLET, listed)
    _check_camera(own.studio, BOB, "rtsp://10.0.0.9/live")
    _check_camera(own.studio, None, "rtsp://10.0.0.9/live")
    with pytest.raises(GaitError) as caught:
        _check_camera(own.studio, TABLET, "rtsp://10.0.0.9/live")
    assert caught.value.code == "camera_not_yours"
