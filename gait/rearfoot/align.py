"""Fits a remembered patch to a picture: robust inverse-compositional Lucas-Kanade over several colour channels.

The warp is affine, its stretch held near one and its shear near none; brightness gain and per-channel bias
are solved along with it; pixels that do not fit (the other shoe, the belt) lose their weight. See Baker & Matthews
2004, "Lucas-Kanade 20 years on", for the scheme. Rows are y down.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from gait.model import Frozen, Picture

Patch = NDArray[np.float32]
"""(height, width, channels), grey levels 0-255."""
Matrix = NDArray[np.float64]
"""(2, 3) affine: template pixel -> picture pixel."""

NOISE_FLOOR = 4.0
"""Grey levels: sensor and codec noise of a compressed phone clip after light blur; residuals below it are no evidence."""
NOISE_SHARE, LEAST_NOISE = 0.12, 1.0
"""A dark heel has 11-16 grey levels of contrast (RMS), and its noise is less too: a floor of four levels left nothing to tell its pixels from
a neighbour's by, and such heels read 1.3 degrees low. The floor is this share of the template's contrast there, and never below one level."""
STRETCH_PRIOR_SD, SHEAR_PRIOR_SD = 0.06, 0.003
"""A rigid heel turned out by 15 degrees and pitched by 15 against standing is stretched by 1 - cos and sheared by less than 0.05: as
good as none, and a free shear follows the silhouette of a plain shoe instead of the heel (5 degrees wrong on one rendered runner)."""
SCALE_PRIOR_SD = 0.15
"""The treadmill foot comes a few decimetres nearer or farther at 2.5-3 m: up to 15 % of size."""
ALIKE, ALIKE_NOISE = 0.4, 3.0
"""A pixel bears the fit out when it differs by less than this share of the template's own contrast, or than so many noise floors."""
SHARED_NOISE = 10.0
"""Neighbouring pixels share their noise after the blur: about one in ten counts as independent."""
CONVERGED = 1.5e-3
"""Half-diagonals (0.06 px): smaller steps change nothing."""
ROBUST_CUT = 2.5
"""Residuals beyond this many standard deviations count for little (Geman-McClure)."""


POINTS = 480
"""Template pixels used: those with the most change of colour; flat ones tell nothing and cost time."""
TOGETHER = 64
"""Pictures fitted side by side: 12 MB of them; more gain nothing."""


@dataclass(frozen=True, eq=False)
class Template(Frozen):
    """A patch with what its fit needs."""

    image: Patch
    places: NDArray[np.float64]
    """(points, 3) x, y, 1 of the pixels used."""
    values: NDArray[np.float32]
    """(channels, points) their colours."""
    weight: NDArray[np.float32]
    """(points,) 0-1: how much each counts."""
    design: NDArray[np.float32]
    """(channels * points, 7 + channels): change of the patch per warp parameter, centred on the patch; of gain; of each bias."""
    mean: NDArray[np.float32]
    """(channels, 1) mean colour."""
    contrast: NDArray[np.float32]
    """(channels, points) colours about their mean, over 64."""
    centre: tuple[float, float]
    unit_px: float
    """Half-diagonal: the length that makes the parameters of one size."""


@dataclass(frozen=True, eq=False)
class Alignment(Frozen):
    """Where a template was found."""

    matrix: Matrix
    correlation: float
    """Weighted correlation of patch and picture over the well-fitting pixels, -1 to 1."""
    inlier_share: float
    """Share of the template's weight whose pixels look alike (see ALIKE), 0-1."""
    rotation_sd_deg: float
    """1 SD of the rotation from the residuals alone."""
    alike: NDArray[np.bool_]
    """(points,) the template's pixels that look alike."""


