"""The chain from lines to angles, step by step: what each step does to readings that are known, and that the chain has it."""

from dataclasses import replace

import numpy as np
import pytest

from gait.geometry import tilt_deg, turned
from gait.landmarks import Side
from gait.model import Crop
from gait.rearfoot import budget, windows
from gait.rearfoot.accept import accept, keep_flat_foot
from gait.rearfoot.align import Alignment
from gait.rearfoot.carry import carry
from gait.rearfoot.likeness import likeness
from gait.rearfoot.lines import cut, fit, inner_support
from gait.rearfoot.readings import Readings
from gait.rearfoot.reference import LegReference, frames_of_stance
from gait.said import Said
from gait.settings import RearfootSettings
from tests.unit.rearfoot.drawn import UNEQUAL, Drawn, Film, Pictures, film, measure, shank_deg, stand

STRIPED = Drawn(UNEQUAL, feet=(Side.RIGHT,))
PLAIN = Drawn(UNEQUAL, plain=True, feet=(Side.RIGHT,))
TURN = -1
"""Of the right foot: eversion turns the heel anticlockwise."""


def opened(scene: Drawn, pictures: Pictures | None = None, run: Film | None = None) -> Readings:
    """The right foot's first readings of a drawn run."""
    run = run or film(scene)
    reference = stand(scene).legs[Side.RIGHT]
    assert isinstance(reference, LegReference)
    leg = frames_of_stance(Side.RIGHT, run.trajectories, run.events, RearfootSettings())
    cuts = cut(leg, pictures or run.pictures, reference.length_px, lambda: None)
    return fit(leg, cuts, reference, from_standing=True)


@pytest.fixture(scope="module")
def run() -> Film:
    return film(STRIPED)


@pytest.fixture(scope="module")
def striped(run: Film) -> Readings:
    return opened(STRIPED, run=run)


@pytest.fixture(scope="module")
def plain() -> Readings:
    return opened(PLAIN)


def even(readings: Readings, heel_deg: float = 3.0) -> Readings:
    """The same frames as if the heel were everted by `heel_deg` from standing and the shank stood as it did standing, all read."""
    m = len(readings.leg.frame)
    heel = readings.heel_zero_deg + TURN * np.full(m, heel_deg)
    shank = np.full(m, readings.shank_zero_deg)
    return replace(readings, heel_tilt_deg=heel, shank_tilt_deg=shank, read=np.ones(m, bool))


# -- fit


def test_fit_finds_both_lines(striped: Readings) -> None:
    pct = striped.leg.pct
    shank = np.array([shank_deg(Side.RIGHT, p) for p in pct])
    everted = np.array([STRIPED.standing_deg + STRIPED.eversion_deg(Side.RIGHT, p) for p in pct])
    assert striped.read.all()
    np.testing.assert_allclose(striped.shank_tilt_deg, shank, atol=0.8)
    lean = striped.reference.counter.lean_deg - (3.0 - STRIPED.standing_deg)
    np.testing.assert_allclose(striped.heel_tilt_deg - lean, shank + TURN * everted, atol=0.8)
    np.testing.assert_allclose(striped.angle_deg, everted - STRIPED.standing_deg, atol=1.2)


def test_fit_leaves_frames_without_a_picture_unread(run: Film) -> None:
    class Gaps(Pictures):
        """Every third picture is missing."""

        def crop(self, frame: int) -> Crop:
            """None where missing."""
            return None if frame % 3 == 0 else super().crop(frame)  # type: ignore[return-value]

    got = opened(STRIPED, Gaps(run.pictures.images), run)
    gone = got.leg.frame % 3 == 0
    assert gone.any()
    assert not got.read[gone].any()
    assert np.isnan(got.angle_deg[gone]).all()
    assert np.isnan(got.heel_px[gone]).all()
    assert np.isnan(got.shank_px[gone]).all()
    assert np.isnan(got.error_deg[gone]).all()
    assert (inner_support(got)[gone] == 0).all()
    assert got.read[~gone].all()


