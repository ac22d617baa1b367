"""Fits a remembered patch to a picture: robust inverse-compositional Lucas-Kanade over several colour channels.

The warp is affine, its stretch held near one and its shear near none; brightness gain and per-channel bias
are solved along with it; pixels that do not fit (the other shoe, the belt) lose their weight. See Baker & Matthews
2004, "Lucas-Kanade 20 years on", for the scheme. Rows are y down.
"""

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

Patch = NDArray[np.float32]
"""(height, width, channels), grey levels 0-255."""
Matrix = NDArray[np.float64]
"""(2, 3) affine: template pixel -> picture pixel."""

NOISE_FLOOR = 4.0
"""Grey levels: sensor and codec noise of a compressed phone clip after light blur; residuals below it are no evidence."""
STRETCH_PRIOR_SD, SHEAR_PRIOR_SD = 0.06, 0.003
"""A rigid heel turned out by 15 degrees and pitched by 15 against standing is stretched by 1 - cos and sheared by less than 0.05: as
good as none, and a free shear follows the silhouette of a plain shoe instead of the heel (5 degrees wrong on one rendered runner)."""
SCALE_PRIOR_SD = 0.15
"""The treadmill foot comes a few decimetres nearer or farther at 2.5-3 m: up to 15 % of size."""
ALIKE = 0.4
"""A pixel bears the fit out when it differs by less than this share of the template's own contrast."""
SHARED_NOISE = 10.0
"""Neighbouring pixels share their noise after the blur: about one in ten counts as independent."""
CONVERGED = 1.5e-3
"""Half-diagonals (0.06 px): smaller steps change nothing."""
ROBUST_CUT = 2.5
"""Residuals beyond this many standard deviations count for little (Geman-McClure)."""


POINTS = 480
"""Template pixels used: those with the most change of colour; flat ones tell nothing and cost time. (A product of 3 x 480 rows by
10 x 10 columns also stays below the size from which BLAS starts threads, which cost more than they give here.)"""


@dataclass(frozen=True, eq=False)
class Template:
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
class Alignment:
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
    """Precompute gradients. `image` (h, w, c) is already blurred; `weight` (h, w)."""
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
    """(3, 3) warp of template pixels for tx, ty (half-diagonals), rotation, scale, stretch, shear."""
    lin = np.array([[1 + p[3] + p[4], p[5] - p[2]], [p[5] + p[2], 1 + p[3] - p[4]]])
    c = np.array(template.centre)
    out = np.eye(3)
    out[:2, :2] = lin
    out[:2, 2] = c - lin @ c + p[:2] * template.unit_px
    return out


def similarity(template: Template, centre_px: tuple[float, float], rotation_deg: float, scale: float = 1.0) -> Matrix:
    """A start: the template's centre at `centre_px`, turned clockwise on the screen by `rotation_deg`."""
    r = np.deg2rad(rotation_deg)
    lin = scale * np.array([[np.cos(r), -np.sin(r)], [np.sin(r), np.cos(r)]])
    return np.hstack([lin, (np.array(centre_px) - lin @ np.array(template.centre))[:, None]])


def reweighted(template: Template, factor: NDArray[np.float32]) -> Template:
    """The template with each of its points counting `factor` times as much."""
    return replace(template, weight=template.weight * factor)


def _shape(lin: NDArray[np.float64]) -> tuple[float, float, float]:
    """Scale - 1, and the two stretches of a linear map with its rotation taken out (polar decomposition in closed form)."""
    (a, b), (c, d) = lin.tolist()
    turn = math.atan2(c - b, a + d)
    cos, sin = math.cos(turn), math.sin(turn)
    along, across, mixed = cos * a + sin * c, cos * d - sin * b, cos * b + sin * d
    return (along + across) / 2 - 1, (along - across) / 2, mixed


