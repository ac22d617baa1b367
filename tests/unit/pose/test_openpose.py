"""OpenPose: people out of maps drawn from known joints, networks made here, and a licence that is confirmed once."""

import json

import numpy as np
import pytest

from gait import pose
from gait.cli.main import main
from gait.errors import GaitError
from gait.landmarks import Landmark
from gait.pose.runtimes.opencv_network import Network
from gait.pose.trackers import openpose
from gait.pose.trackers.openpose_people import PARTS, people_in
from gait.services import trackers
from gait.settings import PoseSettings
from tests.builders.caffe import write_openpose

CELL_PX = 8
SPREAD_CELLS = 0.9
"""7 px, as these networks are trained."""
BODY = {
    **{"Nose": (0.02, -0.85), "Head": (0.02, -0.9), "Neck": (0, -0.66), "MidHip": (0, 0), "Chest": (0, -0.3)},
    **{"RShoulder": (0.18, -0.65), "RElbow": (0.24, -0.4), "RWrist": (0.22, -0.15), "RHip": (0.1, 0.0)},
    **{"RKnee": (0.12, 0.4), "RAnkle": (0.1, 0.8), "REye": (0.05, -0.88), "REar": (0.09, -0.86)},
    **{"RBigToe": (0.13, 0.92), "RSmallToe": (0.19, 0.9), "RHeel": (0.07, 0.88)},
}
"""x, y of somebody seen from behind, hips at the origin, in heights of 1.7; left is the mirror image."""


def somebody(parts, x, y, height, lean=0.0):
    """(k, 2) that person's points in picture pixels."""
    points = []
    for name in parts.layout.names:
        side = -1 if name.startswith("L") and "R" + name[1:] in BODY else 1
        u, v = BODY["R" + name[1:] if side < 0 else name]
        points.append((x + height * (side * u + lean * v), y + height * v))
    return np.array(points)


