"""Files of other tools: what was written in each of their forms is read back exactly."""

import gzip
import json
import pickle
from pathlib import Path

import h5py
import numpy as np
import pytest

from gait.errors import GaitError
from gait.landmarks import Landmark
from gait.model import Clip
from gait.pose import holds_points, read_points, write_points
from gait.settings import PointsTold
from tests.builders.points import (
    HEIGHT,
    OPENPOSE,
    WIDTH,
    in_order,
    joints,
    openpose_folder,
    runner,
    trc,
)
from validation import points_fuzz

FPS = PointsTold(fps_hz=30)
FULL = list(range(33))


def holed(points):
    """Some of the points were not seen."""
    points = points.copy()
    points[3, Landmark.LEFT_HEEL] = points[5:9, Landmark.RIGHT_WRIST] = np.nan
    return points


def the_same(track, points, of, atol=1e-6):
    np.testing.assert_allclose(track.landmarks_px[:, of], points[:, of], atol=atol)
    others = [k for k in FULL if k not in of]
    assert np.isnan(track.landmarks_px[:, others]).all()
    assert (track.visibility[~np.isfinite(track.landmarks_px).all(axis=2)] == 0).all()


def saved(path, content):
    path.write_text(json.dumps(content))
    return path


def clip_of(n, tmp_path, fps=30.0):
    return Clip(tmp_path / "run.mp4", "0" * 64, np.arange(n) / fps, WIDTH, HEIGHT, 0, "h264")


# -- OpenPose ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("skeleton", ["BODY_25", "BODY_25B", "COCO-18", "MPI-15", "Halpe-26"])
def test_openpose_folders_of_every_skeleton(tmp_path, skeleton):
    points = holed(runner())
    track = read_points(openpose_folder(tmp_path / "json", [points], skeleton), FPS)
    the_same(track, points, joints(skeleton))
    assert (track.tracker, track.model, track.points_file) == ("openpose", skeleton, "json")
    np.testing.assert_allclose(track.times_s, np.arange(40) / 30)


@pytest.mark.parametrize("scale", [lambda xy: xy / (WIDTH, HEIGHT), lambda xy: 2 * xy / (WIDTH, HEIGHT) - 1])
def test_openpose_as_shares_of_the_picture(tmp_path, scale):
    points = holed(runner())
    folder = openpose_folder(tmp_path / "json", [points], scale=scale)
    told = PointsTold(fps_hz=30, size_px=(WIDTH, HEIGHT))
    the_same(read_points(folder, told), points, joints("BODY_25"))
    with pytest.raises(GaitError, match="how large the picture is"):
        read_points(folder, FPS)


def test_a_frame_without_anybody_and_one_without_a_file(tmp_path):
    folder = openpose_folder(tmp_path / "json", [runner()])
    (folder / "run_000000000004_keypoints.json").write_text('{"people": []}')
    (folder / "run_000000000007_keypoints.json").unlink()
    track = read_points(folder, FPS)
    assert len(track.times_s) == 40
    assert np.flatnonzero(~track.detected).tolist() == [4, 7]


def test_nothing_is_said_of_times_that_a_file_does_not_have(tmp_path):
    with pytest.raises(GaitError, match=r"when its frames were taken.*--fps"):
        read_points(openpose_folder(tmp_path / "json", [runner()]))


# -- AlphaPose, COCO, MMPose ---------------------------------------------------------------------------------------------


def alphapose(points, skeleton, **more):
    rows = in_order(points, skeleton)
    return [
        {"image_id": f"{k}.jpg", "category_id": 1, "keypoints": row.ravel().tolist(), "score": 2.5, **more}
        for k, row in enumerate(rows)
    ]


@pytest.mark.parametrize("skeleton", ["COCO-17", "Halpe-26"])
def test_alphapose_list(tmp_path, skeleton):
    points = holed(runner())
    track = read_points(saved(tmp_path / "alphapose-results.json", alphapose(points, skeleton, idx=[0.0])), FPS)
    the_same(track, points, joints(skeleton))
    assert (track.tracker, track.model) == ("alphapose", skeleton)


