"""The camera on the store's computer, worked from the page."""

import json
import time

import pytest

from gait.errors import GaitError
from gait.services import recordings, studio, uploads
from tests.integration.recording.sent import STANDING


def test_no_other_file_of_the_computer_can_be_opened_as_a_camera(call):
    for what in ("open", "modes"):
        for address in (
            f"file:{STANDING}",
            f" file:{STANDING}",
            f"\tFILE:{STANDING}",
            str(STANDING),
            "http://127.0.0.1:9/x",
        ):
            status, answer = call("POST", f"camera/{what}", json.dumps({"address": address}).encode())
            assert status == 409, address
            assert answer["code"] == "camera_missing"


def test_the_stores_camera_records_to_the_visits_folder(own, folder, call):
    listed = call("GET", "camera/list")[1]["cameras"]
    assert call("POST", "camera/open", json.dumps({"address": listed[-1]["address"]}).encode())[0] == 200
    try:
        other = own.recordings.new_ticket()
        assert call("GET", "camera/status", who=other)[0] == 409
        assert call("POST", "camera/begin", b'{"part": "run"}')[0] == 200
        for _ in range(200):
            status, now = call("GET", "camera/status")
            assert status == 200
            if now["phase"] == "ready":
                break
            time.sleep(0.1)
        assert now["fault"] is None
        assert now["takes"]["run"]["length_s"] == pytest.approx(1.0, abs=0.1)
        assert recordings.takes(folder)["run"].n_frames == now["takes"]["run"]["n_frames"]
    finally:
        call("POST", "camera/close", b"{}")
    assert call("GET", "camera/status")[0] == 409


def test_the_stores_camera_does_not_begin_where_too_much_waits(own, folder, call, monkeypatch):
    address = call("GET", "camera/list")[1]["cameras"][-1]["address"]
    assert call("POST", "camera/open", json.dumps({"address": address}).encode())[0] == 200
    monkeypatch.setattr(uploads, "ALL_BYTES", 0)
    try:
        status, answer = call("POST", "camera/begin", b'{"part": "run"}')
        assert (status, answer["code"]) == (409, "too_many_clips")
        assert "record again" in answer["message"]
        assert not list(folder.glob("run-*"))
    finally:
        call("POST", "camera/close", b"{}")


def test_a_camera_nobody_watches_is_let_go(own, folder, ticket, monkeypatch):
    monkeypatch.setattr(studio, "UNWATCHED_S", 0.2)
    monkeypatch.setattr(studio, "LOOK_EVERY_S", 0.1)
    room = own.studio
    room.open(ticket, folder, "stand-in", studio.capture.Mode())
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            room.session(ticket)
        except GaitError:
            return
        time.sleep(0.1)
    pytest.fail("the camera is still open")
