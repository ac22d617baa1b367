"""The shank's axis from the two sides of the calf, read the same way standing and running so that its bias cancels.

The calf's outline is found once, in the averaged standing picture. In every stance frame that outline is fitted to the
picture's edges: shifted, tilted, and slid and compressed along the leg (a shank that leans away from the camera looks shorter;
the tracker's knee is a tenth of a leg off). Its width is nearly fixed, and its taper tells how far up the leg a row is. Edges that
do not belong (the other leg, the wall) are outvoted row by row.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, median_filter

from gait.geometry import tilt_deg, up_and_right
from gait.model import Floats, Frozen
from gait.rearfoot import calf
from gait.rearfoot.frame import SHANK_COLUMN, SHANK_HALF_WIDTH, SHANK_STEP, shank_rows

Edges = NDArray[np.float32]
"""(2, n, rows, columns), see `edge_strength`."""

NARROWEST, WIDEST = 0.01, 0.26
"""Where a side is sought, leg lengths: half-width of a leg 0.05-0.17, the ankle-knee line off its middle by up to 0.04."""
HALF_STRONG = 6.0
"""Grey levels per column at which an edge counts half: a bright shoe must not outvote dim skin."""
COLOUR_SD = 14.0
"""Grey levels (RMS over channels) by which a leg's shaded side differs from its middle."""
GENTLE, SHADED_SD, TYPICAL_CHANGE = 0.3, 1.0, (1.5, 14.0)
"""A leg shaded from one side changes its colour too, but gently. What counts against a place is the change on the way to it from the leg's
middle, as far as it is steeper than `GENTLE` of the strip's typical edge; `SHADED_SD` of a typical edge is as good as leaving the leg. A
typical edge is the median over rows of the steepest change, grey levels per column, kept within `TYPICAL_CHANGE`."""
BESIDE = 4
"""Columns to either side of an edge where leg and not-leg are looked for: just beyond the blur."""
NEARNESS = 0.01
"""What a column farther from the expected place costs an edge."""
SEARCH = 12
"""Columns (0.06 leg lengths, 24 mm) an edge is first sought to either side: the tracker's knee and ankle err by 0.03."""
PIVOT = calf.PIVOT
"""Row the tilt turns about: the middle of the part the truth files call the shank (0.22-0.62)."""
AXIS = (0.22, 0.62)
"""The part of the outline whose middle is the shank's axis, leg lengths above the ankle."""
LINE_ENDS = (0.10, 0.66)
"""Where the drawn line ends."""
WIDTH_SD, SLIDE_SD, COMPRESSION_SD = 0.03, 0.04, 0.04
"""Priors: the leg's distance from the camera changes by a few per cent, its ankle is known to 0.03 leg lengths, its knee to 0.06."""
USUAL_SD = (0.02, 0.03)
"""Offset (leg lengths) and slope of one step about the others at its phase: twice what runners' steps scatter (1 degree)."""
LEAN_SINE = np.array(
    [-0.16, -0.11, -0.04, 0.05, 0.13, 0.21, 0.28, 0.34, 0.40, 0.44, 0.46, 0.49, 0.51, 0.52, 0.53, 0.54]
)
"""Sine of the shank's forward lean at 0, 5 ... 75 % of stance: RBDS, mean of 32 feet at 2.5 and 3.5 m/s (SD over feet 0.04)."""
LEG_OVER_DISTANCE = 0.15
"""A leg of 0.42 m filmed from 2.8 m."""
BAND_MIN, BAND_HALF, BAND_REACH, BAND_SD = 25.0, 5, 0.12, 0.008
"""A sock's top ties the rows to the leg: a change of colour of at least 25 grey levels over the middle 11 columns, sought within
0.12 leg lengths (three times the tracker's error), known to 0.008 (3 mm)."""
STRAY = 0.003
"""Leg lengths (1.2 mm): SD of a calf's side about a curve of the fourth degree."""
MAX_ROUNDS, SETTLED = 6, 0.002
"""Of the outline's fit; leg lengths and slope (0.1 degrees)."""
SPOT_ROWS = 21
"""Rows a stick-on dot (12 at most) or a seam cannot outvote; a sock's top stays where it is."""
INDEPENDENT_ROWS = 0.25
"""Neighbouring rows share their blur: one in four counts as independent against the priors."""
TOGETHER = 64
"""Strips fitted side by side: numpy's time per call was several times that of its sums."""
AT_ONCE = 8
"""Strips looked at for edges at once: 0.9 MB, which stay in the processor's own memory; more or fewer take longer."""


