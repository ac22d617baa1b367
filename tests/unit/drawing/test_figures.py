"""The charts show the tables' numbers and no others."""

import numpy as np
import pandas as pd
import pytest

from gait.drawing import figures
from gait.landmarks import Landmark, Side
from gait.model import Estimate
from gait.results.codec import decode
from gait.results.folder import ResultFolder
from gait.results.result import EventTimes
from tests.builders.results import PEAK_DEG, analysis_json, result_folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return ResultFolder(result_folder(tmp_path_factory.mktemp("result") / "r"))


def curves_of(folder, **changes):
    judged = folder.result.judged
    arguments = {
        "rearfoot": folder.rearfoot,
        "strides": folder.strides,
        "curves": folder.curves,
        "limits": judged.reference.limits,
        "peaks": {s: judged.feet[s].peak_eversion_deg for s in Side},
        "times_to_peak": {s: judged.feet[s].time_to_peak_pct for s in Side},
    } | changes
    return figures.rearfoot_curves(**arguments)


def named(figure, name):
    return next(t for t in figure.data if t.name == name)


def test_mean_curve_and_peak_are_the_tables(folder):
    figure = curves_of(folder)
    for side in Side:
        mean = named(figure, f"mean {side.value}")
        table = folder.curves[folder.curves["side"] == side.value]
        # The peak's time is said as 41 %, a little after the drawn curve's own: it is moved by that little.
        assert list(mean.y) == pytest.approx(list(table["angle_deg"]), abs=0.03)
        peak = named(figure, f"peak {side.value}")
        assert peak.y[0] == PEAK_DEG[side]
        assert peak.error_y.array[0] == pytest.approx(1.2)
        assert mean.line.color == figures.COLOUR[side]


def test_left_is_the_left_panel(folder):
    figure = curves_of(folder)
    assert named(figure, "mean left").xaxis == "x"
    assert named(figure, "mean right").xaxis == "x2"


def test_unused_steps_and_unusable_frames_are_not_drawn(folder):
    steps = named(curves_of(folder), "steps left")
    assert list(steps.y).count(None) == 25  # 26 steps, the fourth is left out; a gap after each
    assert len(steps.y) == 25 * (37 + 1), "11 frames a step, and points between them"
    frames = folder.rearfoot.copy()
    frames["usable"] = False
    assert "steps left" not in [t.name for t in curves_of(folder, rearfoot=frames).data]


def test_limits_are_named_with_their_values_or_absent(folder):
    said = [a.text for a in curves_of(folder).layout.annotations]
    assert said.count("over above 13.4°") == 2
    assert said.count("under below 7.9°") == 2
    assert curves_of(folder, limits=None).layout.annotations == ()


def test_a_foot_without_data_says_so(folder):
    only_left = folder.curves[folder.curves["side"] == "left"]
    figure = curves_of(folder, curves=only_left)
    assert "Could not be measured" in [a.text for a in figure.layout.annotations]
    empty = curves_of(
        folder, rearfoot=pd.DataFrame(), strides=pd.DataFrame(), curves=pd.DataFrame(), peaks={}, times_to_peak={}
    )
    assert [a.text for a in empty.layout.annotations].count("Could not be measured") == 2


def test_left_right_in_the_unit_shown():
    feet = {Side.LEFT: Estimate(0.259, (0.253, 0.265)), Side.RIGHT: None}
    figure = figures.left_right([("On the ground", feet)])
    dot = named(figure, "On the ground left")
    assert dot.x[0] == pytest.approx(259)
    assert dot.error_x.array[0] == pytest.approx(6)
    said = [a.text for a in figure.layout.annotations]
    assert any("<b>259</b> ms" in t and "(253–265)" in t for t in said)
    assert "right: not measured" in said


