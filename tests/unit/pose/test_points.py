"""Key points from a file."""

import numpy as np
import pytest

from gait.errors import GaitError
from gait.landmarks import Landmark
from gait.pose import read_points

HEAD = "time_s,landmark,x_px,y_px,visibility\n"


def rows(n=12, landmarks=("left_ankle", "right_ankle")):
    return [(5 + i / 30, name, 100 + i, 900.5, 0.9) for i in range(n) for name in landmarks]


def write(path, lines, head=HEAD):
    path.write_text(head + "".join(",".join(map(str, r)) + "\n" for r in lines))
    return path


def test_reads_points_at_their_times(tmp_path):
    track = read_points(write(tmp_path / "run.csv", rows()))
    assert track.tracker == "points"
    assert track.times_s[0] == 0
    np.testing.assert_allclose(np.diff(track.times_s), 1 / 30)
    np.testing.assert_allclose(track.landmarks_px[3, Landmark.LEFT_ANKLE], [103, 900.5])
    assert track.visibility[3, Landmark.LEFT_ANKLE] == 0.9
    assert np.isnan(track.landmarks_px[:, Landmark.NOSE]).all()
    assert (track.width_px, track.height_px) == (111, 901)


def test_rows_in_any_order_and_points_missing_in_a_frame(tmp_path):
    lines = rows()
    del lines[4]
    track = read_points(write(tmp_path / "run.csv", lines[::-1]))
    assert np.isnan(track.landmarks_px[2, Landmark.LEFT_ANKLE]).all()
    assert track.visibility[2, Landmark.LEFT_ANKLE] == 0
    assert np.isfinite(track.landmarks_px[2, Landmark.RIGHT_ANKLE]).all()


def test_size_from_the_file_when_given(tmp_path):
    head = HEAD.strip() + ",width_px,height_px\n"
    track = read_points(write(tmp_path / "run.csv", [(*r, 720, 1280) for r in rows()], head))
    assert (track.width_px, track.height_px) == (720, 1280)


@pytest.mark.parametrize(
    ("lines", "head", "says"),
    [
        (rows(), "time,landmark,x_px,y_px,visibility\n", "lacks the column time_s"),
        (rows(landmarks=("left_flipper",)), HEAD, "left_flipper"),
        (rows(n=3), HEAD, "only 3 frames"),
        (rows() + rows()[:1], HEAD, "twice"),
        ([*rows(), (9, "left_ankle", "far", 2, 1)], HEAD, "line 26"),
        ([*rows(), ("", "left_ankle", 1, 2, 1)], HEAD, "without a time"),
        ([(i / 30, "left_ankle", "", "", 0) for i in range(12)], HEAD, "no point with coordinates"),
        ([], "", "cannot be read"),
    ],
)
def test_says_in_one_sentence_what_is_wrong(tmp_path, lines, head, says):
    with pytest.raises(GaitError, match=says) as caught:
        read_points(write(tmp_path / "run.csv", lines, head))
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_picture(tmp_path):
    with pytest.raises(GaitError, match="no file"):
        read_points(tmp_path / "none.csv")
    picture = tmp_path / "p.csv"
    picture.write_bytes(bytes(range(256)) * 20)
    with pytest.raises(GaitError):
        read_points(picture)


# -- as other programs write it ----------------------------------------------------------------------------------------

BODY = {"shoulder": 350.0, "hip": 600.0, "knee": 800.0, "ankle": 1000.0, "heel": 1030.0, "foot_index": 1040.0}


def body(n=12, joints=tuple(BODY)):
    return [
        (i / 30, f"{side}_{joint}", x + i, BODY[joint] + i, 0.9)
        for i in range(n)
        for side, x in (("left", 300.0), ("right", 420.0))
        for joint in joints
    ]


def the_same(one, other):
    np.testing.assert_allclose(one.landmarks_px, other.landmarks_px, atol=1e-6)
    np.testing.assert_allclose(one.visibility, other.visibility)
    np.testing.assert_allclose(one.times_s, other.times_s)
    assert (one.width_px, one.height_px) == (other.width_px, other.height_px)


@pytest.mark.parametrize("zero", [(0, 0, 0), (0.0, 0.0, 0.7), (-1, -1, 0)])
def test_zeros_for_what_was_not_seen(tmp_path, zero):
    lines = body()
    blank = [(*r[:2], "", "", 0.0) if k % 7 == 0 else r for k, r in enumerate(lines)]
    zeros = [(*r[:2], *zero) if k % 7 == 0 else r for k, r in enumerate(lines)]
    the_same(read_points(write(tmp_path / "a.csv", zeros)), read_points(write(tmp_path / "b.csv", blank)))


def test_a_point_on_an_edge_of_the_picture_was_seen(tmp_path):
    track = read_points(write(tmp_path / "run.csv", [(*r[:2], 0, r[3], 0) for r in body()]))
    assert np.isfinite(track.landmarks_px[:, Landmark.LEFT_HEEL]).all()


@pytest.mark.parametrize(
    ("separator", "comma", "mark"), [(";", ",", ""), (";", ".", ""), ("\t", ",", ""), (";", ",", "\ufeff")]
)
def test_as_spreadsheets_write_it(tmp_path, separator, comma, mark):
    expected = read_points(write(tmp_path / "a.csv", body()))
    path = tmp_path / "b.csv"
    rows_ = [HEAD.strip().split(","), *([str(v).replace(".", comma) for v in r] for r in body())]
    path.write_text(mark + "".join(separator.join(r) + "\n" for r in rows_), encoding="utf-8")
    the_same(read_points(path), expected)


def test_quoted_decimal_commas_between_commas(tmp_path):
    path = tmp_path / "b.csv"
    rows_ = (",".join(f'"{v}"'.replace(".", ",") for v in r) for r in body())
    path.write_text(HEAD + "\n".join(rows_) + "\n")
    the_same(read_points(path), read_points(write(tmp_path / "a.csv", body())))


def test_shares_of_a_picture_whose_size_is_given(tmp_path):
    head = HEAD.strip() + ",width_px,height_px\n"
    shares = [(*r[:2], r[2] / 720, r[3] / 1280, r[4], 720, 1280) for r in body()]
    pixels = [(*r, 720, 1280) for r in body()]
    the_same(read_points(write(tmp_path / "a.csv", shares, head)), read_points(write(tmp_path / "b.csv", pixels, head)))


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([(*r[:2], r[2] / 720, r[3] / 1280, r[4]) for r in body()], "shares of the picture"),
        ([(*r[:3], 1280 - r[3], r[4]) for r in body()], "counts y upward"),
    ],
)
def test_what_cannot_be_told_is_refused(tmp_path, lines, says):
    with pytest.raises(GaitError, match=says):
        read_points(write(tmp_path / "run.csv", lines))