@dataclass(frozen=True, eq=False)
class Outline(Frozen):
    """Both sides of a calf, one entry per strip row, in leg lengths from its own axis."""

    middle: Floats
    half_width: Floats
    offset: float
    """The axis at the pivot row, leg lengths to the right of the ankle-knee line it was found with."""
    slope: float
    """Its lean to the right against that line."""
    band_row: float
    """Where the leg's colour changes most going up (a sock's top), leg lengths above the ankle; NaN without such a place."""
    band_change: Floats
    """(3,) that change of colour, grey levels."""
    colour: Floats
    """(rows, 3) the leg's own."""


@dataclass(frozen=True)
class ShankFit:
    """Where the axis lies in one frame, relative to that frame's ankle-knee line."""

    offset: float
    """At the pivot row, leg lengths to the picture's right."""
    slope: float
    """Leg lengths to the right per leg length up."""
    width: float
    """Relative to the outline."""
    slide: float
    compression: float
    """Outline row = pivot + slide + compression * (row - pivot)."""
    scatter: float
    """Leg lengths: robust SD of the edges about the fit."""
    support: float
    """0-1: share of rows and sides with an edge where the outline says."""
    slope_sd: float
    """1 SD of the slope from the scatter alone."""
    inner_support: float = 1.0
    """The same share of the side the other leg may cover."""


def lean_sine(stance_pct: float) -> float:
    """Sine of the shank's usual lean away from the camera at a phase of stance."""
    return float(np.interp(stance_pct, np.arange(0, 80, 5), LEAN_SINE))


def leg_colour(strips: NDArray[np.uint8], middle: Floats) -> Floats:
    """(n, rows, 3) the leg's own colour: the median of its middle columns in each row, smoothed up the leg.

    Args:
        strips: (n, rows, columns, 3) from `cut_shank`.
        middle: (n, rows) where the leg's middle is.
    """
    return np.asarray(median_filter(_middle_colour(strips, middle), (1, SPOT_ROWS, 1), mode="nearest"), float)


def edge_strength(strips: NDArray[np.uint8], colours: Sequence[Floats], middle: Floats) -> Edges:
    """How much each place looks like the leg's left and right side: a change of colour from not-leg to leg.

    Args:
        strips: (n, rows, columns, 3) from `cut_shank`.
        colours: (n, rows, 3) each: what the leg may look like.
        middle: (n, rows) where the leg's middle is, leg lengths to the right of the ankle-knee line.

    Returns:
        (2, n, rows, columns), 0-1: left sides, right sides.
    """
    found = np.empty((2, *strips.shape[:3]), np.float32)
    for i in range(0, len(strips), AT_ONCE):
        part = slice(i, i + AT_ONCE)
        found[:, part] = _edge_strength(strips[part], [colour[part] for colour in colours], middle[part])
    return found


def _edge_strength(strips: NDArray[np.uint8], colours: Sequence[Floats], middle: Floats) -> Edges:
    """`edge_strength` for a few strips, a plane for each of the three colours."""
    smooth = np.empty((3, *strips.shape[:3]), np.float32)
    for i, strip in enumerate(strips):
        cv2.split(cv2.GaussianBlur(strip.astype(np.float32), (0, 0), sigmaX=2.5, sigmaY=1.5), list(smooth[:, i]))
    change = np.zeros(strips.shape[:3], np.float32)
    change[:, :, 1:-1] = 0.5 * np.sqrt(_squares(smooth[..., 2:] - smooth[..., :-2]))
    leg = _reached_gently(change, middle)
    change /= change + np.float32(HALF_STRONG)
    for colour in colours:
        far = _squares(smooth - np.moveaxis(colour, 2, 0)[..., None].astype(np.float32))
        far *= np.float32(-1 / (6 * COLOUR_SD**2))
        leg = np.maximum(leg, np.exp(far, out=far))
    n = BESIDE
    right_of, left_of = np.ones_like(leg), np.ones_like(leg)
    right_of[:, :, :-n], left_of[:, :, n:] = leg[:, :, n:], leg[:, :, :-n]
    return np.stack([change * right_of * (1 - 0.8 * left_of), change * left_of * (1 - 0.8 * right_of)])


