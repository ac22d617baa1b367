"""Trackers are chosen by name, described without being loaded, and one line adds one."""

import subprocess
import sys
from dataclasses import replace

import pytest

from gait import pose, words
from gait.errors import GaitError
from gait.landmarks import Landmark
from gait.pipeline import Choices
from gait.pose import registry
from gait.settings import PoseSettings, Settings
from tests.builders import ROOT
from tests.builders.trackers import registered


def test_blazepose_full_is_the_default():
    kind = pose.tracker_kind(PoseSettings().tracker)
    assert kind.title == "BlazePose full"
    assert kind.joints == set(Landmark)
    assert (kind.world, kind.visibility, kind.licence) == (True, True, "Apache-2.0")
    identity = pose.identify(PoseSettings())
    assert (identity.tracker, identity.model) == ("mediapipe-blazepose", "full")
    assert len(identity.model_sha256) == 64
    assert identity.file_name == "pose_landmark_full.tflite"


@pytest.mark.parametrize("name", list(pose.TRACKERS))
def test_every_line_leads_to_a_tracker_that_says_what_it_can_do(name):
    kind = pose.tracker_kind(name)
    assert kind.title
    assert kind.licence
    assert words.say(kind.needs).endswith(".")
    assert {Landmark.LEFT_HIP, Landmark.RIGHT_HIP, Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE} <= kind.joints


@pytest.mark.parametrize("name", ["", "BlazePose", "detectron"])
def test_an_unknown_name_is_refused_with_the_names_there_are(name):
    with pytest.raises(GaitError, match=f"no tracker called “{name}”.*blazepose, blazepose-heavy"):
        pose.open_tracker(PoseSettings(tracker=name))
    with pytest.raises(GaitError, match="no tracker called"):
        Choices(settings=Settings(pose=PoseSettings(tracker=name)))


def test_a_line_that_leads_elsewhere_is_a_fault_of_the_program(monkeypatch):
    registered(monkeypatch, "wrong", "gait.pose.people:REACH")
    with pytest.raises(TypeError, match="must be a TrackerKind"):
        pose.tracker_kind("wrong")


def test_one_line_adds_a_tracker(monkeypatch):
    registered(monkeypatch, "toy", "tests.builders.trackers:TOY")
    assert pose.identify(replace(PoseSettings(), tracker="toy")).tracker == "toy"
    assert Landmark.LEFT_HEEL not in pose.tracker_kind("toy").joints
    assert "toy" in registry.TRACKERS
    with pytest.raises(GaitError, match="toy"):
        pose.check_tracker("tiy")


def test_describing_trackers_loads_no_runtime():
    code = "import sys; from gait import pose; [pose.tracker_kind(n) for n in pose.TRACKERS]; print('mediapipe' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "False"


def test_a_tracker_is_found_by_what_a_result_calls_it():
    assert pose.tracker_named("posenet", "mobilenet-0.75/8") == "posenet-fine"
    assert pose.tracker_named("mediapipe-blazepose", "full") == "blazepose"
    assert pose.tracker_named("openpose", "unheard") == ""
