"""Two runs compared: what the interval holds, what is called real, and what cannot be told."""

from dataclasses import replace
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from gait.comparison.compare import compare
from gait.comparison.holm import critical_levels
from gait.comparison.noise import NOISE, OF_A_FOOT, OF_BOTH
from gait.errors import GaitError
from gait.landmarks import Side
from gait.model import Estimate
from gait.said import Said
from tests.builders.compared import SHARED_SD_DEG, STEP_SD_DEG, STEPS, any_run, folder_of, run_of

PEAK = NOISE["peak_eversion_deg"]
CHANCE_DEG = STEP_SD_DEG / sqrt(STEPS)
MEASURING_SAME_DEG = sqrt(2 * CHANCE_DEG**2 + 2 * PEAK.method**2)
MEASURING_OWN_DEG = sqrt(MEASURING_SAME_DEG**2 + 2 * SHARED_SD_DEG**2)


def half(one):
    low, high = one.difference.ci95
    assert low + high == pytest.approx(2 * one.difference.value)
    return (high - low) / 2


def verdicts(found):
    return {(one.key, one.side): one.verdict for one in found.measures}


def changed(folder, side=None, **figures):
    """The same run with other figures of one foot or both."""
    judged = folder.result.judged
    feet = {s: replace(foot, **figures) if side in (None, s) else foot for s, foot in judged.feet.items()}
    return folder_of(replace(folder.result, judged=replace(judged, feet=feet)))


def test_with_one_standing_clip_what_all_steps_share_cancels():
    """The interval holds both runs' chance and the method's own noise. 48 degrees of freedom and more: nearly 1.96."""
    found = compare(run_of(10, 17, "a"), run_of(12, 17, "b")).measure("peak_eversion_deg", Side.LEFT)
    assert found.difference.value == pytest.approx(2.0)
    assert half(found) == pytest.approx(1.96 * MEASURING_SAME_DEG, rel=0.02)


def test_with_two_standing_clips_both_errors_count():
    found = compare(run_of(10, 17, "a", "1"), run_of(12, 17, "b", "2")).measure("peak_eversion_deg", Side.LEFT)
    assert half(found) == pytest.approx(1.96 * MEASURING_OWN_DEG, rel=0.02)


def test_one_standing_clip_for_two_shoes_does_not_cancel():
    a, b = run_of(10, 17, "a", shoe_worn="Shoe A"), run_of(12, 17, "b", shoe_worn="Shoe B")
    found = compare(a, b)
    assert half(found.measure("peak_eversion_deg", Side.LEFT)) == pytest.approx(1.96 * MEASURING_OWN_DEG, rel=0.02)
    assert "apart_standing_shoe" in [said.code for said in found.conditions]
    b = run_of(12, 17, "b", shoe_worn=" shoe a")
    assert half(compare(a, b).measure("peak_eversion_deg", Side.LEFT)) < 1.96 * MEASURING_OWN_DEG * 0.9


def test_runs_that_were_not_measured_alike_do_not_cancel():
    a, b = run_of(10, 17, "a"), run_of(12, 17, "b")
    versions = replace(b.result.versions, gait="9.9")
    found = compare(a, run_of(12, 17, "b", versions=versions)).measure("peak_eversion_deg", Side.LEFT)
    assert half(found) == pytest.approx(1.96 * MEASURING_OWN_DEG, rel=0.02)
    faster = folder_of(replace(b.result, clip=replace(b.result.clip, fps_hz=120.0)), {Side.LEFT: 12.0})
    assert half(compare(a, faster).measure("peak_eversion_deg", Side.LEFT)) > 1.96 * MEASURING_OWN_DEG * 0.95


def test_a_table_of_steps_that_cannot_be_read_costs_the_comparison_nothing_but_width(tmp_path):
    from gait.results.folder import ResultFolder
    from tests.builders.results import result_folder

    a, b = (ResultFolder(result_folder(tmp_path / name)) for name in "ab")
    (b.path / "strides.csv").write_bytes(b"")
    b.__dict__["result"] = replace(b.result, clip=replace(b.result.clip, sha256="b" * 64))
    found = compare(a, b).measure("peak_eversion_deg", Side.LEFT)
    assert found.verdict == "noise"
    assert half(found) > 1.2


def test_how_large_a_change_of_one_foot_must_be():
    """Two peaks are judged at once: the larger is held against 2.5 %, with the runner's own noise on top of the measuring."""
    whole = sqrt(MEASURING_OWN_DEG**2 + 2 * PEAK.runner**2)
    limit = float(norm.ppf(1 - 0.025 / 2)) * whole
    for change, verdict in ((limit * 0.96, "noise"), (limit * 1.04, "real"), (-limit * 1.04, "real")):
        found = compare(run_of(10, 17, "a", "1"), run_of(10, 17 + change, "b", "2"))
        assert found.measure("peak_eversion_deg", Side.RIGHT).verdict == verdict
        assert found.measure("peak_eversion_deg", Side.LEFT).verdict == "noise"
        assert found.measure("peak_eversion_deg", Side.RIGHT).smallest_real == pytest.approx(limit, rel=0.02)