def _reached_gently(change: NDArray[np.float32], middle: Floats) -> NDArray[np.float32]:
    """(n, rows, columns) 0-1: how far each place is still the leg, going by what changes on the way to it from the leg's middle."""
    typical = np.clip(np.median(change.max(axis=2), axis=1), *TYPICAL_CHANGE).astype(np.float32)[:, None, None]
    beyond = np.maximum(change - np.float32(GENTLE) * typical, 0)
    # to the middle of each column: as far to the left as to the right
    steep = np.cumsum(beyond, axis=2) - beyond / 2
    columns = np.clip(np.round((middle + SHANK_HALF_WIDTH) / SHANK_COLUMN).astype(int), 0, change.shape[2] - 1)
    steep -= np.take_along_axis(steep, columns[:, :, None], axis=2)
    return np.asarray(np.exp(-((steep / (np.float32(SHADED_SD) * typical)) ** 2) / 2), np.float32)


def _squares(planes: NDArray[np.float32]) -> NDArray[np.float32]:
    """The sum over three planes of what is squared in place."""
    planes *= planes
    planes[0] += planes[1]
    planes[0] += planes[2]
    return np.asarray(planes[0])


def find_outline(strips: list[NDArray[np.uint8]]) -> Outline:
    """The calf's outline in the median of several strips of quiet standing (or of like frames).

    Args:
        strips: at least one, from `cut_shank`.

    Returns:
        Each side is the strongest smooth path of edges from top to bottom, near those of the usual calf. It lies about 0.006 leg lengths inside the true side, standing and
        running alike. `band_row` is NaN for a leg of one colour.
    """
    strip = np.median(np.stack(strips), axis=0).astype(np.uint8)
    upright = np.zeros((1, len(strip)))
    edges = calf.near_usual(edge_strength(strip[None], [leg_colour(strip[None], upright)], upright)[:, 0])
    left = _smooth(_strongest_path(edges[0], -WIDEST, -NARROWEST))
    right = _smooth(_strongest_path(edges[1], NARROWEST, WIDEST))
    middle, rows = (left + right) / 2, shank_rows()
    inside = (rows >= AXIS[0]) & (rows <= AXIS[1])
    slope, offset = np.polyfit(rows[inside] - PIVOT, middle[inside], 1)
    change = _change_up_the_leg(strip[None], middle[None])[0]
    size = np.linalg.norm(change, axis=1)
    top = int(size.argmax())
    band = float(rows[top]) if size[top] >= BAND_MIN and 3 <= top < len(rows) - 3 else float("nan")
    return Outline(
        middle - offset - slope * (rows - PIVOT),
        (right - left) / 2,
        float(offset),
        float(slope),
        band,
        change[top],
        leg_colour(strip[None], middle[None])[0],
    )


def fit_outline(
    strips: Sequence[NDArray[np.uint8]],
    outline: Outline,
    compression: Floats,
    lean_sine: Floats,
    usual: Floats | None = None,
    outer: int = 0,
) -> list[ShankFit]:
    """Fit `outline` to the edges of each strip, side by side (which changes no result, only the time).

    Args:
        strips: (n) from `cut_shank`.
        outline: from `find_outline`.
        compression: (n,) standing length over this frame's, both as the tracker sees them.
        lean_sine: (n,) sine of the shank's lean away from the camera against standing, see `lean_sine`.
        usual: (n, 2) offset and slope other steps have at this phase: where to start, and a weak prior.
        outer: the side the other leg never covers: -1 the picture's left, +1 its right; 0 trusts both alike.

    Returns:
        n fits. There is one for every strip, however poor: `support` tells.
    """
    found: list[ShankFit] = []
    for i in range(0, len(strips), TOGETHER):
        part = slice(i, i + TOGETHER)
        start = None if usual is None else usual[part]
        found += _fit_outline(np.stack(strips[part]), outline, compression[part], lean_sine[part], start, outer)
    return found