def test_alphapose_open_and_cmu_and_poseflow(tmp_path):
    points = holed(runner())
    rows = in_order(points, "COCO-18").reshape(40, -1).tolist()
    people = {f"{k}.jpg": {"version": "x", "people": [{"pose_keypoints_2d": row}]} for k, row in enumerate(rows)}
    bodies = {f"{k}.jpg": {"version": "AlphaPose v0.3", "bodies": [{"joints": row}]} for k, row in enumerate(rows)}
    for content in (people, bodies):
        track = read_points(saved(tmp_path / "a.json", content), FPS)
        the_same(track, points, joints("COCO-18"))
        assert track.tracker == "alphapose"
    flow = {
        f"{k}.jpg": [{"keypoints": r.ravel().tolist(), "scores": 1.1, "idx": 3}]
        for k, r in enumerate(in_order(points, "COCO-17"))
    }
    the_same(read_points(saved(tmp_path / "flow.json", flow), FPS), points, joints("COCO-17"))
    folder = tmp_path / "sep-json"
    folder.mkdir()
    for name, content in bodies.items():
        saved(folder / name.replace("jpg", "json"), content)
    the_same(read_points(folder, FPS), points, joints("COCO-18"))


def test_coco_results_and_data_sets(tmp_path):
    points = holed(runner())
    rows = in_order(points, "COCO-17", confidence=2)
    entries = [
        {"image_id": k, "category_id": 1, "keypoints": row.ravel().tolist(), "score": 0.9} for k, row in enumerate(rows)
    ]
    track = read_points(saved(tmp_path / "r.json", entries), FPS)
    the_same(track, points, joints("COCO-17"))
    assert track.tracker == "coco"
    assert track.visibility[0, Landmark.NOSE] == 1
    images = [{"id": k, "width": WIDTH, "height": HEIGHT} for k in range(40)]
    names = ["left_hip", "right_hip", "left_ankle", "right_ankle", "neck"]
    few = [row[[11, 12, 15, 16, 0]].ravel().tolist() for row in rows]
    own = [{"image_id": k, "keypoints": row} for k, row in enumerate(few)]
    content = {"images": images, "annotations": own, "categories": [{"name": "person", "keypoints": names}]}
    track = read_points(saved(tmp_path / "d.json", content), FPS)
    the_same(track, points, [Landmark.LEFT_HIP, Landmark.RIGHT_HIP, Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE])
    assert (track.width_px, track.height_px) == (WIDTH, HEIGHT)


def test_hidden_points_of_coco_count_half_and_missing_ones_not(tmp_path):
    rows = in_order(runner(), "COCO-17", confidence=2)
    rows[:, 0, 2], rows[:, 1, 2] = 1, 0
    entries = [{"image_id": k, "keypoints": row.ravel().tolist()} for k, row in enumerate(rows)]
    track = read_points(saved(tmp_path / "r.json", entries), FPS)
    assert track.visibility[0, Landmark.NOSE] == 0.5
    assert np.isnan(track.landmarks_px[:, Landmark.LEFT_EYE]).all()


def test_torchvisions_dictionaries(tmp_path):
    points = runner()
    frames = [
        {"boxes": [[0, 0, 1, 1]] * 2, "scores": [0.99, 0.06], "keypoints": [row.tolist(), (row + 50).tolist()],
         "keypoints_scores": [[9.0] * 17, [-3.0] * 17]}
        for row in in_order(points, "COCO-17", confidence=1)
    ]  # fmt: skip
    track = read_points(saved(tmp_path / "t.json", frames), FPS)
    the_same(track, points, joints("COCO-17"))
    assert track.visibility[0, 0] == pytest.approx(1 / (1 + np.exp(-9)))


