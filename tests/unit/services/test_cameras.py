"""What staff confirmed of a camera is asked once, kept, and can be asked again."""

import pytest

from gait.errors import GaitError
from gait.services.cameras import FILE, MOST, CameraId, Cameras

PHONE, FRONT = CameraId("Apple iPhone 13", 1080, 1920), CameraId("Apple iPhone 13 front", 1080, 1920)


def test_a_camera_is_unknown_until_staff_confirm_it_and_then_for_good(tmp_path):
    cameras = Cameras(tmp_path / "reports")
    assert cameras.mirrored(PHONE) is None
    cameras.confirm(FRONT, mirrored=True)
    cameras.confirm(PHONE, mirrored=False)
    later = Cameras(tmp_path / "reports")
    assert (later.mirrored(PHONE), later.mirrored(FRONT)) == (False, True)
    later.confirm(PHONE, mirrored=True)
    assert cameras.mirrored(PHONE) is True
    later.forget(PHONE)
    assert (cameras.mirrored(PHONE), cameras.mirrored(FRONT)) == (None, True)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (CameraId("apple  iphone 13", 1080, 1920), True),
        (CameraId("Apple iPhone 13", 1920, 1080), True),
        (CameraId("Apple iPhone 13", 720, 1280), False),
        (CameraId("", 1080, 1920), False),
    ],
)
def test_what_is_taken_for_one_camera(tmp_path, other, same):
    cameras = Cameras(tmp_path)
    cameras.confirm(PHONE, mirrored=True)
    assert cameras.mirrored(other) is (True if same else None)


@pytest.mark.parametrize("kept", ["", "[1, 2]", "{", '{"apple iphone 13|1080x1920": "yes"}'])
def test_a_damaged_note_confirms_nothing_and_is_replaced(tmp_path, kept):
    (tmp_path / FILE).write_text(kept)
    cameras = Cameras(tmp_path)
    assert cameras.mirrored(PHONE) is None
    cameras.confirm(PHONE, mirrored=True)
    assert cameras.mirrored(PHONE) is True


def test_only_so_many_are_remembered_and_the_latest_are(tmp_path):
    cameras = Cameras(tmp_path)
    cameras._write({f"camera {k}|1x1": False for k in range(MOST)})
    cameras.confirm(PHONE, mirrored=True)
    assert cameras.mirrored(PHONE) is True
    assert cameras.mirrored(CameraId("camera 0", 1, 1)) is None
    assert cameras.mirrored(CameraId("camera 1", 1, 1)) is False


def test_what_cannot_be_kept_is_said(tmp_path):
    (tmp_path / "reports").write_text("a file where the folder should be")
    with pytest.raises(GaitError):
        Cameras(tmp_path / "reports").confirm(PHONE, mirrored=True)