def test_a_change_beyond_measuring_but_within_what_runners_do_is_noise():
    change = (1.96 * MEASURING_SAME_DEG + 1.96 * sqrt(MEASURING_SAME_DEG**2 + 2 * PEAK.runner**2)) / 2
    found = compare(run_of(10, 17, "a"), run_of(10 + change, 17, "b")).measure("peak_eversion_deg", Side.LEFT)
    assert found.difference.ci95[0] > 0
    assert (found.verdict, found.reason) == ("noise", Said("change_within_runs"))


def test_swapping_the_runs_changes_signs_and_nothing_else():
    a, b = run_of(10, 17, "a", "1"), run_of(14, 17.5, "b", "2")
    one, other = compare(a, b), compare(b, a)
    assert verdicts(one) == verdicts(other)
    assert "real" in verdicts(one).values()
    for x, y in zip(one.measures, other.measures, strict=True):
        assert (x.a, x.b, x.smallest_real, x.reason) == (y.b, y.a, y.smallest_real, y.reason)
        if x.difference is not None:
            assert x.difference.value == pytest.approx(-y.difference.value)
            assert x.difference.ci95 == pytest.approx([-end for end in reversed(y.difference.ci95)])


def test_a_run_with_itself_has_no_difference_at_all():
    found = compare(run_of(10, 17), run_of(10, 17))
    for one in found.measures:
        if one.a is not None:
            assert (one.verdict, one.difference, one.reason) == ("noise", Estimate(0, (0, 0)), Said("change_none"))
    assert not found.conditions


@settings(deadline=None, max_examples=30)
@given(any_run, any_run)
def test_any_two_results_swap(one, other):
    """Whatever stands in them: every figure is there once, what lacks in one cannot be told, and a swap keeps the verdicts."""
    found, back = compare(one, other), compare(other, one)
    assert [(m.key, m.side) for m in found.measures] == [(k, s) for s in Side for k in OF_A_FOOT] + [
        (k, None) for k in OF_BOTH
    ]
    assert verdicts(found) == verdicts(back)
    for m in found.measures:
        assert (m.a is None or m.b is None) == (m.difference is None)
        if m.difference is None:
            assert m.verdict == "cannot_tell"
        elif m.verdict == "cannot_tell":
            assert m.key == "peak_eversion_deg"
            assert abs(m.difference.value) <= m.smallest_real


@settings(deadline=None, max_examples=30)
@given(any_run)
def test_any_result_with_itself_is_all_noise(one):
    for m in compare(one, one).measures:
        assert m.verdict == ("cannot_tell" if m.a is None else "noise")


def test_what_one_run_does_not_show_cannot_be_told_with_that_runs_reason():
    whole = run_of(10, 17, "a")
    judged = whole.result.judged
    no_zero = folder_of(replace(whole.result, judged=replace(judged, reference=replace(judged.reference, zero="none"))))
    no_zero = changed(no_zero, peak_eversion_deg=None, touchdown_deg=None)
    found = compare(whole, no_zero)
    reason = Said("change_not_measured", {"run": "b", "why": Said("no_zero")})
    assert found.measure("peak_eversion_deg", Side.LEFT).reason == reason
    assert found.measure("touchdown_deg", Side.RIGHT).reason == reason
    assert found.measure("eversion_excursion_deg", Side.LEFT).verdict == "noise"
    assert compare(no_zero, whole).measure("peak_eversion_deg", Side.LEFT).reason.values["run"] == "a"
    assert compare(no_zero, no_zero).measure("peak_eversion_deg", Side.LEFT).reason.values["run"] == "both"


def test_a_foot_that_was_not_read_and_a_step_that_was_not_seen_landing_have_their_own_reasons():
    whole = run_of(10, 17, "a")
    angles = dict.fromkeys(("peak_eversion_deg", "touchdown_deg", "eversion_excursion_deg", "time_to_peak_pct"))
    unread = changed(whole, Side.LEFT, rearfoot_method="landmarks", **angles)
    why = compare(unread, whole).measure("peak_eversion_deg", Side.LEFT)
    assert (why.verdict, why.reason.values["why"]) == ("cannot_tell", Said("key_points_only"))
    assert compare(unread, whole).measure("peak_eversion_deg", Side.RIGHT).verdict == "noise"
    unseen = changed(whole, touchdown_deg=None, eversion_excursion_deg=None)
    assert compare(whole, unseen).measure("touchdown_deg", Side.LEFT).reason.values["why"] == Said("no_touchdown")
    assert compare(whole, unseen).measure("peak_eversion_deg", Side.LEFT).verdict == "noise"