def test_mmpose_demo_inferencer_and_folder(tmp_path):
    points = runner()
    rows = in_order(points, "Halpe-26")
    instances = [[{"keypoints": r[:, :2].tolist(), "keypoint_scores": r[:, 2].tolist()}] for r in rows]
    demo = {"meta_info": {}, "instance_info": [{"frame_id": k + 1, "instances": i} for k, i in enumerate(instances)]}
    video = [{"frame_id": k, "instances": i} for k, i in enumerate(instances)]
    folder = tmp_path / "each"
    folder.mkdir()
    for k, i in enumerate(instances):
        saved(folder / f"{k:05}.json", i)
    for path in (saved(tmp_path / "a.json", demo), saved(tmp_path / "b.json", video), folder):
        track = read_points(path, FPS)
        the_same(track, points, joints("Halpe-26"))
        assert track.tracker == "mmpose"


def test_the_demo_of_mmpose_counts_from_one(tmp_path):
    points = runner()
    rows = in_order(points, "COCO-17")
    of = [
        (k + 1, [{"keypoints": r[:, :2].tolist(), "keypoint_scores": r[:, 2].tolist()}])
        for k, r in enumerate(rows[:30])
    ]
    content = {"instance_info": [{"frame_id": k, "instances": i} for k, i in of]}
    track = read_points(saved(tmp_path / "a.json", content), clip=clip_of(40, tmp_path))
    the_same(track, np.concatenate([points[:30], np.full((10, 33, 2), np.nan)]), joints("COCO-17"))


# -- PoseNet, MediaPipe --------------------------------------------------------------------------------------------------

CAMEL = [
    n.replace("l_", "left ", 1) if n[:2] == "l_" else n.replace("r_", "right ", 1) for n in OPENPOSE["COCO-17"].split()
]
CAMEL = [n.split()[0] + "".join(w.capitalize() for w in n.split()[1:]) for n in CAMEL]


def test_posenet_old_and_new(tmp_path):
    points = runner()
    rows = in_order(points, "COCO-17")
    old = [
        {"score": 0.9, "keypoints": [{"score": s, "part": n, "position": {"x": x, "y": y}} for n, (x, y, s) in zip(CAMEL, r, strict=True)]}
        for r in rows.tolist()
    ]  # fmt: skip
    new = [
        {"time_s": 0.04 * k, "poses": [{"keypoints": [{"name": n, "x": x, "y": y, "score": s} for n, (x, y, s) in zip(CAMEL, r, strict=True)]}]}
        for k, r in enumerate(rows.tolist())
    ]  # fmt: skip
    track = read_points(saved(tmp_path / "a.json", old), FPS)
    the_same(track, points, joints("COCO-17"))
    assert (track.tracker, track.model) == ("posenet", "COCO-17")
    the_same(read_points(saved(tmp_path / "m.json", [[pose] for pose in old]), FPS), points, joints("COCO-17"))
    track = read_points(saved(tmp_path / "b.json", new))
    the_same(track, points, joints("COCO-17"))
    np.testing.assert_allclose(np.diff(track.times_s), 0.04)


@pytest.mark.parametrize("shape", ["objects", "lists", "tasks", "names", "csv", "csv_names"])
def test_mediapipe_dumps_need_the_size_of_the_picture(tmp_path, shape):
    points = runner()
    shares = (points / (WIDTH, HEIGHT)).tolist()
    objects = [[{"x": x, "y": y, "z": 0.1, "visibility": 0.9} for x, y in frame] for frame in shares]
    if shape == "objects":
        path = saved(tmp_path / "a.json", objects)
    elif shape == "lists":
        path = saved(tmp_path / "a.json", [[[x, y, 0.1, 0.9] for x, y in frame] for frame in shares])
    elif shape == "tasks":
        frames = [{"timestamp_ms": 1000 * k / 30, "pose_landmarks": [o]} for k, o in enumerate(objects)]
        path = saved(tmp_path / "a.json", frames)
    elif shape == "names":
        path = saved(
            tmp_path / "a.json", [{"frame": k, **{m.name: o[m] for m in Landmark}} for k, o in enumerate(objects)]
        )
    else:
        called = [str(int(m)) if shape == "csv" else m.name for m in Landmark]
        head = [f"{a}{n}" if shape == "csv" else f"{n}_{a}" for n in called for a in ("x", "y", "z", "v")]
        rows = [",".join(map(repr, [v for x, y in frame for v in (x, y, 0.1, 0.9)])) for frame in shares]
        path = tmp_path / "a.csv"
        path.write_text("\n".join([",".join(head), *rows]) + "\n")
    track = read_points(path, PointsTold(fps_hz=30, size_px=(WIDTH, HEIGHT)))
    the_same(track, points, FULL, atol=1e-9 * HEIGHT)
    np.testing.assert_allclose(track.times_s, np.arange(40) / 30, atol=1e-9)
    assert track.tracker == ("points" if shape == "csv_names" else "blazepose")
    with pytest.raises(GaitError, match="how large the picture is"):
        read_points(path, FPS)