def test_fit_does_not_believe_a_leg_that_cannot_be_told_from_the_wall(striped: Readings) -> None:
    """Its lines are there, but nothing in the picture bears the shank's out."""
    cuts, blank = striped.cuts, int(striped.leg.frame[9])
    strips = dict(cuts.strips) | {blank: np.full_like(cuts.strips[blank], 96)}
    got = fit(striped.leg, replace(cuts, strips=strips), striped.reference, from_standing=True)
    assert not got.read[9]
    assert np.isfinite(got.shank_tilt_deg[9])
    assert np.delete(got.read, 9).all()


def test_readings_cannot_be_written_to(striped: Readings) -> None:
    for step in (carry, accept, keep_flat_foot):
        got = step(striped)
        for array in (got.heel_tilt_deg, got.shank_px, got.read, got.leg.pct):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 0


# -- carry


def test_carry_is_in_the_chain() -> None:
    """Trousers lean by 6 degrees until 8 % of stance while the shank goes on as runners' shanks do."""
    scene = Drawn(UNEQUAL, flap_deg=6.0, feet=(Side.RIGHT,))
    foot = measure(scene).feet[Side.RIGHT]
    early = foot.stance_pct < 8
    truth = np.array([scene.eversion_deg(Side.RIGHT, p) for p in foot.stance_pct])
    assert early.sum() >= 4
    assert foot.usable[early].all()
    assert np.abs((foot.angle_deg - truth)[early]).max() < 1.2
    upward = foot.shank_px[:, 1] - foot.shank_px[:, 0]
    seen = [shank_deg(Side.RIGHT, p) for p in foot.stance_pct]
    np.testing.assert_allclose(tilt_deg(upward)[early], np.array(seen)[early], atol=1.2)


def test_carry_turns_the_drawn_line_with_the_tilt(striped: Readings) -> None:
    early = striped.leg.pct < 8
    wrong = replace(striped, shank_tilt_deg=striped.shank_tilt_deg + np.where(early, 6.0, 0.0))
    got = carry(wrong)
    moved = got.shank_tilt_deg - wrong.shank_tilt_deg
    assert (moved[early] < -4).all()
    upward, before = (r.shank_px[:, 1] - r.shank_px[:, 0] for r in (got, wrong))
    np.testing.assert_allclose(tilt_deg(upward) - tilt_deg(before), moved, atol=1e-9)
    np.testing.assert_allclose(got.shank_px.mean(axis=1), wrong.shank_px.mean(axis=1), atol=1e-9)


# -- average windows: of a heel with a strip the window that found it counts like those beside it

OFFSETS = np.array([1.0, -2.5, 3.0])
"""Degrees by which the three windows lie from the truth."""


def through(monkeypatch: pytest.MonkeyPatch, *turns_deg: np.ndarray) -> None:
    """The windows beside give these."""
    given = iter(turns_deg)
    monkeypatch.setattr(windows, "_through", lambda counter, readings: next(given))


def test_the_mean_of_known_windows(striped: Readings, monkeypatch: pytest.MonkeyPatch) -> None:
    m = len(striped.leg.frame)
    truth = np.linspace(-3.0, 8.0, m)
    first = replace(striped, heel_tilt_deg=striped.reference.heel_tilt_deg + truth + OFFSETS[0], read=np.ones(m, bool))
    gaps = np.where(np.arange(m) % 7 == 3, np.nan, 0.0)
    through(monkeypatch, truth + OFFSETS[1] + gaps, truth + OFFSETS[2])
    got = windows.average_windows(first)
    # a window's gap changes nothing: the others are moved by how they lie to it
    np.testing.assert_allclose(got.heel_tilt_deg - striped.reference.heel_tilt_deg, truth + OFFSETS.mean(), atol=1e-9)
    assert got.windows_sd_deg == pytest.approx(np.std(OFFSETS, ddof=1) / np.sqrt(3))
    for k in range(m):
        np.testing.assert_allclose(got.heel_px[k], turned(striped.heel_px[k], OFFSETS.mean() - OFFSETS[0]), atol=1e-9)


def test_windows_read_in_too_few_frames_move_nothing_and_count_as_unlike(
    striped: Readings, monkeypatch: pytest.MonkeyPatch
) -> None:
    m = len(striped.leg.frame)
    flat = np.flatnonzero((striped.leg.pct >= 12) & (striped.leg.pct <= 55))
    for enough in (False, True):
        few = np.full(m, np.nan)
        few[flat[: 8 if enough else 7]] = 5.0
        through(monkeypatch, few, few)
        before = even(striped)
        got = windows.average_windows(before)
        assert (got.windows_sd_deg == windows.NOT_COMPARED_DEG) is not enough
        assert np.array_equal(got.heel_tilt_deg, before.heel_tilt_deg, equal_nan=True) is not enough


