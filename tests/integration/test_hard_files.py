"""Files of a kind that was once refused or misread, beside the same run as an ordinary file. Left out where they are not at hand."""

import numpy as np
import pytest

from gait import clip as clips
from gait import first_look
from gait.landmarks import View
from tests.builders import SHARED

HARD = SHARED / "clips" / "hard"
pytestmark = pytest.mark.skipif(not HARD.is_dir(), reason="needs the shared clips")


def test_a_camcorders_file_is_the_same_run_as_its_packets_in_mp4():
    stream, plain = (clips.open_clip(HARD / name) for name in ("f01_camcorder_4s.mts", "f01_same_as_mp4.mp4"))
    np.testing.assert_allclose(stream.times_s, plain.times_s, atol=1e-4)
    wanted = clips.spread_out(plain, 6)
    pairs = zip(clips.stills(stream, wanted), clips.stills(plain, wanted), strict=True)
    assert all(np.array_equal(a.image, b.image) for a, b in pairs)


@pytest.mark.parametrize(
    ("name", "frames"),
    [
        ("f02_mirror_matrix.mp4", 180),
        ("f03_h264_bframes.avi", 180),
        ("f10_preview_track_first.mov", 182),
        ("f11_resolution_change.webm", 180),
        ("f12_sideways_no_metadata.mp4", 180),
    ],
)
def test_every_frame_is_read_and_the_runner_seen_from_behind(name, frames):
    found = first_look.check(HARD / name)
    assert not found.refused
    assert found.view is View.REAR
    assert (found.clip.width_px, found.clip.height_px, found.clip.n_frames) == (720, 1280, frames)
    assert sum(1 for _ in clips.frames(found.clip, max_side_px=0)) == frames
