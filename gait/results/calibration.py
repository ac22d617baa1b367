"""A camera's calibration as JSON: in analysis.json, in what the store keeps of its cameras, and as `gait calibrate --json` prints it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gait.calibration import Calibration, CameraCalibration, Light, WedgeRead
from gait.model import Estimate

DIGITS = 4


def calibration_document(kept: CameraCalibration) -> dict[str, Any]:
    """The calibration as JSON holds it; numbers are rounded here."""
    read = kept.read
    return {
        "camera": kept.camera,
        "made": kept.made.isoformat(timespec="seconds"),
        "error_deg": _estimate(read.error),
        "roll_deg": _estimate(read.roll),
        "mm_per_px": _estimate(read.mm_per_px),
        "lens_k1": _estimate(read.lens_k1) if read.lens_k1 else None,
        "wedges": [
            {
                "printed_deg": wedge.printed_deg,
                "read_deg": _estimate(wedge.read),
                "shown_deg": round(wedge.shown_deg, DIGITS),
            }
            for wedge in read.wedges
        ],
        "light": {
            "paper": round(read.light.paper, 1),
            "darkest": round(read.light.darkest, 1),
            "brightest": round(read.light.brightest, 1),
        },
        "blur_mm": round(read.blur_mm, DIGITS),
        "ruler_mm": read.ruler_mm,
        "n_pictures": read.n_pictures,
        "width_px": read.width_px,
        "height_px": read.height_px,
    }


def read_calibration(d: Mapping[str, Any]) -> CameraCalibration:
    """What such a document states. Raises ValueError, TypeError or KeyError for one that is damaged."""
    wedges = tuple(
        WedgeRead(float(one["printed_deg"]), _to_estimate(one["read_deg"]), float(one["shown_deg"]))
        for one in d["wedges"]
    )
    light = d["light"]
    read = Calibration(
        wedges=wedges,
        error=_to_estimate(d["error_deg"]),
        roll=_to_estimate(d["roll_deg"]),
        mm_per_px=_to_estimate(d["mm_per_px"]),
        lens_k1=_to_estimate(d["lens_k1"]) if d["lens_k1"] else None,
        light=Light(float(light["paper"]), float(light["darkest"]), float(light["brightest"])),
        blur_mm=float(d["blur_mm"]),
        ruler_mm=None if d["ruler_mm"] is None else float(d["ruler_mm"]),
        n_pictures=int(d["n_pictures"]),
        width_px=int(d["width_px"]),
        height_px=int(d["height_px"]),
    )
    return CameraCalibration(str(d["camera"]), datetime.fromisoformat(d["made"]), read)


def _estimate(estimate: Estimate) -> dict[str, Any]:
    low, high = estimate.ci95
    return {"value": round(estimate.value, DIGITS), "ci95": [round(low, DIGITS), round(high, DIGITS)]}


def _to_estimate(d: Mapping[str, Any]) -> Estimate:
    low, high = d["ci95"]
    return Estimate(float(d["value"]), (float(low), float(high)))