def make_template(image: Patch, weight: NDArray[np.float32]) -> Template:
    """Precompute what every fit of a patch needs: which pixels, their gradients, their change per warp parameter.

    Args:
        image: (height, width, channels) grey levels 0-255, already blurred. No NaN.
        weight: (height, width) 0-1, how much each pixel counts. Of those above 0 the `POINTS` with the most change of colour are used.
    """
    h, w = image.shape[:2]
    centre = ((w - 1) / 2, (h - 1) / 2)
    unit = float(np.hypot(w, h) / 2)
    gx = cv2.Scharr(image, cv2.CV_32F, 1, 0, scale=1 / 32)
    gy = cv2.Scharr(image, cv2.CV_32F, 0, 1, scale=1 / 32)
    ys, xs = np.mgrid[0:h, 0:w]
    u = ((xs - centre[0]) / unit).astype(np.float32)
    v = ((ys - centre[1]) / unit).astype(np.float32)
    energy = ((gx**2 + gy**2).sum(axis=2) * weight).ravel()
    chosen = np.sort(np.argsort(energy)[::-1][: min(POINTS, int((weight > 0).sum()))])
    # parameters in units of `unit` pixels: tx, ty, rotation, scale, stretch, shear (all rates of displacement)
    columns = [gx, gy, gy * u[..., None] - gx * v[..., None], gx * u[..., None] + gy * v[..., None]]
    columns += [gx * u[..., None] - gy * v[..., None], gx * v[..., None] + gy * u[..., None]]
    jac = np.stack([c.reshape(h * w, -1)[chosen].T.ravel() for c in columns], axis=1) * np.float32(unit)
    places = np.stack([xs.ravel()[chosen], ys.ravel()[chosen], np.ones(len(chosen))], axis=1).astype(float)
    values = np.ascontiguousarray(image.reshape(h * w, -1)[chosen].T)
    mean = values.mean(axis=1, keepdims=True)
    contrast = (values - mean) / np.float32(64)
    bias = np.repeat(np.eye(len(values), dtype=np.float32), len(chosen), axis=0)
    design = np.ascontiguousarray(np.column_stack([jac, contrast.ravel(), bias]), np.float32)
    return Template(image, places, values, weight.ravel()[chosen].copy(), design, mean, contrast, centre, unit)


def parameters_matrix(p: NDArray[np.float64], template: Template) -> NDArray[np.float64]:
    """The warps that these parameters stand for.

    Args:
        p: (n, 6) x and y shift in half-diagonals of the template, then rotation (radians, clockwise on the screen), scale - 1, stretch and
            shear. All 0 is no warp.
        template: about whose centre it turns and grows.

    Returns:
        (n, 3, 3) homogeneous matrices, template pixel to template pixel.
    """
    centre = np.array(template.centre)
    out = np.zeros((len(p), 3, 3))
    out[:, 0, 0], out[:, 0, 1] = 1 + p[:, 3] + p[:, 4], p[:, 5] - p[:, 2]
    out[:, 1, 0], out[:, 1, 1] = p[:, 5] + p[:, 2], 1 + p[:, 3] - p[:, 4]
    out[:, :2, 2] = centre - out[:, :2, :2] @ centre + p[:, :2] * template.unit_px
    out[:, 2, 2] = 1
    return out


def similarity(template: Template, centre_px: tuple[float, float], rotation_deg: float, scale: float = 1.0) -> Matrix:
    """A start for `align`: (2, 3), template pixel to picture pixel.

    Args:
        template: what is to be placed.
        centre_px: where its centre goes, picture pixels, x to the right and y down.
        rotation_deg: how far it is turned, clockwise on the screen.
        scale: picture pixels per template pixel.
    """
    r = np.deg2rad(rotation_deg)
    lin = scale * np.array([[np.cos(r), -np.sin(r)], [np.sin(r), np.cos(r)]])
    return np.hstack([lin, (np.array(centre_px) - lin @ np.array(template.centre))[:, None]])


def reweighted(template: Template, factor: NDArray[np.float32]) -> Template:
    """The template with each of its points counting `factor` (points,) times as much; 0 leaves a point out."""
    return replace(template, weight=template.weight * factor)


