"""The heel counter: remembered from standing (or from the runner's own mid-stance) and found again in stance frames.

Only the counter counts, 6-20 % of a leg length above the ground. The sole is left out: it bends on the ground, and seen from
above its tilt follows the foot's turn as much as the heel's tilt (rendered runner with a plain shoe: 8 degrees wrong with
the sole, 0.4 without).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from gait.geometry import tilt_deg
from gait.model import Floats
from gait.rearfoot.align import Alignment, Matrix, Patch, Template, align, make_template, reweighted, similarity
from gait.rearfoot.frame import UNITS, HeelPicture, expected_heel

HALF_WIDTH, TOP, BOTTOM = 0.12, 0.23, 0.06
"""The counter's window round the expected sole when standing: half-width, and reach above it, in leg lengths. It holds the counter
(a heel is 65-80 mm wide) and 10 mm to either side, no more: beyond stands the forefoot of a foot turned out, which rolls less than its
heel. Over 22 rendered plain heels, put where the counter is, the angle was off by 1.2 degrees on average at 0.15, 0.9 at 0.13, 0.7-0.8 at
0.12 and 0.11."""
INNER_PX, PLAIN_LEVELS = 10, 50.0
"""Patch pixels to either side of the counter's middle (it is 15-20 wide to each side), and grey levels: 44 rendered heels had 5-48
without a strip and 61-167 with one."""
PATTERN_HALF_PX, PATTERN_FADE_PX = 6, 4.0
"""Of a counter with a strip or another pattern only the middle counts: in full so many patch pixels to either side, fading (SD) beyond. Its outlines
are not the same ones where the foot turns out or the camera stands low: over 37 rendered feet the peak was off by 0.43 degrees so, by 0.51
through the whole window, and by 0.04 instead of 0.18 to one side."""
INNER_HALVES_PX, MEDIAL_PX = (10, 12), (4, 0)
"""A plain counter is read through windows of these half-widths (in full; they fade as above), whose middles lie so many patch pixels to the
runner's inner side of the shank's axis: there the heel's own axis lies, by 3.9 (SD 4.0) over 105 rendered feet."""
OUTLINE_LEVELS = 24.0
"""Grey levels a patch pixel at which an edge in such a window counts half. What is read is the counter's own shading and weave: its sides are not the
same ones where it is seen from elsewhere, yet their contrast would outweigh all that lies between them. Over 105 rendered plain feet the heel was
off by 1.23 degrees so far (median 0.8), by 0.80 (0.5) through six such windows."""
MIDDLE = (TOP + BOTTOM) / 2
TURN_STARTS_DEG = (-14.0, -7.0, 0.0, 7.0, 14.0, 21.0)
"""Eversions the search starts from: standing -> stance spans -10 to 25 degrees, the fit's reach is about 6."""
SEARCH_PX = 24.0
"""Patch pixels to every side: the expected sole errs by 0.03-0.06 leg lengths (6-12), at foot strike by more."""
GOOD_SCORE = 0.55
"""A followed fit below this (correlation times inlier share) is checked against a new search."""
MIN_CORRELATION = 0.5
MIN_INLIERS, MIN_INLIERS_LEARNT = 0.45, 0.70
"""Below either, a fit is not believed; more is asked once the template holds only what moves with the heel. A shoe of the other
leg in front left 0.55-0.67 of it alike."""


@dataclass(frozen=True, eq=False)
class Counter:
    """A remembered heel counter."""

    template: Template
    origin_px: tuple[int, int]
    """Its top-left pixel in the heel picture it was cut from."""
    offset_px: tuple[float, float]
    """Its centre from the expected sole, patch pixels."""
    lean_deg: float
    """Clockwise lean of the counter's own line in the template, from the direction of its edges."""
    plain: bool
    """No strip, seam or logo between its sides: only shading and weave to go by. Its outlines are not the same ones from every direction."""
    middle_px: float
    """Patch pixels from the template's centre to the counter's line, at mid-height."""


def score(found: Alignment) -> float:
    """How good a fit is, -1 to 1: correlation times the share of the counter that looks alike."""
    return found.correlation * found.inlier_share


def believed(found: Alignment, min_inliers: float = MIN_INLIERS) -> bool:
    """Whether a fit passes by itself: correlation at least `MIN_CORRELATION`, share that looks alike at least `min_inliers`."""
    return found.correlation >= MIN_CORRELATION and found.inlier_share >= min_inliers


