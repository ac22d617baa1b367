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
