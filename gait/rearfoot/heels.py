"""The heel in every frame of a foot's stances: followed in a few steps, then found from what those show at each phase."""

import numpy as np

from gait.model import Bools, Floats, Ints
from gait.rearfoot import heel
from gait.rearfoot.align import Alignment
from gait.rearfoot.frame import HeelPicture, turned
from gait.rearfoot.phase import MIN_POOLED, OUTSTANDING_DEG, SEED_PCT, median_at_phase
from gait.rearfoot.reference import Leg, Reference

FOLLOWED_STEPS = 7
"""Steps searched from scratch (Dingenen 2018: as many show a runner's usual step); the rest start from theirs, in a third of the time."""
LEARN_PCT = (12.0, 55.0)
"""Foot flat: the counter is seen as when standing, so what does not look alike does not belong to it."""

LIKE_SCORE, UNLIKE_DEG, UNLIKE_MOST_DEG = 0.92, 14.0, 2.5
"""From which score (correlation times inlier share) on a heel looks as when standing, the SD of the angle per score below it, and the
most. 73 rendered feet: at 0.92 and above the peak was off by 0.6 degrees (RMS), at 0.87-0.92 by 0.7, at 0.80-0.87 by 1.0, below by 1.5; those
with a strip alone by 0.5, 0.6, 0.9 and 1.5."""


def find_heels(leg: Leg, heels: dict[int, HeelPicture], reference: Reference) -> dict[int, Alignment]:
    """A few steps frame by frame, from which the counter is learnt; the others from what those show at each phase."""
    frames = leg.frame.tolist()
    there = np.array([f in heels for f in frames])
    stances = np.unique(leg.stance[there])
    if not len(stances):
        return {}
    first = stances[np.unique(np.linspace(0, len(stances) - 1, FOLLOWED_STEPS).round().astype(int))]
    found = _follow(leg, heels, reference, reference.counter, first)
    middle = {int(f) for f, p in zip(leg.frame, leg.pct, strict=True) if LEARN_PCT[0] <= p <= LEARN_PCT[1]}
    good = [a for f, a in found.items() if f in middle]
    good = [a for a in good if heel.score(a) >= np.median([heel.score(b) for b in good]) - 0.15]
    counter = heel.learn(reference.counter, good) if len(good) >= MIN_POOLED else reference.counter
    found = heel.find(counter, heels, {f: [a.matrix] for f, a in found.items()})
    usual = _usual_pose(leg, found)
    known = {f: [usual[k].reshape(2, 3)] for k, f in enumerate(frames) if there[k] and np.isfinite(usual[k]).all()}
    others = there & ~np.isin(leg.stance, first)
    own = heel.find(counter, heels, {f: known[f] for f in leg.frame[others].tolist() if f in known})
    astray = []
    for stance in stances[~np.isin(stances, first)]:
        mine = leg.frame[there & (leg.stance == stance)].tolist()
        if sum(f in own and heel.score(own[f]) >= heel.GOOD_SCORE for f in mine) < len(mine) / 2:
            astray.append(stance)
            own = {f: a for f, a in own.items() if f not in mine}
    found |= own | _follow(leg, heels, reference, counter, np.array(astray, dtype=np.int64))
    usual = _usual_pose(leg, found)
    starts = {}
    for k, f in enumerate(frames):
        if f not in heels or not np.isfinite(usual[k]).all():
            continue
        known_fit = found.get(f)
        sure = known_fit is not None and heel.believed(known_fit, heel.MIN_INLIERS_LEARNT)
        if sure and known_fit is not None and np.degrees(abs(known_fit.matrix[0, 1] - usual[k][1])) <= OUTSTANDING_DEG:
            continue
        starts[f] = [usual[k].reshape(2, 3)]
    for f, again in heel.find(counter, heels, starts).items():
        if f not in found or heel.score(again) > heel.score(found[f]):
            found[f] = again
    return found