def remember(pictures: Sequence[HeelPicture], middle_px: float | None = None, raised: float = 0.0) -> Counter | None:
    """Average like pictures (quiet standing) into a counter: fit each to the first, take the median, and once more to that.

    Args:
        pictures: at least one; the first gives the pose of the template.
        middle_px: where the leg's axis meets the counter, patch pixels to the right of the expected sole; None for 0.
        raised: how much higher than usual the window lies, leg lengths.

    Returns:
        None when fewer than half of the pictures fit the others.
    """
    ax, ay = expected_heel(pictures[0])
    x0, x1 = round(ax - HALF_WIDTH * UNITS), round(ax + HALF_WIDTH * UNITS)
    y0, y1 = round(ay - (TOP + raised) * UNITS), round(ay - (BOTTOM + raised) * UNITS)
    image = np.ascontiguousarray(pictures[0].patch()[y0:y1, x0:x1])
    size = (image.shape[1], image.shape[0])
    weight = _window(*image.shape[:2])
    for _ in range(2):
        template = make_template(image, weight)
        centre = (x0 + template.centre[0], y0 + template.centre[1])
        start = similarity(template, centre, 0.0)
        fits = align(template, [p.image for p in pictures], [start] * len(pictures), free_shape=False)
        stack = [
            resample(picture.patch(), found.matrix, size)
            for picture, found in zip(pictures, fits, strict=True)
            if found is not None and believed(found)
        ]
        if len(stack) < (len(pictures) + 1) // 2:
            return None
        image = np.median(np.stack(stack), axis=0).astype(np.float32)
    offset = (x0 + template.centre[0] - ax, y0 + template.centre[1] - ay)
    middle = (middle_px or 0.0) - offset[0]
    plain = _is_plain(image, middle)
    template = make_template(image, weight if plain else weight * _about_the_middle(image.shape[1], middle))
    return Counter(template, (x0, y0), offset, _edge_lean_deg(image), plain, middle)


def inner_windows(
    counter: Counter, picture: NDArray[np.uint8], heights_px: Sequence[int], medial: int
) -> tuple[Counter, ...]:
    """The windows through which a plain counter is read: its inside, without its outlines, at several heights and widths.

    Args:
        counter: as remembered; where it lies in `picture`.
        picture: (height, width, 3) the standing heel.
        heights_px: how much lower each lies, patch pixels; negative is higher.
        medial: +1 where the runner's inner side is the picture's right (the left foot), else -1.

    Returns:
        One for every height and every width of `INNER_HALVES_PX`, each as large as the counter's own.
    """
    (x0, y0), (h, w) = counter.origin_px, counter.template.image.shape[:2]
    high, wide = picture.shape[:2]
    windows = []
    for half, inwards in zip(INNER_HALVES_PX, MEDIAL_PX, strict=True):
        x = int(np.clip(x0 + medial * inwards, 0, wide - w))
        middle = counter.middle_px + medial * inwards - (x - x0)
        for lower in heights_px:
            y = int(np.clip(y0 + lower, 0, high - h))
            image = np.ascontiguousarray(picture[y : y + h, x : x + w], np.float32)
            weight = _window(h, w) * _about_the_middle(w, middle, half) * _within_outlines(image)
            offset = (counter.offset_px[0] + x - x0, counter.offset_px[1] + y - y0)
            template = make_template(image, weight)
            windows.append(Counter(template, (x, y), offset, counter.lean_deg, True, middle))
    return tuple(windows)


def resample(patch: Patch, matrix: Matrix, size: tuple[int, int]) -> Patch:
    """The patch as the template sees it: `size` (width, height) pixels, `matrix` (2, 3) template to patch; 0 beyond the patch."""
    return np.asarray(cv2.warpAffine(patch, matrix, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP), np.float32)