# -- DeepLabCut ----------------------------------------------------------------------------------------------------------

PARTS = ("hip_l", "hip_r", "ankle_l", "ankle_r", "heel_l", "heel_r")
OF = [
    Landmark.LEFT_HIP,
    Landmark.RIGHT_HIP,
    Landmark.LEFT_ANKLE,
    Landmark.RIGHT_ANKLE,
    Landmark.LEFT_HEEL,
    Landmark.RIGHT_HEEL,
]


def deeplabcut(path, people, parts=PARTS, index=str):
    """One row a frame; people by name, (n, 33, 2)."""
    columns = [(who, part, c) for who in people for part in parts for c in ("x", "y", "likelihood")]
    heads = [["scorer"] + ["DLC_resnet50"] * len(columns)]
    if len(people) > 1:
        heads.append(["individuals", *(who for who, *_ in columns)])
    heads += [["bodyparts", *(part for _, part, _ in columns)], ["coords", *(c for *_, c in columns)]]
    lines = [",".join(row) for row in heads]
    for k in range(40):
        cells = [repr(float(v)) for points in people.values() for m in OF for v in (*points[k, m], 0.97)]
        lines.append(",".join([index(k), *(c.replace("nan", "") for c in cells)]))
    path.write_text("\n".join(lines) + "\n")
    return path


def test_deeplabcut_of_one_and_of_several(tmp_path):
    points = holed(runner())
    the_same(read_points(deeplabcut(tmp_path / "a.csv", {"": points}), FPS), points, OF)
    by_picture = deeplabcut(tmp_path / "b.csv", {"": points}, index=lambda k: f"labeled-data/m4s1/img{k:04}.png")
    track = read_points(by_picture, FPS)
    the_same(track, points, OF)
    assert track.tracker == "deeplabcut"
    stands = np.repeat(runner(x=620.0)[:1], 40, axis=0)
    the_same(read_points(deeplabcut(tmp_path / "c.csv", {"ann": stands, "bob": points}), FPS), points, OF)


def test_deeplabcuts_guesses_are_not_seen(tmp_path):
    path = deeplabcut(tmp_path / "a.csv", {"": runner()})
    path.write_text(path.read_text().replace("0.97", "0.03", 1))
    assert np.isnan(read_points(path, FPS).landmarks_px[0, Landmark.LEFT_HIP]).all()


def test_names_of_ones_own_are_named_once(tmp_path):
    points, parts = runner(), ("a", "b", "c", "d", "e", "f")
    path = deeplabcut(tmp_path / "a.csv", {"": points}, parts)
    with pytest.raises(GaitError, match="Not known: a, b, c, d, e, f"):
        read_points(path, FPS)
    names = tmp_path / "names.csv"
    names.write_text("theirs;landmark\n" + "".join(f"{p};{m.name}\n" for p, m in zip(parts, OF, strict=True)))
    the_same(read_points(path, PointsTold(fps_hz=30, names=names)), points, OF)
    names.write_text("a,left_wing\n")
    with pytest.raises(GaitError, match="left_wing"):
        read_points(path, PointsTold(fps_hz=30, names=names))


# -- TRC -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("y_up", [False, True])
def test_trc_in_pixels_whichever_way_y_points(tmp_path, y_up):
    points = holed(runner())
    track = read_points(trc(tmp_path / "a.trc", points, y_up=y_up), clip=clip_of(40, tmp_path))
    the_same(track, points, joints("Halpe-26"))
    assert (track.tracker, track.model) == ("trc", "px")