def _follow(
    leg: Leg, heels: dict[int, HeelPicture], reference: Reference, counter: heel.Counter, stances: Ints
) -> dict[int, Alignment]:
    """Steps from their steadiest frame forwards and backwards."""
    runs = {}
    for stance in stances:
        here = [int(k) for k in np.flatnonzero(leg.stance == stance) if int(leg.frame[k]) in heels]
        seed = min(here, key=lambda k: abs(leg.pct[k] - SEED_PCT))
        runs[int(leg.frame[seed])] = leg.frame[here].tolist()
    return heel.follow(counter, heels, runs, reference.turn)


def _usual_pose(leg: Leg, found: dict[int, Alignment]) -> Floats:
    """(m, 6) the median pose of the believed fits of all steps at each frame's phase; NaN with too few."""
    m = len(leg.frame)
    pose, read = np.full((m, 6), np.nan), np.zeros(m, bool)
    for k, f in enumerate(leg.frame.tolist()):
        if f in found:
            pose[k] = found[f].matrix.ravel()
            read[k] = heel.believed(found[f], heel.MIN_INLIERS_LEARNT)
    if read.sum() < MIN_POOLED:
        return np.full((m, 6), np.nan)
    return median_at_phase(leg.pct, pose, read)


def unlikeness_sd_deg(leg: Leg, found: dict[int, Alignment]) -> float:
    """What it adds to the angle's SD that the foot-flat heel does not look as it did standing; 0 where it does."""
    flat = (leg.pct >= LEARN_PCT[0]) & (leg.pct <= LEARN_PCT[1])
    scores = [heel.score(found[f]) for f in leg.frame[flat].tolist() if f in found]
    if not scores:
        return 0.0
    return float(np.clip(UNLIKE_DEG * (LIKE_SCORE - np.median(scores)), 0.0, UNLIKE_MOST_DEG))


def mean_of_windows(
    leg: Leg,
    heels: dict[int, HeelPicture],
    reference: Reference,
    found: dict[int, Alignment],
    read: Bools,
    heel_px: Floats,
    heel_tilt: Floats,
) -> float:
    """Put the mean over several windows in the place of a plain heel's tilt and line; that mean's standard error at mid-stance, degrees.

    A window on a plain heel has only outlines to go by, and which ones are in it decides: on 22 rendered plain heels the mean
    of three was off by 0.74 degrees on average; where they part by more than 2 none can be trusted.
    """
    tilts = [heel_tilt - reference.heel_tilt_deg]
    for counter in reference.beside:
        fits = heel.find_beside(counter, reference.counter, found, heels)
        own = np.full(len(heel_tilt), np.nan)
        for k, f in enumerate(leg.frame.tolist()):
            if f in fits and heel.believed(fits[f], heel.MIN_INLIERS_LEARNT):
                own[k] = heel.heel_line(counter, fits[f], heels[f])[1] - counter.lean_deg
        tilts.append(own)
    stacked = np.array(tilts)
    together = read & np.isfinite(stacked).all(axis=0)
    middle = together & (leg.pct >= LEARN_PCT[0]) & (leg.pct <= LEARN_PCT[1])
    if middle.sum() < MIN_POOLED:
        return 0.0
    offsets = np.median(stacked[:, middle] - stacked[:, middle].mean(axis=0), axis=1)
    # a frame that some windows do not read keeps those that do, each moved by how it lies to the others
    seen = np.isfinite(stacked).sum(axis=0)
    mean = np.nansum(stacked - offsets[:, None], axis=0) / np.maximum(seen, 1) + offsets.mean()
    for k in np.flatnonzero(read & (seen > 0)):
        heel_px[k] = turned(heel_px[k], float(mean[k] + reference.heel_tilt_deg - heel_tilt[k]))
        heel_tilt[k] = mean[k] + reference.heel_tilt_deg
    return float(np.std(offsets, ddof=1) / np.sqrt(len(offsets)))