def _fit_outline(
    strips: NDArray[np.uint8],
    outline: Outline,
    compression: Floats,
    lean_sine: Floats,
    usual: Floats | None,
    outer: int,
) -> list[ShankFit]:
    """`fit_outline` for one stack of strips."""
    taper = lean_sine * LEG_OVER_DISTANCE
    compression = 0.5 * compression + 0.5 / np.sqrt(1 - lean_sine**2)
    rows = shank_rows()
    arm, n, m = rows - PIVOT, len(strips), len(rows)
    index = np.arange(m)
    ascending = rows[::-1]
    shapes = [(outline.middle[::-1], outline.half_width[::-1])]
    shapes.append(tuple(np.gradient(v, SHANK_STEP) for v in shapes[0]))
    p = np.tile(np.array([outline.offset, outline.slope, 1.0, 0.0, 1.0]), (n, 1))
    p[:, 4] = compression
    expected = p.copy()
    if usual is not None:
        p[:, :2] = expected[:, :2] = usual
    tie_sd = USUAL_SD if usual is not None else (0.0, 0.0)
    prior = np.array([*tie_sd, WIDTH_SD, SLIDE_SD, COMPRESSION_SD])
    precision = np.where(prior > 0, np.maximum(prior, 1e-9) ** -2.0, 0.0)
    now = np.interp(PIVOT + p[:, 4:] * arm, ascending, np.arange(m)[::-1]).round().astype(int)
    lies = p[:, :1] + p[:, 1:2] * arm
    edges = edge_strength(strips, [outline.colour[now], leg_colour(strips, lies)], lies)
    band = _band_rows(strips, outline, p)
    banded = np.isfinite(band)
    # the back of a leaning calf shows higher than its sides, by its radius times the sine of the lean
    raised = lean_sine * float(np.interp(outline.band_row, ascending, shapes[0][1])) if banded.any() else lean_sine
    search = SEARCH if usual is None else SEARCH // 2
    scatter, support, inner_support, slope_sd = (np.zeros(n) for _ in range(4))
    trusted = {-1: slice(0, m), 0: slice(0, 2 * m), 1: slice(m, 2 * m)}[outer]
    inner = slice(0, m) if outer > 0 else slice(m, 2 * m)
    going = np.arange(n)
    for turn in range(MAX_ROUNDS):
        window = np.arange(-search, search + 1)
        q = p[going]
        at = PIVOT + q[:, 3:4] + q[:, 4:] * arm
        middle, half, middle_change, half_change = (np.interp(at, ascending, v) for pair in shapes for v in pair)
        narrowing = 1 - taper[going, None] * at
        residuals, designs, weights = [], [], []
        for sign, side in ((-1.0, edges[0]), (1.0, edges[1])):
            predicted = q[:, :1] + q[:, 1:2] * arm + middle + sign * q[:, 2:3] * narrowing * half
            centre = np.round((predicted + SHANK_HALF_WIDTH) / SHANK_COLUMN).astype(int)
            columns = np.clip(centre[:, :, None] + window, 1, side.shape[2] - 2)
            strength = side[going[:, None, None], index[:, None], columns] - NEARNESS * np.abs(window)
            best = np.take_along_axis(columns, strength.argmax(axis=2)[:, :, None], axis=2)[:, :, 0]
            residuals.append(_refine(side, best, going) - predicted)
            change = middle_change + sign * q[:, 2:3] * narrowing * half_change
            columns_of = (
                np.ones_like(at),
                np.broadcast_to(arm, at.shape),
                sign * narrowing * half,
                change,
                change * arm,
            )
            designs.append(np.stack(columns_of, axis=2))
            weights.append(side[going[:, None], index, best])
        r, design, w = (np.concatenate(part, axis=1) for part in (residuals, designs, weights))
        scatter[going] = spread = np.maximum(0.003, 1.48 * np.median(np.abs(r[:, trusted]), axis=1))
        w = w / (1 + (r / (2 * spread[:, None])) ** 2) ** 2
        if outer:
            # what covers the other side moves its edge inwards; it joins in once the free side has said where the leg is
            covered = outer * r[:, inner] > np.maximum(1.5 * spread, 0.014)[:, None]
            w[:, inner] = np.where(covered, 0.0, w[:, inner]) * (0.3 if turn < 2 else 1.0)
        support[going] = w.mean(axis=1)
        inner_support[going] = w[:, inner].mean(axis=1) if outer else support[going]
        information = INDEPENDENT_ROWS / spread**2
        weighted = (design * (w * information[:, None])[:, :, None]).transpose(0, 2, 1)
        normal = weighted @ design + np.diag(precision)
        towards = (weighted @ r[:, :, None])[:, :, 0] + precision * (expected[going] - q)
        tied = banded[going]
        if tied.any():
            tie = np.zeros((int(tied.sum()), 5))
            tie[:, 3], tie[:, 4] = 1.0, band[going[tied]] - PIVOT
            normal[tied] += tie[:, :, None] * tie[:, None] / BAND_SD**2
            off = outline.band_row + raised[going[tied]] - PIVOT - (tie * q[tied]).sum(axis=1)
            towards[tied] += tie * off[:, None] / BAND_SD**2
        covariance = np.linalg.inv(normal + 1e-6 * np.eye(5))
        step = (covariance @ towards[:, :, None])[:, :, 0]
        q = q + step
        q[:, 2:] = np.clip(q[:, 2:], (0.8, -0.15, 0.7), (1.2, 0.15, 1.6))
        p[going] = q
        slope_sd[going] = np.sqrt(covariance[:, 1, 1])
        search = max(3, search - 3)
        if turn >= 2:
            going = going[np.abs(step[:, :2]).max(axis=1) >= SETTLED]
        if not len(going):
            break
    found = np.column_stack([p, scatter, support, slope_sd, inner_support]).tolist()
    return [ShankFit(*(float(v) for v in row)) for row in found]