def test_trc_in_metres_is_as_large_as_life(tmp_path):
    points = runner()
    path = trc(tmp_path / "a.trc", points, units="m")
    track = read_points(path)
    apart = [Landmark.LEFT_KNEE, Landmark.RIGHT_HEEL]
    # 2 mm a px in the file, 1 mm a px here: everything is twice as large, and y is down again.
    np.testing.assert_allclose(
        np.diff(track.landmarks_px[:, apart], axis=1), 2 * np.diff(points[:, apart], axis=1), atol=1e-6
    )
    np.testing.assert_allclose(track.times_s, np.arange(40) / 30, atol=1e-12)
    with pytest.raises(GaitError, match="in metres"):
        read_points(path, clip=clip_of(40, tmp_path))


# -- whoever it is, and of which clip ------------------------------------------------------------------------------------


def test_the_runner_is_the_one_whose_legs_go_up_and_down(tmp_path):
    running, standing = runner(x=300.0), np.repeat(runner(x=560.0, scale=1.02)[:1], 40, axis=0)
    two = [standing, running]
    track = read_points(openpose_folder(tmp_path / "json", two), FPS)
    the_same(track, running, joints("BODY_25"))
    there = (560 / WIDTH, 700 / HEIGHT)
    told = PointsTold(fps_hz=30, size_px=(WIDTH, HEIGHT))
    the_same(read_points(tmp_path / "json", told, runner_at=there), standing, joints("BODY_25"))


def test_people_who_are_listed_in_another_order_are_followed_by_place(tmp_path):
    running, standing = runner(x=300.0), np.repeat(runner(x=560.0)[:1], 40, axis=0)
    first, second = running.copy(), standing.copy()
    first[20:], second[20:] = standing[20:], running[20:]
    the_same(read_points(openpose_folder(tmp_path / "json", [first, second]), FPS), running, joints("BODY_25"))


def test_points_take_the_frames_of_their_clip(tmp_path):
    points = runner()
    folder = openpose_folder(tmp_path / "json", [points])
    track = read_points(folder, clip=clip_of(40, tmp_path, fps=50))
    np.testing.assert_allclose(track.times_s, np.arange(40) / 50)
    assert (track.width_px, track.height_px) == (WIDTH, HEIGHT)
    with pytest.raises(GaitError, match="only 30 frames"):
        read_points(folder, clip=clip_of(30, tmp_path))
    with pytest.raises(GaitError, match="for 40 frames, but the clip has 100"):
        read_points(folder, clip=clip_of(100, tmp_path))


def test_half_as_many_frames_as_the_clip_lie_on_every_second_one(tmp_path):
    points = runner()
    path = trc(tmp_path / "a.trc", points)  # 30 a second
    track = read_points(path, clip=clip_of(79, tmp_path, fps=60))
    the_same(track.only(track.tracked), points, joints("Halpe-26"))
    assert track.between.tolist() == list(range(1, 79, 2))
    middle = (points[:-1] + points[1:]) / 2
    np.testing.assert_allclose(track.landmarks_px[1::2, Landmark.LEFT_KNEE], middle[:, Landmark.LEFT_KNEE])


def test_points_of_a_smaller_copy_of_the_clip_grow_with_it(tmp_path):
    points = runner()
    lines = ["time_s,landmark,x_px,y_px,visibility,width_px,height_px"]
    lines += [
        f"{k / 30},{m.name},{points[k, m, 0] / 2},{points[k, m, 1] / 2},1,{WIDTH // 2},{HEIGHT // 2}"
        for k in range(40)
        for m in Landmark
    ]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines))
    the_same(read_points(path, clip=clip_of(40, tmp_path)), points, FULL)
    path.write_text("\n".join(lines).replace(f",{HEIGHT // 2}", ",500"))
    with pytest.raises(GaitError, match="of a picture of 360 x 500"):
        read_points(path, clip=clip_of(40, tmp_path))