def search(counter: Counter, picture: HeelPicture, eversion_turn: int) -> list[Matrix]:
    """Where the counter may be: the best places by plain correlation of brightness at half size, one per turn, best first.

    Colour would take three times as long and find no better starts (49 rendered clips: peak MAE 0.550 degrees, 0.545 with colour).

    Args:
        counter: what to look for.
        picture: where.
        eversion_turn: +1 where eversion turns the heel clockwise (the left), else -1.
    """
    template = counter.template
    small = cv2.resize(template.image.mean(axis=2), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    th, tw = small.shape
    ax, ay = expected_heel(picture)
    centre = np.array([ax + counter.offset_px[0], ay + counter.offset_px[1]])
    reach = SEARCH_PX / 2
    patch = picture.patch().mean(axis=2)
    found: list[tuple[float, Matrix]] = []
    for turn in TURN_STARTS_DEG:
        # the window of the picture, turned back by `turn` about the expected place, at half size
        lin = 2 * similarity(template, (0, 0), eversion_turn * turn)[:, :2]
        size = (int(tw + 2 * reach), int(th + 2 * reach))
        shift = centre - lin @ np.array([(size[0] - 1) / 2, (size[1] - 1) / 2])
        window = cv2.warpAffine(
            patch, np.hstack([lin, shift[:, None]]), size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=1
        )
        match = cv2.matchTemplate(window, small, cv2.TM_CCOEFF_NORMED)
        _, best, _, (x, y) = cv2.minMaxLoc(match)
        middle = lin @ np.array([x + (tw - 1) / 2, y + (th - 1) / 2]) + shift
        found.append((best, similarity(template, (float(middle[0]), float(middle[1])), eversion_turn * turn)))
    found.sort(key=lambda item: item[0], reverse=True)
    return [matrix for _, matrix in found]


def find(
    counter: Counter, pictures: Mapping[int, HeelPicture], starts: Mapping[int, Sequence[Matrix]]
) -> dict[int, Alignment]:
    """The best fit from several starts in each frame that has any.

    Args:
        counter: what to look for.
        pictures: by frame index; those in `starts` must be there.
        starts: by frame index, (2, 3) matrices as from `search` or an earlier fit.

    Returns:
        By frame index, the fit with the highest `score`; frames without any are left out.
    """
    tries = [(frame, start) for frame, several in starts.items() for start in several]
    found: dict[int, Alignment] = {}
    fits = align(counter.template, [pictures[frame].image for frame, _ in tries], [start for _, start in tries])
    for (frame, _), fit in zip(tries, fits, strict=True):
        _keep_better(found, frame, fit)
    return found


def _keep_better(found: dict[int, Alignment], frame: int, fit: Alignment | None) -> None:
    if fit is not None and (frame not in found or score(fit) > score(found[frame])):
        found[frame] = fit


def follow(
    counter: Counter, pictures: Mapping[int, HeelPicture], stances: Mapping[int, Sequence[int]], eversion_turn: int
) -> dict[int, Alignment]:
    """Several stances side by side: search in the seed frame, then follow the heel forwards and backwards from frame to frame.

    Args:
        counter: what to follow.
        pictures: of all frames named.
        stances: each stance's frames by its seed frame, which should be a steady one.
        eversion_turn: as in `search`.

    Returns:
        By frame index. A stance whose seed frame has no fit is left out as a whole.
    """
    found = find(counter, pictures, {s: search(counter, pictures[s], eversion_turn)[:3] for s in stances})
    chains = []
    for seed, frames in stances.items():
        if seed in found:
            ordered = sorted(frames)
            chains += [(seed, [f for f in ordered if f > seed]), (seed, [f for f in ordered if f < seed][::-1])]
    believed_last = [seed for seed, _ in chains]
    for turn in range(max((len(frames) for _, frames in chains), default=0)):
        last = {frames[turn]: believed_last[i] for i, (_, frames) in enumerate(chains) if turn < len(frames)}
        # the place in the picture (a planted foot), then the place under the ankle (a moving one)
        planted = {f: carried(found[before].matrix, pictures[before], pictures[f]) for f, before in last.items()}
        now = find(counter, pictures, {f: [start] for f, start in planted.items()})
        moved = {
            f: [found[last[f]].matrix]
            for f, start in planted.items()
            if _poor(now.get(f)) and np.abs(start - found[last[f]].matrix)[:, 2].max() > 3
        }
        for f, fit in find(counter, pictures, moved).items():
            _keep_better(now, f, fit)
        lost = {f: search(counter, pictures[f], eversion_turn)[:2] for f in last if _poor(now.get(f))}
        for f, fit in find(counter, pictures, lost).items():
            _keep_better(now, f, fit)
        found |= now
        believed_last = [
            frames[turn] if turn < len(frames) and frames[turn] in now and believed(now[frames[turn]]) else before
            for before, (_, frames) in zip(believed_last, chains, strict=True)
        ]
    return found


def _poor(found: Alignment | None) -> bool:
    return found is None or score(found) < GOOD_SCORE


def find_beside(
    counter: Counter, known: Counter, fits: Mapping[int, Alignment], pictures: Mapping[int, HeelPicture]
) -> dict[int, Alignment]:
    """A counter remembered through another window, found from where `known` was found in each picture.

    It learns from its own good fits what moves with the heel, as `known` did, and is fitted again.

    Args:
        counter: the other window.
        known: the window that was found.
        fits: by frame index, where.
        pictures: by frame index; those in `fits` must be there.
    """
    shift = np.array(counter.origin_px, float) - np.array(known.origin_px, float)

    def start(matrix: Matrix) -> Matrix:
        return np.hstack([matrix[:, :2], (matrix[:, 2] + matrix[:, :2] @ shift)[:, None]])

    first = find(counter, pictures, {f: [start(a.matrix)] for f, a in fits.items()})
    good = [a for a in first.values() if believed(a)]
    learnt = learn(counter, good) if good else counter
    return find(learnt, pictures, {f: [a.matrix] for f, a in first.items()})


def learn(counter: Counter, fits: Sequence[Alignment]) -> Counter:
    """The counter without what does not move with it: pixels that seldom look alike in good fits are wall, floor or sock.

    Args:
        counter: as remembered.
        fits: at least one, of this counter.

    Returns:
        The same with other weights: full where a pixel looks alike in three quarters of the fits or more, 0.05 of it in a quarter or fewer.
    """
    rate = np.mean([f.alike for f in fits], axis=0)
    factor = np.clip((rate - 0.25) / 0.5, 0.05, 1.0).astype(np.float32)
    return replace(counter, template=reweighted(counter.template, factor))


def heel_line(counter: Counter, found: Alignment, picture: HeelPicture) -> tuple[Floats, float]:
    """The counter's line in the picture.

    Args:
        counter: whose own lean is part of the tilt.
        found: its fit.
        picture: what it was found in.

    Returns:
        (2, 2) lower and upper end in picture coordinates, and its tilt, degrees clockwise from vertical.
    """
    h = counter.template.image.shape[0]
    cx, cy = counter.template.centre
    lean = np.tan(np.deg2rad(counter.lean_deg))
    ends = np.array([[cx + counter.middle_px - s * lean * h / 2, cy + s * h / 2, 1.0] for s in (1.0, -1.0)])
    patch = ends @ np.vstack([found.matrix, [0, 0, 1]]).T
    line = patch @ picture.to_picture.T
    return line, float(tilt_deg(line[1] - line[0]))


def carried(matrix: Matrix, before: HeelPicture, now: HeelPicture) -> Matrix:
    """A (2, 3) fit in heel picture `before` as the same place of the clip's picture has it in heel picture `now`."""
    out = matrix.copy()
    out[:, 2] += (before.to_picture[:, 2] - now.to_picture[:, 2]) / now.to_picture[0, 0]
    return out


def _window(h: int, w: int) -> NDArray[np.float32]:
    """1 inside, falling to 0 over six pixels at the rim."""
    ys, xs = np.mgrid[0:h, 0:w]
    ramps = [np.clip(d / 6, 0, 1) for d in (xs + 1, w - xs, ys + 1, h - ys)]
    return np.asarray(ramps[0] * ramps[1] * ramps[2] * ramps[3], np.float32)


def _about_the_middle(width: int, middle_px: float, half_px: float = PATTERN_HALF_PX) -> NDArray[np.float32]:
    """(width,) 0-1: how much each column of a counter counts of which only the middle does. `middle_px` from the window's middle."""
    beside = np.abs(np.arange(width) - (width - 1) / 2 - middle_px)
    return np.asarray(np.exp(-((np.maximum(beside - half_px, 0) / PATTERN_FADE_PX) ** 2) / 2), np.float32)


def _within_outlines(image: Patch) -> NDArray[np.float32]:
    """(height, width) 0-1: the less, the stronger the strongest edge is within a pixel; see `OUTLINE_LEVELS`."""
    gx = cv2.Scharr(image, cv2.CV_32F, 1, 0, scale=1 / 32)
    gy = cv2.Scharr(image, cv2.CV_32F, 0, 1, scale=1 / 32)
    strength = cv2.dilate(np.sqrt((gx**2 + gy**2).sum(axis=2)), np.ones((3, 3), np.uint8))
    return np.asarray(1 / (1 + (strength / OUTLINE_LEVELS) ** 2), np.float32)


def _is_plain(image: Patch, middle_px: float) -> bool:
    """Whether the counter, well inside its sides, is all of one colour across most rows. `middle_px` from the window's middle."""
    h, w = image.shape[:2]
    centre = int(np.clip(w // 2 + round(middle_px), INNER_PX, w - INNER_PX - 1))
    inner = image[h // 4 : 3 * h // 4, centre - INNER_PX : centre + INNER_PX + 1]
    return float(np.median(np.ptp(inner, axis=1).max(axis=1))) < PLAIN_LEVELS


def _edge_lean_deg(image: Patch) -> float:
    """Clockwise lean of the counter's upright edges (its sides, a strip): their gradient-weighted mean direction."""
    gx = cv2.Scharr(image, cv2.CV_32F, 1, 0, scale=1 / 32)
    gy = cv2.Scharr(image, cv2.CV_32F, 0, 1, scale=1 / 32)
    strength = np.hypot(gx, gy)
    # the edge runs at right angles to its gradient; lean of the edge, clockwise from up
    lean = np.degrees(np.arctan2(gy * np.sign(gx), np.abs(gx)))
    upright = (np.abs(lean) < 20) & (strength > 2)
    if upright.sum() < 20:
        return 0.0
    return float(np.average(lean[upright], weights=strength[upright]))