def maps_of(parts, people_px, size_px):
    """What a perfect network says of people there: Gaussian peaks, and along each bone its direction."""
    columns, rows = (v // CELL_PX for v in size_px)
    y, x = np.mgrid[:rows, :columns]
    maps = np.zeros((parts.maps, rows, columns))
    k = len(parts.layout.names)
    cells = [(p + 0.5) / CELL_PX - 0.5 for p in people_px]
    for points in cells:
        for part, (u, v) in enumerate(points):
            maps[part] = np.maximum(maps[part], 0.9 * np.exp(-((x - u) ** 2 + (y - v) ** 2) / (2 * SPREAD_CELLS**2)))
        for a, b, field in parts.bones:
            start, end = points[parts.layout.names.index(a)], points[parts.layout.names.index(b)]
            length = np.hypot(*(end - start))
            way = (end - start) / length
            along = (x - start[0]) * way[0] + (y - start[1]) * way[1]
            beside = np.abs((x - start[0]) * way[1] - (y - start[1]) * way[0])
            near = (along >= -1) & (along <= length + 1) & (beside <= 1)
            for axis in (0, 1):
                maps[k + 1 + 2 * field + axis][near] = way[axis]
    return maps


def in_pixels(points):
    return (points + 0.5) * CELL_PX - 0.5


@pytest.mark.parametrize("name", PARTS)
def test_a_network_has_as_many_maps_as_openpose_says(name):
    assert PARTS[name].maps == {"body_25": 78, "coco": 57, "mpi": 44}[name]
    fields = [field for _, _, field in PARTS[name].bones]
    assert len(set(fields)) == len(fields)
    assert max(fields) < PARTS[name].fields / 2


@pytest.mark.parametrize("name", PARTS)
def test_one_person_is_the_heat_maps_peaks_to_a_pixel(name):
    parts = PARTS[name]
    truth = somebody(parts, 150.4, 170.7, 130)
    ((points, scores),) = people_in(maps_of(parts, [truth], (304, 368)), parts)
    assert np.abs(in_pixels(points) - truth).max() < 1
    assert scores.min() > 0.6


@pytest.mark.parametrize("name", PARTS)
def test_two_people_who_cross_keep_their_own_legs_to_a_pixel(name):
    """Each leans over the other: the left one's ankles lie right of the other's."""
    parts = PARTS[name]
    truth = [somebody(parts, 190.4, 180.2, 130, lean=0.64), somebody(parts, 290.1, 182.6, 130, lean=-0.64)]
    ankles, hips = ([p[parts.layout.names.index(n), 0] for p in truth] for n in ("RAnkle", "RHip"))
    assert (ankles[0] > ankles[1]) != (hips[0] > hips[1])
    found = people_in(maps_of(parts, truth, (496, 368)), parts)
    assert len(found) == 2
    off = [[np.abs(in_pixels(points) - true).max() for true in truth] for points, _ in found]
    assert sorted(int(np.argmin(row)) for row in off) == [0, 1]
    assert max(min(row) for row in off) < 1


def test_who_has_no_bone_to_show_for_it_is_nobody():
    parts = PARTS["body_25"]
    maps = maps_of(parts, [somebody(parts, 90, 170, 120), somebody(parts, 250, 170, 120)], (368, 368))
    assert len(people_in(maps, parts)) == 2
    maps[len(parts.layout.names) + 1 :] = 0
    assert people_in(maps, parts) == []
    assert people_in(np.zeros_like(maps), parts) == []


# -- networks that are made here ---------------------------------------------------------------------------------------


@pytest.fixture
def networks(monkeypatch, tmp_path):
    """An empty folder for networks of gait's."""
    monkeypatch.setenv("GAIT_NETWORKS", str(tmp_path / "networks"))
    monkeypatch.delenv("GAIT_OPENPOSE", raising=False)
    return tmp_path / "networks"


@pytest.mark.parametrize(
    ("tracker", "name"), [("openpose", "body_25"), ("openpose-coco", "coco"), ("openpose-mpi", "mpi")]
)
def test_the_users_network_is_loaded_and_its_peaks_are_points_of_the_picture(tracker, name, networks, tmp_path):
    """One red square makes the peak of both shoulders and hips, and of five points more."""
    parts = PARTS[name]
    names = ("LShoulder", "RShoulder", "LHip", "RHip", "LKnee", "RKnee")
    write_openpose(tmp_path / "models" / name, name, {parts.layout.names.index(n): 2 for n in names})
    trackers.allow_openpose(tmp_path / "models")
    identity = pose.identify(PoseSettings(tracker=tracker))
    assert (identity.tracker, identity.model) == ("openpose", name)
    picture = np.zeros((368, 368, 3), np.uint8)
    picture[160:168, 200:208, 0] = 255
    network = Network(*openpose.openpose_files(name))
    (found,) = openpose.see(picture, name, network)
    for landmark in ("LEFT_SHOULDER", "RIGHT_HIP", "LEFT_KNEE"):
        np.testing.assert_allclose(found.landmarks_px[Landmark[landmark]], (203.5, 163.5), atol=0.01)
    assert np.isnan(found.landmarks_px[Landmark.LEFT_ANKLE]).all()
    # Blue is another colour: the network learned blue first, pictures come red first.
    assert openpose.see(picture[..., ::-1], name, network) == []


def test_points_scale_with_the_picture(networks, tmp_path):
    write_openpose(tmp_path, "mpi", dict.fromkeys(range(15), 2))
    picture = np.zeros((736, 736, 3), np.uint8)
    picture[320:336, 400:416, 0] = 255
    (found,) = openpose.see(picture, "mpi", Network(*openpose_pair(tmp_path)))
    np.testing.assert_allclose(found.landmarks_px[Landmark.LEFT_HIP], (407.5, 327.5), atol=0.02)


def openpose_pair(folder):
    return next(folder.glob("*.prototxt")), next(folder.glob("*.caffemodel"))


def test_nobody_tracks_before_the_licence_was_confirmed_once(networks, tmp_path, monkeypatch, capsys):
    write_openpose(tmp_path / "models", "coco")
    monkeypatch.setenv("GAIT_OPENPOSE", str(tmp_path / "models"))
    with pytest.raises(GaitError, match="nobody has confirmed their licence"):
        pose.open_tracker(PoseSettings(tracker="openpose-coco"))
    monkeypatch.setattr("builtins.input", lambda _: "no")
    assert main(["trackers", "--openpose", str(tmp_path / "models")]) == 2
    assert "a store may not run it on customers" in capsys.readouterr().out
    assert not networks.exists()
    monkeypatch.setattr("builtins.input", lambda _: "Yes ")
    assert main(["trackers", "--openpose", str(tmp_path / "models")]) == 0
    assert json.loads((networks / "openpose.json").read_text())["licence_confirmed"]
    assert pose.identify(PoseSettings(tracker="openpose-coco")).model == "coco"
    with pytest.raises(GaitError, match="no BODY_25 network of OpenPose in"):
        pose.identify(PoseSettings(tracker="openpose"))


def test_a_folder_without_networks_is_refused(networks, tmp_path, capsys):
    (tmp_path / "pose_deploy.prototxt").write_text("layer { num_output: 52 } layer { num_output: 26 }")
    assert main(["trackers", "--openpose", str(tmp_path)]) == 2
    assert "no BODY_25 network of OpenPose" in capsys.readouterr().err


def test_networks_side_by_side_in_one_folder_are_told_apart(networks, tmp_path):
    for name in ("coco", "mpi"):
        network, _ = write_openpose(tmp_path, name)
        network.rename(tmp_path / f"{name}.prototxt")
    trackers.allow_openpose(tmp_path)
    assert trackers.openpose_in(tmp_path) == ["coco", "mpi"]
    assert [p.name for p in openpose.openpose_files("mpi")] == ["mpi.prototxt", "pose_iter_160000.caffemodel"]


def test_a_network_that_gives_other_maps_or_is_none_is_refused(networks, tmp_path):
    picture = np.zeros((368, 368, 3), np.uint8)
    write_openpose(tmp_path / "a", "coco", maps=36)
    with pytest.raises(GaitError, match="gives 55 maps, where it should give 57"):
        openpose.see(picture, "coco", Network(*openpose_pair(tmp_path / "a")))
    _, weights = write_openpose(tmp_path / "b", "coco")
    weights.write_bytes(weights.read_bytes()[:2000])
    with pytest.raises(GaitError, match="cannot be read as the network"):
        openpose.see(picture, "coco", Network(*openpose_pair(tmp_path / "b")))
