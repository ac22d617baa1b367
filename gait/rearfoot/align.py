"""Fits a remembered patch to a picture: robust inverse-compositional Lucas-Kanade over several colour channels.

The warp is affine, its shear and stretch held near a similarity by a weak prior; brightness gain and per-channel bias
are solved along with it; pixels that do not fit (the other shoe, the belt) lose their weight. See Baker & Matthews
2004, "Lucas-Kanade 20 years on", for the scheme. Rows are y down.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Patch = NDArray[np.float32]
"""(height, width, channels), grey levels 0-255."""
Matrix = NDArray[np.float64]
"""(2, 3) affine: template pixel -> picture pixel."""

NOISE_FLOOR = 4.0
"""Grey levels: sensor and codec noise of a compressed phone clip after light blur; residuals below it are no evidence."""
SHEAR_PRIOR_SD = 0.12
"""A heel seen 15 degrees of toe-out off its standing pose is stretched by up to 1 - cos 15 + depth effects: about a tenth."""
SCALE_PRIOR_SD = 0.15
"""The treadmill foot comes a few decimetres nearer or farther at 2.5-3 m: up to 15 % of size."""
ROBUST_CUT = 2.5
"""Residuals beyond this many standard deviations count for little (Geman-McClure)."""


@dataclass(frozen=True, eq=False)
class Template:
    """A patch with what its fit needs."""

    image: Patch
    weight: NDArray[np.float32]
    """(height, width) 0-1: how much each pixel counts."""
    jacobian: NDArray[np.float32]
    """(channels * pixels, 6) change of the patch per warp parameter, centred on the patch."""
    grid: NDArray[np.float64]
    """(pixels, 2) x, y from the patch centre, in half-diagonals."""
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
    """Share of the template's weight that the picture bears out, 0-1."""
    rotation_sd_deg: float
    """1 SD of the rotation from the residuals alone."""


def make_template(image: Patch, weight: NDArray[np.float32]) -> Template:
    """Precompute gradients. `image` (h, w, c) is already blurred; `weight` (h, w)."""
    h, w, c = image.shape
    centre = ((w - 1) / 2, (h - 1) / 2)
    unit = float(np.hypot(w, h) / 2)
    gx = cv2.Scharr(image, cv2.CV_32F, 1, 0, scale=1 / 32).reshape(h, w, c)
    gy = cv2.Scharr(image, cv2.CV_32F, 0, 1, scale=1 / 32).reshape(h, w, c)
    ys, xs = np.mgrid[0:h, 0:w]
    u = ((xs - centre[0]) / unit).astype(np.float32)
    v = ((ys - centre[1]) / unit).astype(np.float32)
    # parameters in units of `unit` pixels: tx, ty, rotation, scale, stretch, shear (all rates of displacement)
    columns = [gx, gy, gy * u[..., None] - gx * v[..., None], gx * u[..., None] + gy * v[..., None]]
    columns += [gx * u[..., None] - gy * v[..., None], gx * v[..., None] + gy * u[..., None]]
    jac = np.stack([col.transpose(2, 0, 1).ravel() for col in columns], axis=1) * np.float32(unit)
    return Template(image, weight, jac, np.stack([u.ravel(), v.ravel()], axis=1).astype(float), centre, unit)


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


def up_direction_deg(matrix: Matrix, lean_deg: float = 0.0) -> float:
    """Clockwise tilt, degrees, of the template's upward line (itself leaning `lean_deg` clockwise) as seen in the picture."""
    r = np.deg2rad(lean_deg)
    d = matrix[:, :2] @ np.array([np.sin(r), -np.cos(r)])
    return float(np.degrees(np.arctan2(d[0], -d[1])))


def _shape(lin: NDArray[np.float64]) -> tuple[float, float, float]:
    """Scale - 1, and the two stretches of a linear map with its rotation taken out."""
    _, s, vt = np.linalg.svd(lin)
    stretch = vt.T @ np.diag(s) @ vt
    return (
        float(stretch[0, 0] + stretch[1, 1]) / 2 - 1,
        float(stretch[0, 0] - stretch[1, 1]) / 2,
        float(stretch[0, 1]),
    )


