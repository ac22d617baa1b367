"""The trackers of this computer: listed with what they lack, and a network's file got from its makers when somebody asks."""

import hashlib
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from gait import pose
from gait.cli.main import main
from gait.errors import GaitError
from gait.pose.trackers import blazepose
from gait.services import trackers
from gait.services.settings import StoreSettings
from tests.builders import SAMPLES

CONTENT = b"a network" * 1000
LITE = replace(
    blazepose.LITE, file=replace(blazepose.LITE.file, sha256=hashlib.sha256(CONTENT).hexdigest(), name="made_up.tflite")
)


@pytest.fixture
def networks(monkeypatch, tmp_path):
    """An empty folder of networks."""
    monkeypatch.setenv("GAIT_NETWORKS", str(tmp_path / "networks"))
    for variable in ("GAIT_POSE_MODEL", "GAIT_POSE_MODEL_LITE"):
        monkeypatch.delenv(variable, raising=False)
    return tmp_path / "networks"


@pytest.fixture
def makers(monkeypatch):
    """Where BlazePose lite's makers offer its file; `answers` is what they send."""

    class Makers(BaseHTTPRequestHandler):
        answers = CONTENT

        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(Makers.answers)

        def log_message(self, *_):
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Makers)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    kind = replace(LITE, file=replace(LITE.file, address=f"http://127.0.0.1:{server.server_port}/made_up.tflite"))
    monkeypatch.setattr(trackers.pose, "tracker_kind", lambda _: kind)
    yield Makers
    server.shutdown()
    server.server_close()
    thread.join()


def test_all_are_listed_with_what_they_lack(networks):
    listed = {one.name: one for one in trackers.known()}
    assert list(listed) == list(pose.TRACKERS)
    assert {n for n in ("blazepose", "posenet", "posenet-fine") if listed[n].lacks is None} == {
        "blazepose",
        "posenet",
        "posenet-fine",
    }
    assert listed["blazepose"].feet
    assert not listed["posenet"].feet
    assert listed["blazepose-lite"].lacks.code == "no_model"


def test_the_command_lists_them(networks, capsys):
    assert main(["trackers"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("posenet ") and "17 points without heels and toes, Apache-2.0" in line for line in lines)
    assert any("gait trackers --get blazepose-lite" in line for line in lines)


def test_a_file_is_got_checked_and_used_from_then_on(networks, makers):
    came = []
    path = trackers.get("blazepose-lite", came.append)
    assert path.read_bytes() == CONTENT
    assert path.parent == networks
    assert came[-1] == len(CONTENT)
    assert LITE.file.path() == path.resolve()
    assert [p.name for p in networks.iterdir()] == ["made_up.tflite"]


def test_another_file_is_not_kept(networks, makers):
    makers.answers = CONTENT[:-1]
    with pytest.raises(GaitError, match=r"not the made_up\.tflite that gait knows"):
        trackers.get("blazepose-lite")
    assert list(networks.iterdir()) == []


def test_without_a_network_it_says_where_the_file_goes(networks, monkeypatch):
    nobody = replace(LITE, file=replace(LITE.file, address="http://127.0.0.1:9/made_up.tflite"))
    monkeypatch.setattr(trackers.pose, "tracker_kind", lambda _: nobody)
    with pytest.raises(GaitError) as refused:
        trackers.get("blazepose-lite")
    assert str(networks) in str(refused.value)
    assert list(networks.iterdir()) == []


def test_what_cannot_be_got_is_said(networks, capsys):
    assert main(["trackers", "--get", "posenet"]) == 2
    assert "comes with gait" in capsys.readouterr().err
    assert main(["trackers", "--get", "poesnet"]) == 2
    assert "no tracker called" in capsys.readouterr().err


def test_the_store_s_own_choice_is_read_and_a_wrong_one_stops_the_command(networks, monkeypatch, capsys):
    assert StoreSettings.read({}).tracker == "blazepose"
    assert StoreSettings.read({"GAIT_TRACKER": " PoseNet "}).tracker == "posenet"
    assert main(["analyze", str(SAMPLES / "treadmill_rear.mp4"), "--tracker", "poesnet"]) == 2
    assert "Choose one of: blazepose" in capsys.readouterr().err
    monkeypatch.setenv("GAIT_TRACKER", "blazepose-lite")
    assert main(["analyze", str(SAMPLES / "treadmill_rear.mp4")]) == 2
    assert "pose_landmark_lite.tflite is not here" in capsys.readouterr().err
    assert main(["app", "--tracker", "blazepose-heavy"]) == 2
    assert "pose_landmark_heavy.tflite is not here" in capsys.readouterr().err


def test_measuring_needs_the_truth(networks, tmp_path, capsys):
    assert main(["trackers", "--measure", "--clip", str(tmp_path / "clip.mp4")]) == 2
    assert "no truth file beside clip.mp4" in capsys.readouterr().err
