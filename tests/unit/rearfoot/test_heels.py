"""The heel in all frames of a foot: what each step of the search does, and that the search has it."""

from dataclasses import replace

import numpy as np
import pytest

from gait.landmarks import Side
from gait.rearfoot import heel
from gait.rearfoot.frame import cut_heel
from gait.rearfoot.heels import (
    Search,
    find_heels,
    find_others,
    find_outstanding,
    follow_astray,
    follow_some,
    learn_counter,
)
from gait.rearfoot.reference import Leg, LegReference, frames_of_stance
from gait.settings import RearfootSettings
from tests.unit.rearfoot.drawn import Drawn, film, shank_deg, stand

STEPS = 11
SCENE = Drawn({Side.LEFT: 6.0, Side.RIGHT: 6.0}, steps=STEPS, feet=(Side.LEFT,), odd_step_seen_higher_px=45.0)
"""In the second of eleven steps, which is not among the seven that are followed, the tracker sees the heel elsewhere."""
Scene = tuple[Leg, dict[int, heel.HeelPicture], LegReference]


def opened(scene: Drawn) -> Scene:
    run, reference = film(scene), stand(scene).legs[Side.LEFT]
    assert isinstance(reference, LegReference)
    leg = frames_of_stance(Side.LEFT, run.trajectories, run.events, RearfootSettings())
    sole = leg.points.sole_px(leg.length_px)
    pictures = {f: cut_heel(run.pictures.crop(f), sole[f], reference.length_px) for f in leg.frame.tolist()}
    return leg, pictures, reference


@pytest.fixture(scope="module")
def scene() -> Scene:
    return opened(SCENE)


@pytest.fixture(scope="module")
def start(scene: Scene) -> Search:
    leg, pictures, reference = scene
    return Search(leg, pictures, reference.turn, reference.counter, np.empty(0, np.int64), {})


@pytest.fixture(scope="module")
def followed(start: Search) -> Search:
    return follow_some(start)


@pytest.fixture(scope="module")
def learnt(followed: Search) -> Search:
    return learn_counter(followed)


def off_deg(search: Search, found: dict[int, heel.Alignment] | None = None) -> dict[int, float]:
    """By frame, how far the found counter's turn is from the drawn one's."""
    leg, out = search.leg, {}
    found = dict(search.found) if found is None else found
    for f, pct in zip(leg.frame.tolist(), leg.pct, strict=True):
        if f in found:
            _, tilt = heel.heel_line(search.counter, found[f], search.heels[f])
            everted = SCENE.standing_deg + SCENE.eversion_deg(Side.LEFT, pct)
            # standing, the heel was at -1 degree
            truth = shank_deg(Side.LEFT, pct) + everted - (-3.0 + SCENE.standing_deg)
            out[f] = tilt - search.counter.lean_deg - truth
    return out


def frames(search: Search, stances: np.ndarray) -> set[int]:
    return set(search.leg.frame[np.isin(search.leg.stance, stances)].tolist())


def test_every_heel_is_found_where_it_is(scene: Scene, start: Search) -> None:
    found = find_heels(*scene)
    assert set(found) == set(start.leg.frame.tolist())
    off = np.array(list(off_deg(start, found).values()))
    assert np.abs(off).max() < 1.5


def test_seven_steps_spread_over_the_run_are_followed(followed: Search) -> None:
    assert len(followed.first) == 7
    assert followed.first[0] == 0
    assert followed.first[-1] == STEPS - 1
    assert np.diff(followed.first).max() <= 2
    assert 1 not in followed.first
    assert set(followed.found) == frames(followed, followed.first)
    assert not followed.others[np.isin(followed.leg.stance, followed.first)].any()
    assert max(map(abs, off_deg(followed).values())) < 1.5