def align(
    template: Template, picture: Patch, start: Matrix, iterations: int = 12, free_shape: bool = True
) -> Alignment | None:
    """Fit `template` into `picture` from `start`; None when it runs out of the picture or the fit is singular.

    `free_shape=False` keeps the start's shape and solves for place and rotation only.
    """
    h, w, channels = template.image.shape
    n = h * w
    target = template.image.transpose(2, 0, 1).reshape(channels, n)
    base = template.weight.ravel()
    warp = np.vstack([start, [0, 0, 1]])
    n_geo = 6 if free_shape else 3
    design = np.zeros((channels * n, n_geo + 1 + channels), np.float32)
    design[:, :n_geo] = template.jacobian[:, :n_geo]
    design[:, n_geo] = (target - target.mean()).ravel() / 64
    for k in range(channels):
        design[k * n : (k + 1) * n, n_geo + 1 + k] = 1
    gain, bias = 1.0, np.zeros(channels)
    share, covariance, robust = 0.0, np.eye(n_geo), base
    inside_picture = np.ones(picture.shape[:2], np.float32)
    seen = np.empty_like(target)
    for _ in range(iterations):
        m = warp[:2].astype(np.float32)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        seen = cv2.warpAffine(picture, m, (w, h), flags=flags).transpose(2, 0, 1).reshape(channels, n)
        weight = base * cv2.warpAffine(inside_picture, m, (w, h), flags=flags).ravel()
        if weight.sum() < 0.6 * base.sum():
            return None
        mean = target.mean()
        residual = seen - mean - gain * (target - mean) - bias[:, None].astype(np.float32)
        size = np.sqrt((residual**2).mean(axis=0))
        sigma = max(NOISE_FLOOR, 1.2 * float(_weighted_median(size, weight)))
        falloff = 1 / (1 + (size / (ROBUST_CUT * sigma)) ** 2) ** 2
        robust = weight * falloff
        share = float(robust.sum() / base.sum())
        wd = design * np.tile(robust, channels)[:, None]
        normal = (wd.T @ design).astype(float) / sigma**2
        rhs = (wd.T @ residual.ravel()).astype(float) / sigma**2
        # neighbouring pixels share noise after the blur: count about one in ten as independent
        normal /= 10
        rhs /= 10
        normal[n_geo, n_geo] += (64 * 3.0) ** -2 * 1e2
        if free_shape:
            scale, stretch, shear = _shape(warp[:2, :2])
            for i, (value, sd) in enumerate(
                ((scale, SCALE_PRIOR_SD), (stretch, SHEAR_PRIOR_SD), (shear, SHEAR_PRIOR_SD)), start=3
            ):
                normal[i, i] += sd**-2
                rhs[i] += value / sd**2
        try:
            step = np.linalg.solve(normal, rhs)
            covariance = np.linalg.inv(normal)[:n_geo, :n_geo]
        except np.linalg.LinAlgError:
            return None
        gain = float(np.clip(gain + step[n_geo] / 64, 0.4, 2.5))
        bias = np.clip(bias + step[n_geo + 1 :], -100, 100)
        p = np.zeros(6)
        p[:n_geo] = np.clip(step[:n_geo], -0.25, 0.25)
        warp = warp @ np.linalg.inv(parameters_matrix(p, template))
        if np.abs(p).max() < 2e-4:
            break
    lin = warp[:2, :2]
    if not np.isfinite(warp).all() or not 0.4 < np.linalg.det(lin) < 2.5:
        return None
    return Alignment(warp[:2], _correlation(target, seen, base), share, float(np.degrees(np.sqrt(covariance[2, 2]))))


def _weighted_median(values: NDArray[np.float32], weight: NDArray[np.float32]) -> float:
    """Median of `values` under `weight`."""
    order = np.argsort(values)
    total = np.cumsum(weight[order])
    return float(values[order[min(len(order) - 1, int(np.searchsorted(total, total[-1] / 2)))]])


def _correlation(a: NDArray[np.float32], b: NDArray[np.float32], weight: NDArray[np.float32]) -> float:
    """Weighted correlation over all channels, each with its own mean removed."""
    w = weight / weight.sum()
    a = a - (a * w).sum(axis=1, keepdims=True)
    b = b - (b * w).sum(axis=1, keepdims=True)
    den = float(np.sqrt((a * a * w).sum() * (b * b * w).sum()))
    return float((a * b * w).sum() / den) if den > 0 else 0.0