def test_points_outside_the_clips_picture_are_another_clips(tmp_path):
    folder = openpose_folder(tmp_path / "json", [runner(x=900.0)])
    with pytest.raises(GaitError, match="outside the clip's picture"):
        read_points(folder, clip=clip_of(40, tmp_path))


def test_frames_far_apart_are_no_clip(tmp_path):
    rows = in_order(runner(), "COCO-17")
    entries = [{"image_id": 1000 * k, "keypoints": row.ravel().tolist()} for k, row in enumerate(rows)]
    with pytest.raises(GaitError, match="too far apart"):
        read_points(saved(tmp_path / "r.json", entries), FPS)


# -- tables of every kind ------------------------------------------------------------------------------------------------


def test_percents_people_and_frames_out_of_order(tmp_path):
    running, standing = runner(x=300.0), np.repeat(runner(x=560.0)[:1], 40, axis=0)
    lines = [
        f"{k};{who};{m.name.replace('_', ' ').title()};{p[k, m, 0]!r};{p[k, m, 1]!r};95".replace(".", ",")
        for k in range(40)
        for who, p in (("7", standing), ("9", running))
        for m in Landmark
    ]
    path = tmp_path / "a.csv"
    path.write_text(
        "\ufeffFrame;Person;Landmark;X;Y;Visibility\r\n" + "\r\n".join(lines[::-1]) + "\r\n", encoding="utf-8"
    )
    track = read_points(path, FPS)
    the_same(track, running, FULL)
    assert track.visibility[3, Landmark.NOSE] == pytest.approx(0.95)


def test_what_can_only_be_key_points(tmp_path):
    folder = openpose_folder(tmp_path / "json", [runner()])
    plain = tmp_path / "points"
    plain.write_text('  [{"image_id": 1}]')
    film = tmp_path / "film.mp4"
    film.write_bytes(b"\0\0\0\x20ftypisom")
    assert all(holds_points(p) for p in (folder, plain, trc(tmp_path / "a.trc", runner()), tmp_path / "x.csv"))
    assert not holds_points(film)
    assert not holds_points(tmp_path / "none.mp4")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.json", "[1, 2", "cannot be read as key points"),
        ("a.json", '{"people": 3}', "cannot be read as key points"),
        ("a.json", '{"people": [{"pose_keypoints_2d": [1, 2, 0.5, 1, 2, 0.5]}]}', "none of a known skeleton"),
        ("a.json", '[{"image_id": {}, "keypoints": [1, 2, 3]}]', "cannot be read as key points"),
        ("a.trc", "PathFileType\t4\n", "cannot be read as key points"),
        ("a.h5", "\x89HDF\r\n\x1a\nrubbish", "cannot be read as key points"),
    ],
)
def test_broken_files_are_refused_in_one_sentence(tmp_path, name, content, says):
    path = tmp_path / name
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(GaitError, match=says) as caught:
        read_points(path, FPS)
    assert "\n" not in str(caught.value)


def test_a_place_beyond_every_picture_was_not_seen(tmp_path):
    shares = [[{"x": x, "y": y} for x, y in f] for f in (runner() / (WIDTH, HEIGHT)).tolist()]
    shares[4][int(Landmark.LEFT_HEEL)]["x"] = 1e308
    told = PointsTold(fps_hz=30, size_px=(WIDTH, HEIGHT))
    track = read_points(saved(tmp_path / "a.json", shares), told)
    assert np.isnan(track.landmarks_px[4, Landmark.LEFT_HEEL]).all()
    assert track.visibility[4, Landmark.LEFT_HEEL] == 0
    assert np.isfinite(track.landmarks_px).all(axis=2).sum() == 40 * 33 - 1
    with pytest.raises(GaitError, match="no point with coordinates"):
        read_points(openpose_folder(tmp_path / "far", [runner() + 1e7]), FPS)


def test_a_folder_without_key_points(tmp_path):
    with pytest.raises(GaitError, match="no JSON file"):
        read_points(tmp_path, FPS)


