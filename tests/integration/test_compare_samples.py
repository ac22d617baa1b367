"""The two sample clips, whose truth is known: the right heel was changed by 5.8 degrees, the left one not at all."""

import json

import av
import pytest

from tests.builders import SAMPLES
from tests.conftest import gait

pytestmark = pytest.mark.slow
TRUTH = [
    json.loads((SAMPLES / f"{name}.truth.json").read_text()) for name in ("treadmill_rear", "treadmill_rear_shoe_b")
]


@pytest.fixture(scope="module")
def compared(sample_run, tmp_path_factory):
    """comparison.json and the folder it lies in."""
    _, first = sample_run
    out = tmp_path_factory.mktemp("both")
    clip = SAMPLES / "treadmill_rear_shoe_b.mp4"
    speed = f"{TRUTH[1]['speed_mps'] * 3.6:.3f}"
    done = gait(
        "analyze",
        clip,
        "--standing",
        clip.with_suffix(".standing.mp4"),
        "--speed-kmh",
        speed,
        "--out",
        out / "b",
        "--no-pdf",
    )
    assert done.returncode == 0, done.stderr
    done = gait("compare", first.path, out / "b", "--out", out / "both")
    assert done.returncode == 0, done.stderr
    return json.loads((out / "both" / "comparison.json").read_text()), out / "both"


@pytest.mark.parametrize(("foot", "verdict"), [("left", "noise"), ("right", "real")])
def test_the_changed_heel_is_real_and_the_other_is_within_noise(compared, foot, verdict):
    document, _ = compared
    peak = next(m for m in document["measures"] if (m["key"], m["foot"]) == ("peak_eversion_deg", foot))
    a, b = (t["feet"][foot]["rear_view_peak_from_standing_deg"] for t in TRUTH)
    low, high = peak["difference"]["ci95"]
    assert peak["verdict"] == verdict
    assert low <= b - a <= high


def test_nothing_but_the_right_heel_is_called_real(compared):
    document, _ = compared
    real = {(m["key"], m["foot"]) for m in document["measures"] if m["verdict"] == "real"}
    assert real <= {(key, "right") for key in ("peak_eversion_deg", "eversion_excursion_deg", "touchdown_deg")}


def test_the_film_shows_every_step_that_the_document_names(compared):
    document, folder = compared
    with av.open(str(folder / "comparison.mp4")) as film:
        times_s = [float(frame.pts * film.streams.video[0].time_base) for frame in film.decode(video=0)]
    assert len(document["steps"]) >= 20
    for step in document["steps"]:
        for moment in step["film"].values():
            assert min(abs(t - moment) for t in times_s) <= 0.5 / 60 + 1e-3
