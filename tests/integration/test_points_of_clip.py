"""`--points`: a clip whose runner another tool followed."""

import json

import numpy as np
import pytest

from gait import pose
from gait.clip import open_clip
from gait.landmarks import Side
from gait.places import sample_run as sample_clip
from gait.places import sample_standing
from gait.settings import PoseSettings
from tests.builders.points import openpose_folder, runner
from tests.conftest import gait


def kept_track():
    """BlazePose's own, from the cache that the sample's run filled."""
    clip = open_clip(sample_clip())
    track = pose.load_track(clip, PoseSettings(), pose.identify(PoseSettings()))
    assert track is not None
    return track


@pytest.mark.slow
def test_the_tracks_own_points_from_a_file_give_the_clips_own_result(tmp_path, sample_run):
    done, own = sample_run
    assert done.returncode == 0
    folder = openpose_folder(tmp_path / "json", [kept_track().landmarks_px])
    out = tmp_path / "out"
    asked = ("--standing", sample_standing(), "--speed-kmh", "9.72", "--no-pdf", "--no-overlay", "--out", out)
    done = gait("analyze", sample_clip(), "--points", folder, "--points-from", "blazepose", *asked)
    assert done.returncode == 0, done.stderr
    result = json.loads((out / "analysis.json").read_text())
    assert result["tracking"]["tracker"] == "blazepose"
    assert result["tracking"]["model"] == "BODY_25"
    assert result["tracking"]["points_file"] == "json"
    for side in Side:
        was, now = own.result.judged.feet[side], result["feet"][side.value]
        # Measured: 0.02 degrees and 0.8 ms, as BODY_25 has no finger tips and no corners of the eyes.
        assert now["peak_eversion_deg"]["value"] == pytest.approx(was.peak_eversion_deg.value, abs=0.2)
        assert now["contact_time_s"]["value"] == pytest.approx(was.contact_time_s.value, abs=0.003)
        assert now["label"] == was.label


@pytest.mark.slow
def test_points_that_are_not_of_the_clip_are_refused_in_words(tmp_path, sample_run):
    track = kept_track()
    shifted = openpose_folder(tmp_path / "shifted", [track.landmarks_px + np.array([120.0, 0.0])])
    short = openpose_folder(tmp_path / "short", [runner(n=60)])
    for file, says in ((shifted, "lie elsewhere than the runner"), (short, "the clip has")):
        done = gait("analyze", sample_clip(), "--points", file, "--no-pdf", "--no-overlay", "--out", tmp_path / "out")
        assert done.returncode == 2
        assert says in done.stderr, done.stderr
        assert len(done.stderr.strip().splitlines()) == 1


def test_a_folder_of_key_points_in_the_clips_place_needs_its_rate(tmp_path):
    folder = openpose_folder(tmp_path / "json", [runner(n=240)])
    out = ("--no-pdf", "--no-overlay", "--out", tmp_path / "out")
    done = gait("analyze", folder, *out)
    assert done.returncode == 2
    assert "--fps" in done.stderr
    done = gait("analyze", folder, "--fps", "30", *out)
    result = json.loads((tmp_path / "out" / "analysis.json").read_text())
    assert result["tracking"]["tracker"] == "openpose", done.stderr
    assert result["clip"]["fps_hz"] == pytest.approx(30)


def test_points_without_their_clip_are_refused(tmp_path):
    folder = openpose_folder(tmp_path / "json", [runner()])
    done = gait("analyze", folder, "--points", folder, "--fps", "30", "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "no such clip" in done.stderr