def _shape(lin: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 3) scale - 1, and the two stretches of (n, 2, 2) linear maps with their rotation taken out (polar decomposition)."""
    a, b, c, d = lin[:, 0, 0], lin[:, 0, 1], lin[:, 1, 0], lin[:, 1, 1]
    turn = np.arctan2(c - b, a + d)
    cos, sin = np.cos(turn), np.sin(turn)
    along, across, mixed = cos * a + sin * c, cos * d - sin * b, cos * b + sin * d
    return np.stack([(along + across) / 2 - 1, (along - across) / 2, mixed], axis=1)


def align(
    template: Template,
    pictures: Sequence[Picture | Patch],
    starts: Sequence[Matrix],
    iterations: int = 10,
    free_shape: bool = True,
) -> list[Alignment | None]:
    """Fit `template` into each picture from its start (Baker & Matthews 2004, inverse-compositional, Geman-McClure weights).

    They are fitted side by side, because numpy's own time per call would otherwise be ten times that of the sums. How many at once
    moves single frames by up to 0.03 degrees, as BLAS rounds otherwise.

    Args:
        template: from `make_template`.
        pictures: n of (height, width, channels), all of one size, grey levels 0-255.
        starts: n of (2, 3), template pixel to picture pixel, from `similarity` or an earlier fit. The fit's reach is about 6 degrees.
        iterations: at most so many steps; a fit that moves by less than `CONVERGED` stops earlier.
        free_shape: solve for scale, stretch and shear too, each held by its prior. False keeps the starts' shape.

    Returns:
        n fits, each None where the template runs out of the picture (less than 0.6 of its weight inside), its area leaves 0.4 to 2.5 of
        the template's, or its equations have no solution. Whether a fit is believed is not decided here.
    """
    found: list[Alignment | None] = []
    for i in range(0, len(pictures), TOGETHER):
        stack = np.stack(pictures[i : i + TOGETHER]).astype(np.float32)
        found += _align(template, stack, np.stack(starts[i : i + TOGETHER]), iterations, free_shape)
    return found


def _align(
    template: Template, pictures: Patch, starts: NDArray[np.float64], iterations: int, free_shape: bool
) -> list[Alignment | None]:
    """`align` for (n, height, width, channels) pictures and (n, 2, 3) starts."""
    base, mean, contrast = template.weight, template.mean, template.contrast
    channels, points = template.values.shape
    places = np.ascontiguousarray(template.places.T)
    n, high, wide = pictures.shape[:3]
    tall = pictures.reshape(n * high, wide, channels)
    total = float(base.sum())
    n_geo = 6 if free_shape else 3
    design = template.design if free_shape else np.delete(template.design, (3, 4, 5), axis=1)
    size = design.shape[1]
    # the sum over channels of what each point adds to the normal equations, to be weighted by point
    by_point = design.reshape(channels, points, size)
    products = np.einsum("cpi,cpj->pij", by_point, by_point).reshape(points, size * size)
    warp = np.zeros((n, 3, 3))
    warp[:, :2], warp[:, 2, 2] = starts, 1
    extra = np.zeros((n, 1 + channels))
    extra[:, 0] = 64.0
    rotation_variance = np.ones(n)
    seen = np.repeat(template.values[None], n, axis=0)
    size2, weight = np.zeros((n, points), np.float32), np.repeat(base[None], n, axis=0)
    rms = 64 * float(np.sqrt((contrast**2 * base).sum() / (channels * total)))
    floor = float(np.clip(NOISE_SHARE * rms, LEAST_NOISE, NOISE_FLOOR))
    alike = max(ALIKE_NOISE * floor, ALIKE * rms)
    lost = np.zeros(n, bool)
    going = np.arange(n)
    for _ in range(iterations):
        at = (warp[going, :2] @ places).astype(np.float32)
        x, y = at[:, 0], at[:, 1]
        inside = (x >= 0) & (x <= wide - 1) & (y >= 0) & (y <= high - 1)
        enough = (base * inside).sum(axis=1) >= 0.6 * total
        lost[going[~enough]] = True
        going, x, y, inside = going[enough], x[enough], y[enough], inside[enough]
        if not len(going):
            break
        weight[going] = w = base * inside
        x = np.clip(x, 0, wide - 1)
        y = np.clip(y, 0, high - 1) + (going * high)[:, None].astype(np.float32)
        colours = cv2.remap(tall, x, y, cv2.INTER_LINEAR).transpose(0, 2, 1)
        residual: NDArray[np.float32] = np.ascontiguousarray(colours, np.float32)
        seen[going] = residual
        gain, bias = (extra[going, k, None].astype(np.float32) for k in (slice(0, 1), slice(1, None)))
        residual -= mean
        residual -= gain * contrast
        residual -= bias
        size2[going] = squares = np.einsum("ncp,ncp->np", residual, residual) / channels
        # the upper one of two medians, without numpy's care for NaN, which costs three times as much here
        middle = np.partition(squares, points // 2, axis=1)[:, points // 2]
        sigma = np.maximum(floor, 1.2 * np.sqrt(middle))
        robust = w / (1 + squares / ((ROBUST_CUT * sigma) ** 2)[:, None]) ** 2
        scale = 1 / (SHARED_NOISE * sigma.astype(float) ** 2)
        normal = (robust @ products).reshape(-1, size, size).astype(float) * scale[:, None, None]
        residual *= robust[:, None]
        towards = (residual.reshape(len(going), -1) @ design).astype(float) * scale[:, None]
        if free_shape:
            precision = np.array([SCALE_PRIOR_SD, STRETCH_PRIOR_SD, SHEAR_PRIOR_SD]) ** -2
            normal[:, (3, 4, 5), (3, 4, 5)] += precision
            towards[:, 3:6] += precision * _shape(warp[going, :2, :2])
        covariance = _inverses(normal)
        step = (covariance @ towards[:, :, None])[:, :, 0]
        rotation_variance[going] = covariance[:, 2, 2]
        extra[going] = np.clip(
            extra[going] + step[:, n_geo:], (25.0, *[-100.0] * channels), (160.0, *[100.0] * channels)
        )
        p = np.zeros((len(going), 6))
        p[:, :n_geo] = np.clip(step[:, :n_geo], -0.25, 0.25)
        warp[going] = warp[going] @ _inverses(parameters_matrix(p, template))
        going = going[~(np.abs(p).max(axis=1) < CONVERGED)]
    linear = warp[:, :2, :2]
    area = linear[:, 0, 0] * linear[:, 1, 1] - linear[:, 0, 1] * linear[:, 1, 0]
    good = ~lost & np.isfinite(warp).all(axis=(1, 2)) & (area > 0.4) & (area < 2.5)
    same = (size2 < alike**2) & (weight > 0)
    shares = (same * base).sum(axis=1) / total
    correlations = _correlations(template.values, seen, base)
    sds = np.degrees(np.sqrt(np.maximum(rotation_variance, 0.0)))
    return [
        Alignment(warp[i, :2], float(correlations[i]), float(shares[i]), float(sds[i]), same[i]) if good[i] else None
        for i in range(n)
    ]


def _inverses(matrices: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of (n, m, m) matrices; all NaN where one has none."""
    try:
        return np.asarray(np.linalg.inv(matrices))
    except np.linalg.LinAlgError:
        out = np.full(matrices.shape, np.nan)
        for i, matrix in enumerate(matrices):
            with contextlib.suppress(np.linalg.LinAlgError):
                out[i] = np.linalg.inv(matrix)
        return out


def _correlations(a: NDArray[np.float32], b: NDArray[np.float32], weight: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n,) weighted correlation of (channels, points) with each (n, channels, points), each channel's own mean removed."""
    w = weight / weight.sum()
    a = a - (a @ w)[:, None]
    b = b - (b @ w)[:, :, None]
    between = np.einsum("cp,ncp,p->n", a, b, w, optimize=True)
    spread = np.sqrt(np.einsum("cp,cp,p->", a, a, w) * np.einsum("ncp,ncp,p->n", b, b, w, optimize=True))
    return np.asarray(np.divide(between, spread, out=np.zeros_like(between), where=spread > 0))