def resting(outline: Outline) -> ShankFit:
    """The fit of the outline to the picture it was found in."""
    return ShankFit(outline.offset, outline.slope, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0)


def shank_line(fit: ShankFit, ankle_px: Floats, knee_px: Floats, length_px: float) -> tuple[Floats, float]:
    """The shank's axis in the picture.

    Args:
        fit: where it lies against the ankle-knee line.
        ankle_px: (2,) picture coordinates.
        knee_px: (2,) likewise.
        length_px: ankle to knee when standing, the unit of the fit.

    Returns:
        (2, 2) lower and upper end in picture coordinates, and its tilt, degrees clockwise from vertical.
    """
    up, right = up_and_right(ankle_px, knee_px)
    ends = [ankle_px + length_px * (s * up + (fit.offset + fit.slope * (s - PIVOT)) * right) for s in LINE_ENDS]
    line = np.array(ends)
    return line, float(tilt_deg(line[1] - line[0]))


def _middle_colour(strips: NDArray[np.uint8], middle: Floats) -> Floats:
    """(n, rows, 3) the median of the 11 columns round the leg's middle."""
    centre = np.round((middle + SHANK_HALF_WIDTH) / SHANK_COLUMN).astype(int)
    columns = np.clip(centre[:, :, None] + np.arange(-BAND_HALF, BAND_HALF + 1), 0, strips.shape[2] - 1)
    n, rows = middle.shape
    seen = strips[np.arange(n)[:, None, None], np.arange(rows)[:, None], columns]
    return np.asarray(np.partition(seen, BAND_HALF, axis=2)[:, :, BAND_HALF], float)


def _change_up_the_leg(strips: NDArray[np.uint8], middle: Floats) -> Floats:
    """(n, rows, 3) change of the leg's own colour from three rows below to three rows above, along its middle."""
    colour = _middle_colour(strips, middle)
    out = np.zeros_like(colour)
    above = colour[:, :-6] + colour[:, 1:-5] + colour[:, 2:-4]
    below = colour[:, 4:-2] + colour[:, 5:-1] + colour[:, 6:]
    out[:, 3:-3] = (above - below) / 3
    return out


