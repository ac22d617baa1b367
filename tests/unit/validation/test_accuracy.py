"""The yardstick itself: its sums on numbers a reader can check."""

import json

import numpy as np
import pandas as pd
import pytest

from gait.errors import GaitError
from gait.landmarks import Side
from gait.validation.accuracy import clips_with_truth, markdown, match, picture_truth, pooled, validate
from tests.builders import SAMPLES


def feet(errors, half=1.0, labels=None):
    true = np.array([5.0, 9.0, 10.0, 16.0])
    found = true + np.array(errors)
    label = labels or ["under", "neutral", "neutral", "over"]
    return pd.DataFrame(
        {
            "clip": "c",
            "side": ["left", "right"] * 2,
            "status": "ok",
            "true_peak_deg": true,
            "peak_deg": found,
            "peak_deg_lo": found - half,
            "peak_deg_hi": found + half,
            "true_label": ["under", "neutral", "neutral", "over"],
            "label": label,
            "method": "heel_counter",
            "steps": 20,
            "reason": "",
        }
    )


def test_pooled_figures_are_those_of_the_errors():
    f = pooled(feet([1.0, -1.0, 0.5, 2.0], half=1.0))
    assert f["peak_deg_mae"] == pytest.approx(4.5 / 4)
    assert f["peak_deg_worst"] == pytest.approx(2.0)
    assert f["peak_deg_covered_pct"] == pytest.approx(75.0)
    assert f["labels_right_pct"] == pytest.approx(100.0)


def test_a_perfect_reader_has_slope_and_correlation_one():
    f = pooled(feet([0.0] * 4))
    assert f["peak_deg_slope"] == pytest.approx(1.0)
    assert f["peak_deg_r"] == pytest.approx(1.0)


def test_opposite_labels_are_counted_and_undetermined_is_not_wrong():
    f = pooled(feet([0.0] * 4, labels=["over", "neutral", "undetermined", "over"]))
    assert f["over_for_under"] == 1
    assert f["labels_right_pct"] == pytest.approx(200 / 3)
    assert f["undetermined_pct"] == pytest.approx(25.0)


def test_events_pair_with_the_nearest_and_the_rest_is_missed_or_invented():
    errors, missed, invented = match([1.01, 2.0, 3.5], [1.0, 2.0, 3.0, 4.0])
    assert np.allclose(errors, [0.01, 0.0])
    assert missed == 1  # the one at 3.0; the last may be cut off by the clip's end
    assert invented == 1


def test_picture_truth_reads_touchdown_peak_and_its_time():
    times = np.arange(0, 2, 1 / 60)
    angle = np.interp(times, [0, 0.5, 0.6, 0.75, 2], [0.0, -4.0, 8.0, -4.0, -4.0])
    truth = {
        "fps_hz": 60.0,
        "feet": {"left": {"rear_view_standing_deg": 2.0}},
        "frames": {"left": {"image_eversion_deg": angle.tolist()}},
        "events": {"left": {"foot_strike_s": [0.5], "toe_off_s": [0.75]}},
    }
    found = picture_truth(truth, Side.LEFT)
    assert found["touchdown_deg"] == pytest.approx(-6.0, abs=0.05)
    assert found["excursion_deg"] == pytest.approx(12.0, abs=0.1)
    assert found["time_to_peak_pct"] == pytest.approx(40.0, abs=1.0)


def test_a_folder_without_truth_is_one_clear_sentence(tmp_path):
    (tmp_path / "a.truth.json").write_text(json.dumps({"clip": "a.mp4", "activity": "standing"}))
    with pytest.raises(GaitError, match="No running clip"):
        clips_with_truth(tmp_path)


def test_the_page_names_every_foot_and_goal():
    page = markdown(feet([0.1] * 4), pd.DataFrame({"clip": ["c"], "status": ["ok"]}), ["bland_altman.png"])
    assert page.count("| c |") == 5
    assert "≤ 1.0" in page
    assert "bland_altman.png" in page


@pytest.mark.slow
def test_the_projects_own_clips_are_read_within_the_goals(sample_run, tmp_path):
    page = validate(SAMPLES, tmp_path)
    found = pd.read_csv(tmp_path / "feet.csv")
    f = pooled(found)
    assert f["feet"] == 4
    assert f["refused"] == 0
    assert f["peak_deg_mae"] <= 1.0
    assert f["peak_deg_worst"] <= 3.0
    assert f["over_for_under"] == 0
    assert set(found["label"]) - {"undetermined"} <= {"neutral", "over"}
    assert (
        found["label"][found["label"] != "undetermined"] == found["true_label"][found["label"] != "undetermined"]
    ).all()
    assert f["contact_s_mae"] <= 0.010
    text = page.read_text()
    for name in ("treadmill_rear", "treadmill_rear_shoe_b", "bland_altman.png", "calibration_labels.png"):
        assert name in text
    assert (tmp_path / "bland_altman.png").stat().st_size > 5000
