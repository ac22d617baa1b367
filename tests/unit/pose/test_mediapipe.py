"""MediaPipe's graphs: the one release they are written for, the model files, and the network without its mask."""

import re
import shutil
from importlib.metadata import version as installed

import numpy as np
import pytest

from gait import clip as clips
from gait import pose
from gait.errors import GaitError
from gait.events.timing import OTHER_TRACKER_SD_S, contact_sd_s, timing_table
from gait.landmarks import View
from gait.pose.runtimes import mediapipe_graph as graphs
from gait.pose.runtimes.mediapipe_graph import detection_graph, landmark_graph, model_file, model_sha256, region_of
from gait.pose.runtimes.network import without_mask
from gait.pose.trackers.blazepose import BlazePose
from gait.pose.trackers.blazepose_networks import region_round
from gait.settings import PoseSettings
from tests.builders import ROOT, SAMPLES

OWN = {"heavy": "GAIT_POSE_MODEL", "lite": "GAIT_POSE_MODEL_LITE"}
"""What names the file of each model that is not in the wheel."""


@pytest.fixture(scope="module")
def frames():
    """The first seven of the sample run, shrunk."""
    return list(clips.frames(clips.open_clip(SAMPLES / "treadmill_rear.mp4"), max_side_px=640, stop=7))


def test_the_release_is_the_one_that_is_pinned_and_installed():
    (pinned,) = re.findall(r'"mediapipe==([^"]+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert pinned == graphs.VERSION == installed("mediapipe")
    assert graphs.version() == f"mediapipe {pinned}"


@pytest.mark.parametrize("model", OWN)
def test_models_that_do_not_come_with_gait_are_never_fetched_by_themselves(model, monkeypatch, tmp_path):
    monkeypatch.delenv(OWN[model], raising=False)
    monkeypatch.setenv("GAIT_NETWORKS", str(tmp_path))
    settings = PoseSettings(tracker=f"blazepose-{model}")
    for ask in (pose.identify, pose.open_tracker):
        with pytest.raises(GaitError, match=rf"pose_landmark_{model}\.tflite.*gait trackers --get blazepose-{model}"):
            ask(settings)
    (tmp_path / f"pose_landmark_{model}.tflite").write_bytes(b"another file")
    with pytest.raises(GaitError, match="checksum"):
        pose.open_tracker(settings)


@pytest.mark.parametrize("model", OWN)
def test_a_file_of_the_users_own_is_checked_and_used(model, monkeypatch, tmp_path, frames):
    """With the bundled network's file in another one's place the numbers must be the bundled one's."""
    own = tmp_path / "my_model.tflite"
    shutil.copy(model_file("full"), own)
    monkeypatch.setenv(OWN[model], str(own))
    settings = PoseSettings(tracker=f"blazepose-{model}")
    with pytest.raises(GaitError, match="checksum"):
        pose.open_tracker(settings)
    monkeypatch.setenv(f"{OWN[model]}_SHA256", model_sha256("full"))
    tracker = pose.open_tracker(settings)
    assert (tracker.identity.model, tracker.identity.file_name) == (model, "my_model.tflite")
    assert tracker.identity.model_sha256 == model_sha256("full")
    for one, two in zip(tracker.track(frames), BlazePose(PoseSettings()).track(frames), strict=True):
        np.testing.assert_array_equal(one[1].landmarks_px, two[1].landmarks_px)


def test_the_network_without_its_mask_gives_the_same_landmarks_to_the_last_digit(frames, monkeypatch):
    quick = landmark_graph("full", 0.5)
    monkeypatch.setattr(graphs, "without_mask", lambda path, _: path)
    whole = landmark_graph("full", 0.5)
    region = np.array([0.5, 0.5, 1.3, 0.75, 0.0])
    for frame in frames:
        a, b = quick(frame.image, region), whole(frame.image, region)
        assert set(a) == set(b) == {"landmarks", "world", "next_region"}
        assert all(a[name] == b[name] for name in a)
    quick.close(), whole.close()


def test_the_mask_is_cut_out_of_a_copy_and_another_network_is_left_alone(tmp_path):
    path = model_file("full")
    copy = without_mask(path, path.stat().st_mtime_ns)
    assert copy != path
    assert len(copy.read_bytes()) < path.stat().st_size
    detector = path.parent.parent / "pose_detection" / "pose_detection.tflite"
    assert without_mask(detector, 0) == detector


def test_a_person_detected_has_the_region_mediapipe_gives_the_best_one(frames):
    frame = frames[0]
    ((_, people),) = pose.find_people([(0.0, frame.image)], *frame.full_size_px)
    graph = detection_graph(0.5)
    expected = region_of(graph(frame.image)["region"])
    graph.close()
    np.testing.assert_allclose(region_round(people[0], *frame.full_size_px), expected, atol=2e-3)


def test_single_pictures_are_answered_alike_by_person_and_by_the_best(frames):
    frame = frames[0]
    with pose.open_tracker(PoseSettings()).detector() as detector:
        (person,) = detector.people(frame.image, *frame.full_size_px)
        by_person = detector.pose(frame.image, person, *frame.full_size_px)
        best = detector.best(frame.image, *frame.full_size_px)
        assert detector.best(np.full((64, 64, 3), 128, np.uint8), 64, 64) is None
    np.testing.assert_allclose(by_person.landmarks_px, best.landmarks_px, atol=0.01 * frame.full_size_px[1])
    shares = pose.StillTracker().see(frame.image)
    np.testing.assert_allclose(shares.landmarks_px * frame.full_size_px, best.landmarks_px, rtol=1e-12)


def test_the_copy_is_made_once_for_all_programs_and_anew_when_it_is_not_as_written(tmp_path, monkeypatch):
    monkeypatch.setenv("GAIT_CACHE_DIR", str(tmp_path))
    path = graphs.model_file("full")
    copy = without_mask(path, -1)
    assert copy.is_relative_to(tmp_path)
    whole, made_ns = copy.read_bytes(), copy.stat().st_mtime_ns
    assert without_mask(path, -2) == copy
    assert copy.stat().st_mtime_ns == made_ns
    copy.write_bytes(whole[:1000])
    assert without_mask(path, -3) == copy
    assert copy.read_bytes() == whole
    assert [p.name for p in copy.parent.iterdir()] == [copy.name]


@pytest.mark.parametrize("model", OWN)
def test_contact_times_of_another_network_are_known_less_well(model):
    """The table of contact times was learned from the full network's points."""
    points, table = np.zeros((5, 33, 2)), timing_table(View.REAR, "mediapipe-blazepose")
    own, other = (contact_sd_s(table, name, points) for name in ("mediapipe-blazepose", f"mediapipe-blazepose-{model}"))
    assert own == table.contact_foot_sd_s
    assert other == OTHER_TRACKER_SD_S > own