def _middle(values: NDArray[np.float32]) -> float:
    """The median (upper one of two), without numpy's care for NaN, which costs three times as much here."""
    return float(np.partition(values, len(values) // 2)[len(values) // 2])


def align(
    template: Template, picture: Patch, start: Matrix, iterations: int = 10, free_shape: bool = True
) -> Alignment | None:
    """Fit `template` into `picture` from `start`; None when it runs out of the picture or the fit is singular.

    `free_shape=False` keeps the start's shape and solves for place and rotation only.
    """
    target, base = template.values, template.weight
    channels, n = target.shape
    high, wide = picture.shape[:2]
    total = float(base.sum())
    warp = np.vstack([start, [0, 0, 1]])
    n_geo = 6 if free_shape else 3
    mean, contrast = template.mean, template.contrast
    design = template.design if free_shape else np.delete(template.design, (3, 4, 5), axis=1)
    # every column once per point, so that the weights (one per point) multiply without being copied
    by_point = design.reshape(channels, n, -1)
    extra = np.zeros(1 + channels)
    extra[0] = 64.0
    covariance = np.eye(n_geo)
    seen, size2, weight = target, np.zeros(n, np.float32), base
    alike = max(3 * NOISE_FLOOR, ALIKE * 64 * float(np.sqrt((contrast**2 * base).sum() / (channels * total))))
    for _ in range(iterations):
        at = (template.places @ warp[:2].T).astype(np.float32)
        inside = (at[:, 0] >= 0) & (at[:, 0] <= wide - 1) & (at[:, 1] >= 0) & (at[:, 1] <= high - 1)
        weight = base * inside
        if weight.sum() < 0.6 * total:
            return None
        seen = cv2.remap(picture, at[None, :, 0], at[None, :, 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[
            0
        ].T
        bias = extra[1:, None].astype(np.float32)
        residual = seen - mean - np.float32(extra[0]) * contrast - bias
        size2 = np.einsum("cn,cn->n", residual, residual) / channels
        sigma = max(NOISE_FLOOR, 1.2 * math.sqrt(_middle(size2)))
        robust = weight / (1 + size2 / np.float32((ROBUST_CUT * sigma) ** 2)) ** 2
        wd = (by_point * robust[:, None]).reshape(design.shape)
        scale = 1 / (SHARED_NOISE * sigma**2)
        normal = (wd.T @ design).astype(float) * scale
        rhs = (wd.T @ residual.ravel()).astype(float) * scale
        if free_shape:
            for i, value, sd in zip(
                (3, 4, 5), _shape(warp[:2, :2]), (SCALE_PRIOR_SD, STRETCH_PRIOR_SD, SHEAR_PRIOR_SD), strict=True
            ):
                normal[i, i] += sd**-2
                rhs[i] += value / sd**2
        try:
            covariance = np.linalg.inv(normal)
        except np.linalg.LinAlgError:
            return None
        step = covariance @ rhs
        extra = np.clip(extra + step[n_geo:], (25.0, *[-100.0] * channels), (160.0, *[100.0] * channels))
        p = np.zeros(6)
        p[:n_geo] = np.clip(step[:n_geo], -0.25, 0.25)
        warp = warp @ np.linalg.inv(parameters_matrix(p, template))
        if np.abs(p).max() < CONVERGED:
            break
    if not np.isfinite(warp).all() or not 0.4 < np.linalg.det(warp[:2, :2]) < 2.5:
        return None
    same = (size2 < alike**2) & (weight > 0)
    share = float(base[same].sum()) / total
    rotation_sd = float(np.degrees(np.sqrt(max(covariance[2, 2], 0.0))))
    return Alignment(warp[:2], _correlation(target, seen, base), share, rotation_sd, same)


def _correlation(a: NDArray[np.float32], b: NDArray[np.float32], weight: NDArray[np.float32]) -> float:
    """Weighted correlation over all channels, each with its own mean removed."""
    w = weight / weight.sum()
    a = a - (a * w).sum(axis=1, keepdims=True)
    b = b - (b * w).sum(axis=1, keepdims=True)
    den = float(np.sqrt((a * a * w).sum() * (b * b * w).sum()))
    return float((a * b * w).sum() / den) if den > 0 else 0.0