# -- HDF5 ----------------------------------------------------------------------------------------------------------------

MADE = Path(__file__).parents[2] / "builders" / "files"
"""pandas 3.0 with PyTables 3.11, as DeepLabCut calls it: 12 frames, hips and ankles, x and y rising by 0.25 and 0.5 px a frame."""


def unpacked(name, folder):
    path = folder / name
    path.write_bytes(gzip.decompress((MADE / f"{name}.gz").read_bytes()))
    return path


@pytest.mark.parametrize("name", ["dlc_table.h5", "dlc_fixed.h5", "dlc_two.h5"])
def test_deeplabcuts_hdf5_in_both_formats_of_pandas(tmp_path, name):
    track = read_points(unpacked(name, tmp_path), FPS)
    k = np.arange(12)[:, None]
    for landmark, x, y in (
        ("LEFT_HIP", 100, 300),
        ("RIGHT_HIP", 140, 301),
        ("LEFT_ANKLE", 180, 702),
        ("RIGHT_ANKLE", 220, 703),
    ):
        np.testing.assert_allclose(track.landmarks_px[:, Landmark[landmark]], np.hstack([x + 0.25 * k, y + 0.5 * k]))
    assert track.tracker == "deeplabcut"


def test_a_pickle_in_an_hdf5_that_would_run_something_is_refused(tmp_path):
    class Runs:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "ran",))

    path = unpacked("dlc_table.h5", tmp_path)
    with h5py.File(path, "r+") as file:
        file["df_with_missing"].attrs["non_index_axes"] = np.void(pickle.dumps([(1, [("a", Runs(), "x")])]))
    with pytest.raises(GaitError, match="cannot be read"):
        read_points(path, FPS)
    assert not (tmp_path / "ran").exists()


# -- written back --------------------------------------------------------------------------------------------------------

HAS = {"openpose": joints("BODY_25"), "coco": joints("COCO-17"), "trc": joints("Halpe-26")}


@pytest.mark.parametrize("form", ["openpose", "coco", "trc"])
@pytest.mark.parametrize("source", ["BODY_25", "COCO-18", "MPI-15", "trc", "mediapipe"])
def test_what_is_read_can_be_written_and_read_again(tmp_path, form, source):
    points = holed(runner()) + np.array([0.123456, 0.987654])
    points[7] = np.nan  # a frame without anybody
    if source == "trc":
        path = trc(tmp_path / "a.trc", points)
    elif source == "mediapipe":
        shares = [[{"x": x, "y": y} for x, y in f] if np.isfinite(f).all() else [] for f in points / (WIDTH, HEIGHT)]
        path = saved(tmp_path / "a.json", shares)
    else:
        path = openpose_folder(tmp_path / "a", [points], source)
    told = PointsTold(fps_hz=30, size_px=(WIDTH, HEIGHT))
    first = read_points(path, told)
    write_points(first, form, tmp_path / "out")
    again = read_points(tmp_path / "out", told)
    np.testing.assert_allclose(again.landmarks_px[:, HAS[form]], first.landmarks_px[:, HAS[form]], atol=0.01)
    assert again.tracker == ("trc" if form == "trc" else first.tracker)
    np.testing.assert_allclose(again.times_s, first.times_s, atol=1e-5)


def test_a_form_that_there_is_not_and_a_place_that_cannot_be_written(tmp_path):
    track = read_points(openpose_folder(tmp_path / "a", [runner()]), FPS)
    with pytest.raises(GaitError, match="openpose, coco, trc"):
        write_points(track, "c3d", tmp_path / "out")
    with pytest.raises(GaitError, match="cannot be written"):
        write_points(track, "trc", tmp_path / "nowhere" / "out.trc")


# -- broken on purpose ---------------------------------------------------------------------------------------------------


def test_damaged_files_are_read_or_refused_and_nothing_else():
    told = []
    ends, faults = points_fuzz.run(69, seed=7, tell=told.append)  # three of each kind
    assert not faults, told
    assert ends["read"] > 5
    assert ends["bad_points"] > 20