def test_of_six_windows_the_highest_and_the_lowest_are_left_out(
    plain: Readings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the one that found a plain heel has no say."""
    m = len(plain.leg.frame)
    offsets = np.array([1.0, -2.5, 3.0, 1.5, 0.5, 40.0])
    through(monkeypatch, *(np.full(m, offset) for offset in offsets))
    first = replace(plain, heel_tilt_deg=plain.reference.heel_tilt_deg + np.full(m, -20.0), read=np.ones(m, bool))
    got = windows.average_windows(first)
    np.testing.assert_allclose(got.heel_tilt_deg - plain.reference.heel_tilt_deg, 1.5, atol=1e-9)
    assert got.windows_sd_deg == pytest.approx(np.std(offsets, ddof=1) / np.sqrt(6))


@pytest.mark.parametrize("looks", ["plain", "striped"])
def test_a_heel_without_other_windows_was_not_compared(looks: str, request: pytest.FixtureRequest) -> None:
    readings: Readings = request.getfixturevalue(looks)
    alone = replace(readings, reference=replace(readings.reference, beside=()))
    known = {"plain": windows.NOT_COMPARED_PLAIN_DEG, "striped": windows.NOT_COMPARED_DEG}
    assert windows.average_windows(alone).windows_sd_deg == known[looks]
    # a plain heel's label cannot be sure then: the band of neutral is some six degrees wide
    assert known["plain"] > 6.0 > known["striped"]


def test_a_frame_that_was_not_read_stays_as_it_was(striped: Readings, monkeypatch: pytest.MonkeyPatch) -> None:
    m = len(striped.leg.frame)
    readings = even(striped)
    readings = replace(readings, read=np.arange(m) != 5)
    through(monkeypatch, np.full(m, 6.0), np.full(m, 6.0))
    got = windows.average_windows(readings)
    assert got.heel_tilt_deg[5] == readings.heel_tilt_deg[5]
    assert np.abs(got.heel_tilt_deg - readings.heel_tilt_deg)[readings.read].min() > 1


def test_the_windows_of_a_rigid_heel_with_a_strip_agree(striped: Readings) -> None:
    assert len(striped.reference.beside) == 2
    assert windows.average_windows(striped).windows_sd_deg < 0.15


@pytest.mark.parametrize("apart_deg", [0.3, 2.0])
def test_parts_of_a_striped_heel_that_turn_differently_widen_and_are_said(
    striped: Readings, monkeypatch: pytest.MonkeyPatch, apart_deg: float
) -> None:
    """The window lay on a collar and dark tights: 3.6 degrees off and surely believed, before its other windows were asked."""
    own = striped.heel_tilt_deg - striped.reference.heel_tilt_deg
    through(monkeypatch, own - apart_deg, own + apart_deg)
    got = budget.add_up_errors(windows.average_windows(striped))
    disagree = apart_deg / np.sqrt(3)
    assert got.windows_sd_deg == pytest.approx(disagree)
    assert got.systematic_sd_deg > budget.DEGREES_PER["pattern"]["windows_deg"] * disagree
    assert (Said("heel_parts_disagree") in got.reasons) is (apart_deg > 1)


# -- accept


def test_accept_takes_what_was_read_and_repeats(striped: Readings) -> None:
    readings = even(striped)
    unread = np.arange(len(readings.read)) == 4
    got = accept(replace(readings, read=~unread))
    np.testing.assert_array_equal(got.usable, ~unread)
    assert got.reasons == ()


@pytest.mark.parametrize("line", ["heel_tilt_deg", "shank_tilt_deg"])
@pytest.mark.parametrize(("off_deg", "kept"), [(3.5, True), (-4.5, False), (4.5, False)])
def test_accept_drops_a_frame_unlike_the_other_steps(striped: Readings, line: str, off_deg: float, kept: bool) -> None:
    """Four robust SD, at least 4 degrees, from the median at its phase."""
    readings = even(striped)
    values = getattr(readings, line).copy()
    mid = int(np.abs(readings.leg.pct - 40).argmin())
    values[mid] += off_deg
    got = accept(replace(readings, **{line: values}))
    assert got.usable[mid] == kept
    assert np.delete(got.usable, mid).all()


def test_accept_drops_what_a_heel_cannot_have_reached(striped: Readings) -> None:
    """All steps leap by 20 degrees at half stance: what lies beyond is something else, and the foot's result says so."""
    readings = even(striped)
    beyond = readings.leg.pct > 50
    got = accept(replace(readings, heel_tilt_deg=readings.heel_tilt_deg + TURN * np.where(beyond, 20.0, 0.0)))
    assert not got.usable[readings.leg.pct > 52.5].any()
    assert got.usable[readings.leg.pct < 47].all()
    assert Said("part_hidden") in got.reasons


def test_accept_says_when_less_than_half_was_read(striped: Readings) -> None:
    readings = even(striped)
    pct = readings.leg.pct
    planted = pct >= 0
    for share in (0.4, 0.6):
        read = planted & (np.cumsum(planted) % 10 < 10 * share)
        got = accept(replace(readings, read=read))
        said = [r for r in got.reasons if r.code == "heel_seldom_read"]
        assert bool(said) is (share < 0.5)
        if said:
            assert said[0].values == {"share": got.usable[planted].mean()}


def test_accept_is_in_the_chain() -> None:
    """The heel of the second step turns 9 degrees farther than that of the others: no step of this runner's."""
    scene = Drawn(UNEQUAL, odd_step_deg=9.0, feet=(Side.RIGHT,))
    foot = measure(scene).feet[Side.RIGHT]
    assert foot.usable[foot.stance == 1].sum() <= 1, "where other steps have no frame near, nothing contradicts it"
    assert foot.usable[foot.stance != 1].all()


# -- keep the flat foot


@pytest.mark.parametrize(("pct", "kept"), [(17.9, False), (18.0, True), (54.0, True), (54.1, False)])
def test_a_plain_heel_counts_from_18_to_54_per_cent(plain: Readings, pct: float, kept: bool) -> None:
    m = len(plain.leg.frame)
    at = replace(plain, leg=replace(plain.leg, pct=np.full(m, pct)), usable=np.ones(m, bool))
    assert keep_flat_foot(at).usable.all() == kept
    assert keep_flat_foot(at).usable.any() == kept
    assert keep_flat_foot(replace(at, heel_marked=True)).usable.all() == kept
    assert keep_flat_foot(replace(at, heel_marked=True, calf_marked=True)).usable.all()
    assert not keep_flat_foot(replace(at, usable=np.zeros(m, bool))).usable.any()


def test_a_heel_with_a_strip_counts_all_along(striped: Readings) -> None:
    usable = np.ones(len(striped.leg.frame), bool)
    assert keep_flat_foot(replace(striped, usable=usable)).usable.all()


# -- the budget of errors


def looking(readings: Readings, score: float) -> Readings:
    """The same with every fit of this score (correlation times inlier share)."""
    nothing = np.ones(1, bool)
    return replace(
        readings,
        found={f: Alignment(np.eye(2, 3), 1.0, score, 0.1, nothing) for f in readings.leg.frame.tolist()},
    )


@pytest.mark.parametrize(
    ("score", "unlike"), [(1.0, 0.0), (0.92, 0.0), (0.87, 0.05), (0.82, 0.1), (0.74, 0.18), (0.60, 0.18)], ids=str
)
@pytest.mark.parametrize("windows_deg", [0.0, 1.2])
def test_the_budget_is_the_root_of_the_sum_of_squares(
    striped: Readings, plain: Readings, score: float, unlike: float, windows_deg: float
) -> None:
    for readings, way in ((striped, "pattern"), (plain, "plain")):
        got = budget.add_up_errors(looking(replace(readings, windows_sd_deg=windows_deg), score))
        assert got.doubts["unlike"] == pytest.approx(unlike)
        per = budget.DEGREES_PER[way]
        expected = sum((c * (1.0 if n == "always" else got.doubts[n])) ** 2 for n, c in per.items())
        assert got.systematic_sd_deg == pytest.approx(np.sqrt(expected), abs=1e-9)
        assert got.systematic_sd_deg >= per["always"]
        assert (Said("unlike_standing") in got.reasons) is (per["unlike"] * unlike > 1)
        assert (Said("plain_heel") in got.reasons) is (readings is plain)


def test_each_doubt_widens_a_plain_heel_s_interval() -> None:
    none = dict.fromkeys(budget.DOUBTS, 0.0)
    alone = budget.expected_error_deg("plain", none)
    assert alone == pytest.approx(budget.DEGREES_PER["plain"]["always"])
    for name in budget.DOUBTS:
        assert budget.expected_error_deg("plain", none | {name: 1.0}) > alone, name


def test_how_far_the_heel_has_turned_is_read_at_the_peak_alone(striped: Readings) -> None:
    m = len(striped.leg.frame)
    pct = np.full(m, 20.0)
    pct[::2] = 42.0
    for turn_deg in (-7.0, 7.0):
        tilt = np.where(pct == 42.0, striped.heel_zero_deg + turn_deg, striped.heel_zero_deg + 30.0)
        at = replace(striped, leg=replace(striped.leg, pct=pct), heel_tilt_deg=tilt, read=np.ones(m, bool))
        assert budget.turned(at) == pytest.approx(7.0)
        assert budget.turned(replace(at, read=np.zeros(m, bool))) == budget.UNREAD_TURN_DEG


def test_what_was_not_seen_is_a_doubt_and_not_none(striped: Readings) -> None:
    unseen = replace(striped, found={}, shanks={})
    assert budget.unlike_standing(unseen) == budget.UNLIKE_MOST
    assert budget.faint_calf(unseen) == budget.CLEAR_CALF
    assert budget.add_up_errors(unseen).systematic_sd_deg > budget.add_up_errors(striped).systematic_sd_deg


@pytest.mark.parametrize(
    ("scatter", "more_deg"), [(0.003, 0.0), (0.0045, 0.0), (0.0049, 0.8), (0.0065, 4.0), (0.0075, 6.0)], ids=str
)
def test_a_calf_off_its_remembered_outline_is_no_shank(striped: Readings, scatter: float, more_deg: float) -> None:
    """Two feet of one rendered runner at 0.0065 and 0.0075 were 4.6 and 4.4 degrees off."""
    smooth, ragged = (
        budget.add_up_errors(replace(striped, shanks={f: replace(s, scatter=v) for f, s in striped.shanks.items()}))
        for v in (0.003, scatter)
    )
    assert ragged.systematic_sd_deg == pytest.approx(np.hypot(smooth.systematic_sd_deg, more_deg))
    assert (Said("calf_unlike_standing") in ragged.reasons) is (more_deg > 1)
    shanks = {f: replace(s, scatter=scatter) for f, s in striped.shanks.items()}
    assert budget.ragged_calf_deg(replace(striped, shanks=shanks, calf_marked=True)) == 0, "dots say where the shank is"


@pytest.mark.parametrize(("support", "missing"), [(0.1, 0.2), (0.3, 0.0), (0.5, 0.0)])
def test_a_calf_with_few_edges_is_a_doubt(striped: Readings, support: float, missing: float) -> None:
    faint = {f: replace(fit, support=support) for f, fit in striped.shanks.items()}
    assert budget.faint_calf(replace(striped, shanks=faint)) == pytest.approx(missing)


@pytest.mark.parametrize(
    ("apart_deg", "beyond_deg"), [(1.3, 0.0), (3.6, 0.0), (-1.0, 0.0), (4.6, 1.0), (-4.9, 3.9), (5.4, 1.8)], ids=str
)
@pytest.mark.parametrize("look", ["striped", "other foot"])
def test_a_calf_far_from_the_trackers_own_line_is_a_doubt(
    striped: Readings, apart_deg: float, beyond_deg: float, look: str
) -> None:
    """One foot whose calf leaned 4.9 degrees the other way was 5.9 off and surely believed."""
    reference = striped.reference if look == "striped" else replace(striped.reference, turn=-striped.reference.turn)
    own = tilt_deg(striped.leg.points.knee_px - striped.leg.points.ankle_px)[striped.leg.frame]
    tilt = own - reference.turn * apart_deg
    there = replace(striped, reference=reference, shank_tilt_deg=tilt, read=np.ones(len(own), bool))
    assert budget.off_own_line(there) == pytest.approx(beyond_deg, abs=1e-9)
    got = budget.add_up_errors(there)
    worth_deg = budget.DEGREES_PER["pattern"]["off_line_deg"] * beyond_deg
    assert (Said("calf_unlike_standing") in got.reasons) is (worth_deg > budget.UNLIKE_WORTH_SAYING_DEG)
    assert budget.off_own_line(replace(there, calf_marked=True)) == 0, "dots say where the shank is"
    assert budget.off_own_line(replace(there, read=np.zeros(len(own), bool))) == 0, "nothing is judged by it then"


def test_a_heel_of_another_shape_than_standing_is_a_doubt(striped: Readings) -> None:
    frames = striped.leg.frame.tolist()

    def seen(shape: np.ndarray) -> Readings:
        fit = Alignment(np.hstack([shape, np.zeros((2, 1))]), 1.0, 1.0, 0.1, np.ones(1, bool))
        return replace(striped, found=dict.fromkeys(frames, fit))

    turn = np.array([[0.8, -0.6], [0.6, 0.8]])
    assert budget.out_of_shape(seen(1.3 * turn)) == pytest.approx(0), "turned and nearer"
    assert budget.out_of_shape(seen(turn @ np.diag([1.0, 1.1]))) == pytest.approx(0.1)
    assert budget.out_of_shape(seen(np.diag([1.1, 1.0]) @ turn)) == pytest.approx(0.1)
    assert budget.out_of_shape(replace(striped, found={})) == 0, "unlike_standing counts that"


def test_with_all_dots_nothing_hangs_on_the_heel_s_look(plain: Readings) -> None:
    readings = looking(replace(plain, windows_sd_deg=2.0, heel_marked=True, calf_marked=True), 0.6)
    got = budget.add_up_errors(readings)
    assert got.systematic_sd_deg == 0.5
    assert got.reasons == ()
    one = budget.add_up_errors(replace(readings, calf_marked=False))
    assert one.systematic_sd_deg > 2.0


def test_only_the_flat_foot_s_look_counts(striped: Readings) -> None:
    readings = looking(striped, 0.99)
    frames = readings.leg.frame.tolist()
    pct = np.full(len(frames), 11.9)
    pct[1::3], pct[:3] = 55.1, (12.0, 30.0, 55.0)
    poor = looking(striped, 0.7).found
    elsewhere = {f: (readings.found if k < 3 else poor)[f] for k, f in enumerate(frames)}
    given = replace(readings, leg=replace(readings.leg, pct=pct), found=elsewhere)
    assert budget.unlike_standing(given) == 0
    only_ends = {f: poor[f] if k == 1 else a for k, (f, a) in enumerate(elsewhere.items())}
    assert budget.unlike_standing(replace(given, found=only_ends)) == 0, "the frames at both ends count"


def test_a_heel_that_looks_otherwise_on_the_run_is_less_certain(run: Film) -> None:
    scene = Drawn(UNEQUAL, glints=True, feet=(Side.RIGHT,))
    foot = measure(scene).feet[Side.RIGHT]
    assert foot.systematic_sd_deg > 1.2
    assert Said("unlike_standing") in foot.reasons
    same = run.measure(stand(STRIPED)).feet[Side.RIGHT]
    assert same.systematic_sd_deg == pytest.approx(budget.expected_error_deg("pattern", same.doubts))
    assert same.doubts["unlike"] == 0
    assert same.reasons == ()


# -- how heel and shoe look on the run


def test_the_shoe_round_the_counter_is_compared_place_by_place(striped: Readings) -> None:
    seen = likeness(striped)
    assert seen.shoe_run.shape == seen.shoe_standing.shape == (14 * 14, 3)
    apart = np.linalg.norm(seen.shoe_run - seen.shoe_standing, axis=1)
    assert np.percentile(apart, 75) < 15, "the same shoe"
    assert np.linalg.norm(seen.shoe_standing - seen.shoe_standing.mean(axis=0), axis=1).max() > 60, "it has colours"
    aside = {f: replace(a, matrix=np.add(a.matrix, [[0, 0, 0], [0, 0, -30.0]])) for f, a in striped.found.items()}
    higher = likeness(replace(striped, found=aside))
    assert np.percentile(np.linalg.norm(higher.shoe_run - seen.shoe_standing, axis=1), 75) > 30, "a sock is no shoe"