def test_a_peak_of_which_even_a_large_change_would_pass_for_noise_cannot_be_told():
    """An SD of 4 degrees: 9 would not stand out. What stands out all the same is real."""
    unsure = Estimate.from_sd(10.0, 4.0)
    blurred = changed(run_of(10, 17, "b", "2"), Side.LEFT, peak_eversion_deg=unsure)
    found = compare(run_of(12, 17, "a", "1"), blurred).measure("peak_eversion_deg", Side.LEFT)
    assert (found.verdict, found.reason) == ("cannot_tell", Said("change_too_uncertain"))
    assert found.difference.value == pytest.approx(-2)
    assert found.smallest_real > 8
    assert compare(run_of(30, 17, "a", "1"), blurred).measure("peak_eversion_deg", Side.LEFT).verdict == "real"


def test_a_refused_clip_is_no_run_to_compare():
    good = run_of(10, 17)
    refused = folder_of(replace(good.result, judged=None))
    for pair in ((good, refused), (refused, good)):
        with pytest.raises(GaitError) as error:
            compare(*pair)
        assert error.value.code == "not_comparable"


def conditions(a, b):
    return [said.code for said in compare(a, b).conditions]


def test_what_was_not_the_same_is_said():
    a = run_of(10, 17, "a")
    result = a.result

    def other(**changes):
        return folder_of(replace(result, **changes))

    judged = result.judged
    faster = replace(judged, reference=replace(judged.reference, speed_kmh=judged.reference.speed_kmh + 0.4))
    nearly = replace(judged, reference=replace(judged.reference, speed_kmh=judged.reference.speed_kmh + 0.2))
    unsaid = replace(judged, reference=replace(judged.reference, speed_kmh=None))
    assert conditions(a, other(judged=faster)) == ["apart_speed"]
    assert conditions(a, other(judged=nearly)) == []
    assert conditions(a, other(judged=unsaid)) == ["apart_speed_unknown"]
    assert conditions(a, other(versions=replace(result.versions, gait="0.2.0"))) == ["apart_version"]
    assert conditions(a, other(versions=replace(result.versions, model_sha256="3" * 64))) == ["apart_tracker"]
    assert conditions(a, other(runner="Somebody Else")) == ["apart_runner"]
    assert conditions(a, other(standing=None)) == ["apart_standing_missing"]
    assert conditions(a, other(standing=replace(result.standing, sha256="9" * 64))) == ["apart_standing"]
    assert conditions(a, other(clip=replace(result.clip, width_px=1080))) == ["apart_camera"]
    assert conditions(a, other(clip=replace(result.clip, fps_hz=30.0))) == ["apart_rate"]


def test_a_leg_of_another_size_in_the_picture_means_another_camera():
    from gait.landmarks import Landmark
    from gait.results.trajectories import SavedTrajectories

    def seen(scale):
        points = np.zeros((10, 33, 2))
        for side in Side:
            points[:, Landmark.of(side, "ankle"), 1] = 200.0 * scale
        folder = run_of(10, 17)
        folder.__dict__["trajectories"] = SavedTrajectories(np.arange(10.0), points, np.zeros((10, 33), bool), 8.0)
        return folder

    assert conditions(seen(1.0), seen(1.05)) == []
    assert conditions(seen(1.0), seen(1.12)) == ["apart_camera"]
    assert conditions(seen(1.12), seen(1.0)) == ["apart_camera"]


def test_holm_by_hand():
    """The least of four against a quarter of 5 %, the next against a third, then against a half; that fails, and so does the last."""
    assert critical_levels([0.5, 0.012, 0.03, 0.001]) == pytest.approx([0.05 / 2, 0.05 / 3, 0.05 / 2, 0.05 / 4])
    assert critical_levels([]) == []


@given(st.lists(st.floats(0, 1), max_size=12))
def test_holm_is_never_laxer_than_one_alone_and_never_stricter_than_bonferroni(p):
    for level in critical_levels(p):
        assert 0.05 / len(p) <= level <= 0.05


def test_of_many_runs_without_a_change_few_have_any_that_is_called_real():
    """Known truth: four hundred pairs whose peaks differ by what the method and the runner do, both feet alike. 5 % of them, give or take three SDs of chance."""
    rng = np.random.default_rng(7)
    sd = sqrt(CHANCE_DEG**2 + SHARED_SD_DEG**2 + PEAK.method**2 + PEAK.runner**2)
    called = 0
    for _ in range(400):
        a, b = (run_of(10 + sd * rng.normal(), 17 + sd * rng.normal(), sha, sha) for sha in "ab")
        called += any(one.verdict == "real" for one in compare(a, b).measures)
    assert 8 <= called <= 34