def _band_rows(strips: NDArray[np.uint8], outline: Outline, p: Floats) -> Floats:
    """(n,) where the outline's band lies in each strip, leg lengths above the ankle; NaN when there is none or no like change."""
    out = np.full(len(strips), np.nan)
    if not np.isfinite(outline.band_row):
        return out
    size = float(np.linalg.norm(outline.band_change))
    rows = shank_rows()
    change = _change_up_the_leg(strips, p[:, :1] + p[:, 1:2] * (rows - PIVOT))
    likeness = change @ outline.band_change / size**2
    expected = PIVOT + (outline.band_row - PIVOT) / p[:, 4:]
    likeness[np.abs(rows - expected) > BAND_REACH] = -np.inf
    top = likeness.argmax(axis=1)
    inside = np.clip(top, 1, len(rows) - 2)
    a, b, c = (likeness[np.arange(len(strips)), inside + k] for k in (-1, 0, 1))
    good = (top == inside) & (b > 0.6) & (b < 1.6) & np.isfinite(a) & np.isfinite(c)
    a, b, c, top = a[good], b[good], c[good], top[good]
    out[good] = rows[top] - SHANK_STEP * np.clip(0.5 * (a - c) / np.minimum(a - 2 * b + c, -1e-6), -0.5, 0.5)
    return out


def _smooth(path: Floats) -> Floats:
    """A calf's side without codec blocks, and without what is no calf: median of five rows, then a blur of two.

    A calf has one bulge and one waist; rows off a curve of the fourth degree by more than 2 mm (a dot, a wall's edge) are put on it.
    """
    rows = np.linspace(-1, 1, len(path))
    weight, curve, off, scale = np.ones(len(path)), path, np.zeros(len(path)), STRAY
    for _ in range(5):
        curve = np.polyval(np.polyfit(rows, path, 4, w=np.sqrt(weight)), rows)
        off = path - curve
        scale = max(STRAY, 1.48 * float(np.median(np.abs(off))))
        weight = 1 / (1 + (off / (2 * scale)) ** 2) ** 2
    kept = np.where(np.abs(off) > 2 * scale, curve, path)
    smooth: Floats = gaussian_filter1d(median_filter(kept, 5, mode="nearest"), 2.0, mode="nearest")
    return smooth


def _strongest_path(edges: NDArray[np.float32], low: float, high: float) -> Floats:
    """The smooth path of strongest edges between two offsets: dynamic programming from top to bottom."""
    first, last = (round((v + SHANK_HALF_WIDTH) / SHANK_COLUMN) for v in (low, high))
    gain = edges[:, first : last + 1]
    n, m = gain.shape
    total, back = gain.copy(), np.zeros((n, m), int)
    for r in range(1, n):
        padded = np.pad(total[r - 1], 2, constant_values=-np.inf)
        options = np.stack([padded[k : k + m] - 0.08 * abs(k - 2) for k in range(5)])
        choice = options.argmax(axis=0)
        back[r] = choice - 2
        total[r] = gain[r] + options[choice, np.arange(m)]
    path = np.zeros(n, int)
    path[-1] = int(total[-1].argmax())
    for r in range(n - 1, 0, -1):
        path[r - 1] = path[r] + back[r, path[r]]
    return np.asarray(_refine(edges[None], (path + first)[None], np.zeros(1, np.int64))[0])


def _refine(edges: NDArray[np.float32], columns: NDArray[np.int64], strips: NDArray[np.int64]) -> Floats:
    """(n, rows) columns of edge maxima to leg lengths, finer than a column by a parabola through three values.

    Args:
        edges: (all, rows, columns) one side's.
        columns: (n, rows) of the maxima.
        strips: (n,) which of the edges they are in.
    """
    rows = np.arange(columns.shape[1])
    c = np.clip(columns, 1, edges.shape[2] - 2)
    a, b, d = (edges[strips[:, None], rows, c + k].astype(float) for k in (-1, 0, 1))
    curve = a - 2 * b + d
    shift = np.where(curve < 0, np.clip(0.5 * (a - d) / np.minimum(curve, -1e-6), -0.5, 0.5), 0.0)
    return np.asarray((c + shift) * SHANK_COLUMN - SHANK_HALF_WIDTH)
