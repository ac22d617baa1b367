"""The whole way on the sample clip, against its known truth."""

import json

import jsonschema
import numpy as np
import pytest

from gait.landmarks import Side
from gait.results.folder import schema
from gait.validation.accuracy import match
from tests.builders import SAMPLES
from tests.conftest import gait

TRUTH = json.loads((SAMPLES / "treadmill_rear.truth.json").read_text())
FRAME_S = 1 / TRUTH["fps_hz"]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def doc(sample_run):
    done, folder = sample_run
    assert done.returncode == 0, done.stderr
    return json.loads((folder.path / "analysis.json").read_text())


def test_the_result_keeps_the_contract(doc):
    jsonschema.validate(doc, schema())
    assert doc["status"] == "ok"
    assert doc["clip"]["view"] == "rear"
    assert doc["reference"]["zero"] == "standing"


def test_labels_are_right(doc):
    assert doc["feet"]["left"]["label"] == "neutral"
    assert doc["feet"]["right"]["label"] == "over"


@pytest.mark.parametrize("side", list(Side))
def test_peak_is_within_three_degrees_and_its_interval_reasonable(doc, side):
    truth = TRUTH["feet"][side.value]["rear_view_peak_from_standing_deg"]
    peak = doc["feet"][side.value]["peak_eversion_deg"]
    assert peak["value"] == pytest.approx(truth, abs=3.0)
    assert 0.2 < peak["ci95"][1] - peak["ci95"][0] < 8.0


def test_cadence_is_within_one_step_per_minute(doc):
    assert doc["cadence_spm"]["value"] == pytest.approx(TRUTH["cadence_spm"], abs=1.0)


@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize("event", ["foot_strike_s", "toe_off_s"])
def test_every_event_is_found_once_within_two_frames(doc, side, event):
    errors, missed, invented = match(doc["events"][side.value][event], TRUTH["events"][side.value][event])
    assert missed == 0
    assert invented == 0
    assert np.max(np.abs(errors)) <= 2 * FRAME_S


@pytest.mark.parametrize("side", list(Side))
def test_the_pictures_were_asked_when_the_foot_met_and_left_the_belt(doc, side):
    """Its contact time is then known better than from the rhythm alone, and the interval says so (1.96 SD at the least)."""
    known = doc["measurement"]["events"]
    assert 0.002 < known["seen_contact_sd_s"][side.value] < 0.75 * known["contact_bias_sd_s"]
    contact = doc["feet"][side.value]["contact_time_s"]
    low, high = contact["ci95"]
    assert high - low < 2 * 1.96 * known["contact_bias_sd_s"]
    true = np.mean([off - strike for strike, off in stances(TRUTH["events"][side.value])])
    assert low < true < high


def stances(events):
    """Each foot strike with the toe-off that follows it."""
    return [
        (strike, min(off for off in events["toe_off_s"] if off > strike))
        for strike in events["foot_strike_s"]
        if strike < max(events["toe_off_s"])
    ]


def test_everything_a_person_gets_is_there(sample_run):
    done, folder = sample_run
    for name in ("analysis.json", "strides.csv", "overlay.mp4", "report.pdf", "peak_left.png", "peak_right.png"):
        assert folder.file(name), name
        if name in ("analysis.json", "strides.csv", "overlay.mp4", "report.pdf"):
            assert name in done.stdout
    assert "over-pronating" in done.stdout
    assert "Left  foot: neutral" in done.stdout


def test_a_second_run_gives_the_same_numbers_to_the_last_digit(sample_run, tmp_path):
    _, folder = sample_run
    out = tmp_path / "again"
    done = gait(
        "analyze",
        SAMPLES / "treadmill_rear.mp4",
        *("--standing", SAMPLES / "treadmill_rear.standing.mp4", "--speed-kmh", "9.72", "--out", out),
        *("--runner", "Example Runner", "--no-pdf", "--no-overlay", "--no-cache"),
    )
    assert done.returncode == 0, done.stderr
    first, second = (json.loads((run / "analysis.json").read_text()) for run in (folder.path, out))
    for run in (first, second):
        run.pop("created", None)
    assert first == second
    assert (folder.path / "strides.csv").read_bytes() == (out / "strides.csv").read_bytes()
