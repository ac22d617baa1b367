"""Frames that are there twice: a camera or a converter that repeats them to reach the rate it promises.

The times in the file are then no lie, and yet a foot seems to stand still and jump. Which frames are repeated shows in the
pixels round the legs, which in a runner move from every frame to the next; a repeated one differs by what the codec adds.
"""

from itertools import pairwise

import cv2
import numpy as np

from gait.model import Bools, Crop, Finding, Floats, Ints, LegPictures
from gait.quality.picture import MIN_FPS_HZ

BURSTS, BURST_FRAMES = 12, 13
"""Neighbouring frames compared, spread over the clip. Patterns are short: 24 in 30 repeats each fifth, 50 in 60 each sixth."""
UNMOVED = 0.2
"""Difference of two neighbours over the burst's 90th percentile below which the later one is a repetition. Seen at least in 12
clips of runners, 30 and 60 frames per second: 0.29. Repetitions written into three of them, compressed again (H.264, CRF 23-30): up to 0.1."""
MOVING = 0.3
"""A burst counts where its 90th percentile is this share of the clip's liveliest burst: somebody who stands before the run
gives a codec nothing to write."""
COMMON = 0.25
"""Of the smallest crop of a burst, that all its crops must share: else the tracker has jumped to somebody else."""
REPEATED_SHARE = 0.05
"""Of the neighbours. What converters write is 1 in 6 (50 to 60 frames per second) or more; fewer are a camera's hiccups, a frame each."""


def check_repeats(pictures: LegPictures, times_s: Floats) -> tuple[Finding, ...]:
    """Share of repeated frames and the rate that remains.

    Args:
        pictures: Crops in brightness; a burst in which the runner is missing or jumps is left out.
        times_s: (n,) the clip's frame times.

    Returns:
        No finding with fewer than one whole burst to compare.
    """
    pairs = repeated([_changes([crop for _, crop in pictures.luma(frames)]) for frames in _bursts(len(times_s))])
    if len(pairs) < BURST_FRAMES - 1:
        return ()
    share = float(pairs.mean())
    if share <= REPEATED_SHARE:
        return ()
    fps = (len(times_s) - 1) / float(times_s[-1] - times_s[0])
    true_fps = fps * (1 - share)
    values = {"share": share, "fps": fps, "true_fps": true_fps}
    if true_fps < MIN_FPS_HZ:
        return (Finding("repeated_frames", "refuse", round(true_fps, 1), MIN_FPS_HZ, values, "too_few_new"),)
    return (Finding("repeated_frames", "warn", round(share, 3), REPEATED_SHARE, values),)


def _bursts(n: int) -> list[Ints]:
    """Runs of neighbouring frames of a clip of `n`, without overlap."""
    starts = np.linspace(0, n - BURST_FRAMES, min(BURSTS, n // BURST_FRAMES)).astype(np.int64)
    return [np.arange(start, start + BURST_FRAMES) for start in starts]


def repeated(bursts: list[Floats]) -> Bools:
    """Whether the later of two neighbours repeats the earlier, by how much they differ.

    Args:
        bursts: Per burst the differences (k,) of its neighbours, in grey levels; empty where it could not be read.

    Returns:
        All pairs of the bursts that move, one after the other; bursts that do not move are left out.

    Example:
        >>> repeated([np.array([10.0, 0.5, 11.0, 9.0])]).tolist()
        [False, True, False, False]
    """
    usual = [float(np.percentile(changes, 90)) if len(changes) else 0.0 for changes in bursts]
    lively = MOVING * max(usual, default=0.0)
    found = [changes < UNMOVED * u for changes, u in zip(bursts, usual, strict=True) if u > 0 and u >= lively]
    return np.concatenate(found) if found else np.empty(0, dtype=bool)


def _changes(crops: list[Crop | None]) -> Floats:
    """Difference of each frame of a burst from the one before; nothing where the runner was not seen all the time."""
    seen = [c for c in crops if c is not None]
    boxes = np.array([(c.x0_px, c.y0_px, c.x0_px + c.image.shape[1], c.y0_px + c.image.shape[0]) for c in seen])
    if len(seen) < max(2, len(crops)) or _area(boxes) < COMMON * min(_area(box[None]) for box in boxes):
        return np.empty(0)
    return np.array([_change(a, b) for a, b in pairwise(seen)])


def _area(boxes: Ints) -> float:
    """Pixels that all of the boxes (n, 4: x0, y0, x1, y1) have in common."""
    width, height = boxes[:, 2:].min(axis=0) - boxes[:, :2].max(axis=0)
    return float(max(0, width) * max(0, height))


def _change(a: Crop, b: Crop) -> float:
    """Mean difference of brightness where the two crops overlap."""
    x0, y0 = max(a.x0_px, b.x0_px), max(a.y0_px, b.y0_px)
    x1 = min(a.x0_px + a.image.shape[1], b.x0_px + b.image.shape[1])
    y1 = min(a.y0_px + a.image.shape[0], b.y0_px + b.image.shape[0])
    both = (c.image[y0 - c.y0_px : y1 - c.y0_px, x0 - c.x0_px : x1 - c.x0_px] for c in (a, b))
    return float(np.mean(cv2.absdiff(*both)))