def test_what_does_not_move_with_the_heel_is_unlearnt() -> None:
    """Another wall than standing, round a plain heel: its pixels lose their weight, the heel's keep it, and all fits are believed again."""
    leg, pictures, reference = opened(
        replace(SCENE, plain=True, steps=4, odd_step_seen_higher_px=0.0, wall=(180, 170, 60))
    )
    start = Search(leg, pictures, reference.turn, reference.counter, np.empty(0, np.int64), {})
    before = follow_some(start)
    after = learn_counter(before)
    places = after.counter.template.places
    across = np.abs(places[:, 0] - after.counter.template.centre[0])
    weight = after.counter.template.weight / np.maximum(before.counter.template.weight, 1e-6)
    assert weight[across < 19].min() > 0.9, "the heel is 21 wide to each side"
    assert weight[across > 21].mean() < 0.5
    found = find_heels(leg, pictures, reference)
    known, learnt = (np.median([a.inlier_share for a in fits.values()]) for fits in (before.found, found))
    assert known < 0.95 < learnt


def test_too_few_good_fits_teach_nothing(followed: Search) -> None:
    seven = dict(list(followed.found.items())[:7])
    assert learn_counter(replace(followed, found=seven)).counter is followed.counter
    nothing = learn_counter(replace(followed, found={}))
    assert nothing.found == {}
    assert nothing.counter is followed.counter


def test_the_other_steps_are_found_without_a_search(
    scene: Scene, learnt: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = find_others(learnt)
    others = frames(learnt, np.unique(learnt.leg.stance[learnt.others]))
    assert set(found.found) - set(learnt.found) >= others - frames(learnt, np.array([1]))
    odd = frames(learnt, np.array([1]))
    assert max(abs(off) for f, off in off_deg(found).items() if f not in odd) < 1.5
    searched = set()
    original, frame_of = heel.search, {id(picture): f for f, picture in learnt.heels.items()}

    def noted(counter: heel.Counter, picture: heel.HeelPicture, turn: int) -> list[np.ndarray]:
        searched.add(frame_of[id(picture)])
        return original(counter, picture, turn)

    monkeypatch.setattr(heel, "search", noted)
    find_heels(*scene)
    assert searched <= frames(learnt, learnt.first) | odd
    assert searched & odd


def test_a_step_unlike_the_others_is_followed_from_scratch(learnt: Search) -> None:
    found = find_others(learnt)
    odd = frames(learnt, np.array([1]))
    wrong = off_deg(found)
    assert max(abs(wrong.get(f, 99.0)) for f in odd) > 5
    mended = follow_astray(found)
    assert max(abs(off_deg(mended)[f]) for f in odd) < 1.5
    for f in set(found.found) - odd:
        assert mended.found[f] is found.found[f]


def test_a_frame_that_stands_out_is_found_again(scene: Scene, learnt: Search, monkeypatch: pytest.MonkeyPatch) -> None:
    """One frame of a followed step is lost, the fit of another is turned by 6 degrees, and a third is not believed."""
    flat = [
        f for f, p in zip(learnt.leg.frame.tolist(), learnt.leg.pct, strict=True) if 20 < p < 50 and f in learnt.found
    ]
    lost, astray, poor = (f for f in flat[:6:2])
    r = np.radians(6.0)
    turn = np.array([[np.cos(r), -np.sin(r)], [np.sin(r), np.cos(r)]])
    fits = dict(learnt.found)
    del fits[lost]
    matrix = fits[astray].matrix.copy()
    matrix[:, :2] = turn @ matrix[:, :2]
    fits[astray] = replace(fits[astray], matrix=matrix, correlation=0.8)
    fits[poor] = replace(fits[poor], inlier_share=0.6, matrix=matrix)
    got = find_outstanding(replace(learnt, found=fits))
    off = off_deg(got)
    for f in (lost, astray, poor):
        assert abs(off[f]) < 1.5, f
    for f in set(fits) - {astray, poor}:
        assert got.found[f] is fits[f], "the better of two fits stays"

    original = heel.follow

    def forgetful(*given: object) -> dict[int, heel.Alignment]:
        return {f: a for f, a in original(*given).items() if f != lost}

    monkeypatch.setattr(heel, "follow", forgetful)
    whole = find_heels(*scene)
    assert lost in whole


def test_without_pictures_nothing_is_found(scene: Scene) -> None:
    leg, _, reference = scene
    assert find_heels(leg, {}, reference) == {}