def test_contact_pattern_bars_last_as_long_as_the_contacts():
    figure = figures.contact_pattern(decode(analysis_json()).judged.events, window_s=100)
    bars = [s for s in figure.layout.shapes if s.type == "rect"]
    # From the middle strike on: half of the 52 stances, give or take the one before it.
    assert 25 <= len(bars) <= 28
    assert all(b.x1 - b.x0 == pytest.approx(0.259) for b in bars)
    assert figures.contact_pattern({}).layout.shapes is not None


def test_a_stance_without_toe_off_is_no_bar():
    events = {Side.LEFT: EventTimes((0.0, 0.7, 1.4), (0.25, 1.65))}
    bars = [s for s in figures.contact_pattern(events, window_s=10).layout.shapes if s.type == "rect"]
    assert all(s.y0 == pytest.approx(-0.3) for s in bars)
    assert [round(s.x1 - s.x0, 3) for s in bars] == [0.25]


def test_two_strides_are_two_strides_and_light():
    times = np.arange(1200) / 60
    strikes = 0.3 + 0.7 * np.arange(20)
    frames = figures.two_strides(times, list(strikes))
    assert len(frames) <= 44
    step = times[frames[1]] - times[frames[0]]
    assert times[frames[-1]] + step - times[frames[0]] == pytest.approx(1.4, abs=0.04)
    assert len(figures.two_strides(times[:60], list(strikes + 50))) > 0
    assert len(figures.two_strides(np.empty(0), [])) == 0


def test_skeleton_stands_upright_and_is_seen_from_behind():
    world = np.zeros((50, 33, 3))
    world[:, Landmark.LEFT_HEEL, 1] = 0.9  # y down: the heel is below the hip
    world[:, Landmark.LEFT_EAR, 1] = world[:, Landmark.RIGHT_EAR, 1] = -0.7
    world[:, Landmark.RIGHT_HIP, 0] = 0.15
    figure = figures.skeleton(world, np.arange(0, 50, 2))
    assert len(figure.frames) == 25
    head = figure.data[4]
    assert head.z[0] == pytest.approx(0.7)
    left = figure.data[2]
    assert min(v for v in left.z if v is not None) == pytest.approx(-0.9)
    assert figure.layout.scene.camera.eye.y < 0
    assert len(figure.to_json()) < 400_000
    turns = {round(f.layout.scene.camera.eye.x, 2) for f in figure.frames}
    assert len(turns) > 10


def test_skeleton_without_poses_says_so():
    figure = figures.skeleton(np.full((5, 33, 3), np.nan), np.arange(5))
    assert figure.layout.annotations[0].text == "No 3D picture"
    assert figure.frames == ()


def test_two_runs_lie_over_each_other_each_with_its_band(folder):
    other = folder.curves.assign(angle_deg=folder.curves["angle_deg"] + 2)
    figure = figures.compared_curves(folder.curves, other)
    for side, axis in ((Side.LEFT, "x"), (Side.RIGHT, "x2")):
        table = folder.curves[folder.curves["side"] == side.value]
        first, second = named(figure, f"mean a {side.value}"), named(figure, f"mean b {side.value}")
        assert list(first.y) == pytest.approx(list(table["angle_deg"]))
        assert list(second.y) == pytest.approx(list(table["angle_deg"] + 2))
        assert first.xaxis == second.xaxis == axis
        assert second.line.color == figures.COLOUR[side]
        assert first.line.dash != "solid"
        band = named(figure, f"band b {side.value}")
        assert max(band.y) == pytest.approx(max(table["angle_deg"]) + 2 + 1.2)
        assert min(band.y) == pytest.approx(min(table["angle_deg"]) + 2 - 1.2)


def test_a_foot_that_only_one_run_shows_has_one_curve_and_one_of_none_says_so(folder):
    left = folder.curves[folder.curves["side"] == "left"]
    figure = figures.compared_curves(left, folder.curves.iloc[:0])
    assert [t.name for t in figure.data] == ["band a left", "mean a left"]
    assert len(figure.layout.annotations) == 1
