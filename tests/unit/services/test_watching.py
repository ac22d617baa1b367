"""What goes with a film: times, steps and courses as the tables have them, and the time of the film of two."""

import json

import numpy as np
import pytest

from gait.comparison.locked import lock_steps, other_time
from gait.landmarks import Landmark, Side
from gait.results.folder import ResultFolder
from gait.services.watching import watched, watched_together
from tests.builders.results import OVER_DEG, UNDER_DEG, analysis_json, rearfoot_curve_deg, result_folder

TIMES_S = np.cumsum(np.resize([0.0, 0.02, 0.015], 400))


@pytest.fixture
def folder(tmp_path):
    made = result_folder(tmp_path / "run")
    shape = (len(TIMES_S), len(Landmark))
    arrays = {"points_px": np.zeros((*shape, 2), np.float32), "filled": np.zeros(shape, bool), "cutoff_hz": 8.0}
    np.savez(made / "trajectories.npz", times_s=TIMES_S, **arrays)
    return ResultFolder(made)


def test_frames_have_the_clips_own_times(folder):
    assert watched(folder)["frames_s"] == pytest.approx(TIMES_S, abs=1e-5)


def test_steps_are_those_of_the_tables(folder):
    shown, judged = watched(folder), folder.result.judged
    for foot, side in zip(shown["feet"], Side, strict=True):
        assert foot["side"] == side.value
        assert [step["contact_s"] for step in foot["steps"]] == list(judged.events[side].foot_strike_s)
        assert [step["number"] for step in foot["steps"]] == list(range(1, 27))
        assert [step["number"] for step in foot["steps"] if not step["used"]] == [4]
        assert not foot["steps"][3]["lines"][0], "no frame of it is usable"
        peaks = folder.strides[folder.strides["side"] == side.value]["peak_eversion_deg"]
        for step, peak in zip(foot["steps"], peaks, strict=True):
            for pct, deg in step["lines"][0]:
                assert deg == pytest.approx(rearfoot_curve_deg(np.array([pct]), -4.0, peak)[0], abs=0.1)


def test_the_scale_spans_everything_and_the_limits_are_those_of_the_result(folder):
    shown = watched(folder)
    courses = [line for foot in shown["feet"] for step in foot["steps"] for line in step["lines"]]
    deg = [point[1] for line in courses for point in line]
    assert shown["low_deg"] <= min(deg)
    assert max(deg) <= shown["high_deg"]
    assert shown["limits_deg"] == [UNDER_DEG, OVER_DEG]
    assert shown["phase_pct"] == 41.0
    json.dumps(shown, allow_nan=False)


def test_without_standing_there_are_no_limits(tmp_path):
    document = analysis_json()
    document["reference"]["zero"] = "none"
    assert watched(ResultFolder(result_folder(tmp_path / "run", document)))["limits_deg"] == []


def test_a_result_with_its_numbers_alone_has_steps_without_courses(tmp_path):
    made = result_folder(tmp_path / "run")
    for name in ("curves.csv", "strides.csv", "rearfoot.csv", "pose.npz"):
        (made / name).unlink()
    shown = watched(ResultFolder(made))
    assert shown["frames_s"] == []
    assert all(step["lines"] == [[]] for foot in shown["feet"] for step in foot["steps"])


def test_two_runs_are_in_the_time_of_their_film(folder, tmp_path):
    document = analysis_json()
    for side in ("left", "right"):
        for key in ("foot_strike_s", "toe_off_s"):
            document["events"][side][key] = [round(0.2 + 1.1 * t, 4) for t in document["events"][side][key]]
    slower = ResultFolder(result_folder(tmp_path / "slower", document))
    shown = watched_together(folder, slower)
    locked = lock_steps(folder.result.judged, slower.result.judged)
    begins_s = locked[0].a.contact_s - locked[0].film.contact_s
    for foot, side in zip(shown["feet"], Side, strict=True):
        own = [one for one in locked if one.side is side]
        assert len(foot["steps"]) == len(own) > 3
        for step, one in zip(foot["steps"], own, strict=True):
            assert len(step["lines"]) == 2
            for share in (0.0, 0.5, 1.0):  # one cursor is at the same share of both steps
                time_s = begins_s + step["contact_s"] + share * (step["toe_off_s"] - step["contact_s"])
                there_s = other_time(np.array([time_s]), locked)[0]
                assert (there_s - one.b.contact_s) / (one.b.toe_off_s - one.b.contact_s) == pytest.approx(
                    share, abs=1e-3
                )
    assert shown["frames_s"][0] == 0.0
    assert np.diff(shown["frames_s"]).min() >= 0
    assert shown["limits_deg"] == []
