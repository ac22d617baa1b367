"""The heel in every frame of a foot's stances: followed in a few steps, then found from what those show at each phase."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from gait.model import Bools, Floats, Frozen, Ints
from gait.rearfoot import heel
from gait.rearfoot.align import Alignment, Matrix
from gait.rearfoot.frame import HeelPicture
from gait.rearfoot.heel import Counter
from gait.rearfoot.phase import MIN_POOLED, OUTSTANDING_DEG, SEED_PCT, flat_foot, median_at_phase
from gait.rearfoot.reference import Leg, LegReference

FOLLOWED_STEPS = 7
"""Steps searched from scratch (Dingenen 2018: as many show a runner's usual step); the rest start from theirs, in a third of the time."""
BELOW_MEDIAN = 0.15
"""How far below the median score a fit may lie and still teach what belongs to the counter."""


@dataclass(frozen=True, eq=False)
class Search(Frozen):
    """How far the search for one foot's heel has come: each step gives a new one."""

    leg: Leg
    heels: Mapping[int, HeelPicture]
    """By frame index; frames without a picture are left out."""
    turn: int
    """As in `LegReference`."""
    counter: Counter
    """What is looked for: as standing, then without what does not move with it."""
    first: Ints
    """The steps followed from scratch."""
    found: Mapping[int, Alignment]
    """By frame index; frames without a fit are left out."""

    @property
    def there(self) -> Bools:
        """(m,) entries of the leg that have a picture."""
        return np.array([f in self.heels for f in self.leg.frame.tolist()], dtype=np.bool_)

    @property
    def others(self) -> Bools:
        """(m,) entries with a picture in a step that was not followed from scratch."""
        return self.there & ~np.isin(self.leg.stance, self.first)


def find_heels(leg: Leg, heels: Mapping[int, HeelPicture], reference: LegReference) -> dict[int, Alignment]:
    """Find the reference's counter in every frame: a few steps frame by frame, the others from what those show at each phase.

    Args:
        leg: the frames of stance.
        heels: by frame index, from `cut_heel`. A frame without a picture gets no fit.
        reference: whose counter is looked for.

    Returns:
        By frame index, the fit of the counter; frames in which it fits nowhere are left out. Whether to believe a fit is for the caller
        (`heel.believed`).
    """
    search = Search(leg, heels, reference.turn, reference.counter, np.empty(0, np.int64), {})
    if not search.there.any():
        return {}
    search = follow_some(search)
    search = learn_counter(search)
    search = find_others(search)
    search = follow_astray(search)
    search = find_outstanding(search)
    return dict(search.found)


def follow_some(search: Search) -> Search:
    """Follow `FOLLOWED_STEPS` steps, spread evenly over the run, from scratch."""
    stances = np.unique(search.leg.stance[search.there])
    first = stances[np.unique(np.linspace(0, len(stances) - 1, FOLLOWED_STEPS).round().astype(int))]
    return replace(search, first=first, found=_follow(search, first))


def learn_counter(search: Search) -> Search:
    """Learn from the flat foot's good fits what moves with the heel, and refine all fits with what is left of the counter.

    With fewer than `MIN_POOLED` good fits the counter stays as it was remembered.
    """
    leg, found = search.leg, search.found
    flat = set(leg.frame[flat_foot(leg.pct)].tolist())
    good = [a for f, a in found.items() if f in flat]
    if good:
        least = np.median([heel.score(a) for a in good]) - BELOW_MEDIAN
        good = [a for a in good if heel.score(a) >= least]
    counter = heel.learn(search.counter, good) if len(good) >= MIN_POOLED else search.counter
    refined = heel.find(counter, search.heels, {f: [a.matrix] for f, a in found.items()})
    return replace(search, counter=counter, found=refined)


def find_others(search: Search) -> Search:
    """Find the heel in the other steps from the pose the followed ones have at each phase."""
    usual, others = _usual_pose(search), search.others
    starts = {
        f: _start(usual[k])
        for k, f in enumerate(search.leg.frame.tolist())
        if others[k] and np.isfinite(usual[k]).all()
    }
    return replace(search, found={**search.found, **heel.find(search.counter, search.heels, starts)})


def follow_astray(search: Search) -> Search:
    """Follow from scratch those other steps in which fewer than half of the frames fit well."""
    leg, others = search.leg, search.others
    found, astray = dict(search.found), []
    for stance in np.unique(leg.stance[others]):
        mine = leg.frame[others & (leg.stance == stance)].tolist()
        if sum(f in found and heel.score(found[f]) >= heel.GOOD_SCORE for f in mine) < len(mine) / 2:
            astray.append(stance)
            found = {f: a for f, a in found.items() if f not in mine}
    return replace(search, found=found | _follow(search, np.array(astray, dtype=np.int64)))


def find_outstanding(search: Search) -> Search:
    """Try again, from the usual pose at that phase, where a frame has no believed fit or stands out from the other steps.

    The better of two fits stays.
    """
    usual = _usual_pose(search)
    starts = {
        f: _start(usual[k])
        for k, f in enumerate(search.leg.frame.tolist())
        if f in search.heels and np.isfinite(usual[k]).all() and not _like(search.found.get(f), usual[k])
    }
    found = dict(search.found)
    for f, again in heel.find(search.counter, search.heels, starts).items():
        if f not in found or heel.score(again) > heel.score(found[f]):
            found[f] = again
    return replace(search, found=found)


def _start(pose: Floats) -> list[Matrix]:
    """One start from a (6,) pose."""
    return [pose.reshape(2, 3)]


def _like(fit: Alignment | None, pose: Floats) -> bool:
    """Whether a fit is believed and turned like the (6,) usual pose."""
    if fit is None or not heel.believed(fit, heel.MIN_INLIERS_LEARNT):
        return False
    return bool(np.degrees(abs(fit.matrix[0, 1] - pose[1])) <= OUTSTANDING_DEG)


def _follow(search: Search, stances: Ints) -> dict[int, Alignment]:
    """Steps from their steadiest frame forwards and backwards."""
    leg, there, runs = search.leg, search.there, {}
    for stance in stances:
        here = np.flatnonzero((leg.stance == stance) & there)
        seed = min(here, key=lambda k: abs(leg.pct[k] - SEED_PCT))
        runs[int(leg.frame[seed])] = leg.frame[here].tolist()
    return heel.follow(search.counter, search.heels, runs, search.turn)


def _usual_pose(search: Search) -> Floats:
    """(m, 6) the median pose of the believed fits of all steps at each frame's phase; NaN with too few."""
    leg, found = search.leg, search.found
    m = len(leg.frame)
    pose, read = np.full((m, 6), np.nan), np.zeros(m, np.bool_)
    for k, f in enumerate(leg.frame.tolist()):
        if f in found:
            pose[k] = found[f].matrix.ravel()
            read[k] = heel.believed(found[f], heel.MIN_INLIERS_LEARNT)
    if read.sum() < MIN_POOLED:
        return np.full((m, 6), np.nan)
    return median_at_phase(leg.pct, pose, read)
