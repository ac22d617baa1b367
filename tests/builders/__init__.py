"""Small, derivable inputs for tests. Nothing here calls the code under test except to name things."""

import json
import os
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest

from gait.landmarks import Side

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "sample_videos"
SHARED = Path(os.environ.get("GAIT_SHARED", ROOT.parent / "shared"))

needs_shared = pytest.mark.skipif(
    not (SHARED / "clips").is_dir(), reason="needs the shared validation clips (set GAIT_SHARED to their folder)"
)

PEAK_DEG = {Side.LEFT: 10.1, Side.RIGHT: 17.0}


def rearfoot_curve_deg(stance_pct: np.ndarray, touchdown_deg: float, peak_deg: float) -> np.ndarray:
    """A rearfoot curve with known ends: touchdown at 0 %, one peak at 40 %, back to touchdown at 100 %."""
    x = np.where(stance_pct < 40, stance_pct / 40, 1 - (stance_pct - 40) / 60)
    return np.asarray(touchdown_deg + (peak_deg - touchdown_deg) * np.sin(np.pi / 2 * x) ** 2)


def estimate(value: float, half: float) -> dict[str, object]:
    """An Estimate as analysis.json writes it."""
    return {"value": round(value, 3), "ci95": [round(value - half, 3), round(value + half, 3)]}


def analysis_json() -> dict[str, object]:
    """A complete, plausible analysis.json: left neutral at 10.1°, right over at 17.0°."""

    def foot(side: Side, label: str, probability: dict[str, float]) -> dict[str, object]:
        return {
            "n_strides": 26,
            "contact_time_s": estimate(0.259, 0.006),
            "flight_time_s": estimate(0.099, 0.007),
            "touchdown_deg": estimate(-4.0, 1.1),
            "peak_eversion_deg": estimate(PEAK_DEG[side], 1.2),
            "eversion_excursion_deg": estimate(PEAK_DEG[side] + 4.0, 1.3),
            "time_to_peak_pct": estimate(41.0, 3.0),
            "toe_out_deg": None,
            "rearfoot_method": "heel_counter",
            "label": label,
            "probability": probability,
            "reasons": ["The whole interval lies on one side of the limits for this speed."],
        }

    return {
        "schema": "gait.analysis/1",
        "status": "ok",
        "created": "2026-01-15T10:30:00+00:00",
        "runner": "Example Runner",
        "clip": {
            "file": "treadmill_rear.mp4",
            "sha256": "0" * 64,
            "fps_hz": 60.0,
            "duration_s": 20.0,
            "n_frames": 1200,
            "width_px": 720,
            "height_px": 1280,
            "view": "rear",
        },
        "standing": {"file": "treadmill_rear.standing.mp4", "sha256": "1" * 64, "duration_s": 3.0},
        "findings": [
            {
                "code": "frame_rate",
                "severity": "info",
                "value": 60.0,
                "limit": 50.0,
                "message": "The clip has 60.0 frames per second.",
                "advice": "",
            }
        ],
        "tracking": {"tracker": "BlazePose", "model": "full", "detected_fraction": 1.0, "swaps_repaired": 0},
        "cadence_spm": estimate(167.4, 0.3),
        "events": {
            side.value: {
                "foot_strike_s": [round(0.3 + 0.7167 * i + 0.3583 * (side is Side.RIGHT), 4) for i in range(26)],
                "toe_off_s": [round(0.559 + 0.7167 * i + 0.3583 * (side is Side.RIGHT), 4) for i in range(26)],
            }
            for side in Side
        },
        "feet": {
            "left": foot(Side.LEFT, "neutral", {"under": 0.08, "neutral": 0.92, "over": 0.0}),
            "right": foot(Side.RIGHT, "over", {"under": 0.0, "neutral": 0.01, "over": 0.99}),
        },
        "reference": {
            "zero": "standing",
            "speed_kmh": 9.7,
            "limits_deg": {"under": 7.87, "over": 13.4},
            "source": "RBDS, 52 feet, mean ± 1 SD at this speed",
        },
        "recommendation": {
            "shoes": [
                {
                    "sku": f"EX-00{i}",
                    "name": name,
                    "category": category,
                    "price": price,
                    "why": [why],
                    "why_not": ["Firmer under the inside of the heel; some runners feel it."] if i == 1 else [],
                }
                for i, (name, category, price, why) in enumerate(
                    [
                        (
                            "Example Guide 3",
                            "stability",
                            140.0,
                            "Made to guide a heel that tilts in, as your right one does.",
                        ),
                        ("Example Steady 2", "stability", 150.0, "The same idea with more cushioning."),
                        ("Example Daily 5", "neutral", 120.0, "A neutral shoe to compare with: comfort decides."),
                    ],
                    start=1,
                )
            ],
            "note": "This picks shoes to try first. Comfort on the run decides.",
            "evidence": "Trials: choosing shoes by foot type makes little or no difference to injury.",
        },
        "versions": {"gait": "0.1.0", "mediapipe": "0.10.21", "model_sha256": "2" * 64},
    }


def result_folder(path: Path, analysis: dict[str, object] | None = None) -> Path:
    """A whole result folder with drawn pictures, as `gait.results.folder` describes it; no overlay.mp4 and no report.pdf."""
    path.mkdir(parents=True, exist_ok=True)
    doc = analysis or analysis_json()
    (path / "analysis.json").write_text(json.dumps(doc), encoding="utf-8")
    pct = np.arange(101.0)
    curves, strides, frames, thumbs = [], [], [], []
    (path / "steps").mkdir(exist_ok=True)
    for side in Side:
        peak = PEAK_DEG[side]
        events = doc["events"][side.value]  # type: ignore[index]
        mean = rearfoot_curve_deg(pct, -4.0, peak)
        curves += [
            {"side": side.value, "stance_pct": p, "angle_deg": a, "sd_deg": 1.2} for p, a in zip(pct, mean, strict=True)
        ]
        rng = np.random.default_rng(5)
        for k, (strike, off) in enumerate(zip(events["foot_strike_s"], events["toe_off_s"], strict=True)):
            step_peak = peak + float(rng.normal(0, 1.2))
            strides.append(
                {
                    "side": side.value,
                    "stance": k,
                    "foot_strike_s": strike,
                    "toe_off_s": off,
                    "contact_time_s": off - strike,
                    "flight_time_s": 0.099,
                    "touchdown_deg": -4.0,
                    "peak_eversion_deg": step_peak,
                    "eversion_excursion_deg": step_peak + 4,
                    "time_to_peak_pct": 40.0,
                    "peak_frame": round((strike + 0.4 * (off - strike)) * 60),
                    "n_frames": 11,
                    "used": k != 3,
                    "note": "" if k != 3 else "the other leg hides the heel",
                }
            )
            for i in range(11):
                share = 5 + 7.0 * i
                angle = float(rearfoot_curve_deg(np.array([share]), -4.0, step_peak)[0])
                tilt = np.radians(-side.lateral_sign * angle)
                x0, y0 = 100.0, 220.0
                frames.append(
                    {
                        "side": side.value,
                        "stance": k,
                        "frame": round((strike + share / 100 * (off - strike)) * 60),
                        "time_s": strike + share / 100 * (off - strike),
                        "stance_pct": share,
                        "angle_deg": angle,
                        "error_deg": 0.6,
                        "usable": k != 3,
                        "shank_x0_px": x0,
                        "shank_y0_px": 170.0,
                        "shank_x1_px": x0,
                        "shank_y1_px": 40.0,
                        "heel_x0_px": x0,
                        "heel_y0_px": y0,
                        "heel_x1_px": x0 + 45 * np.sin(tilt),
                        "heel_y1_px": y0 - 45 * np.cos(tilt),
                    }
                )
            name = f"{side.value}_{k:03d}.png"
            cv2.imwrite(str(path / "steps" / name), leg_picture(side, step_peak)[..., ::-1])
            thumbs.append(
                {
                    "side": side.value,
                    "stance": k,
                    "frame": strides[-1]["peak_frame"],
                    "file": name,
                    "x0_px": 0,
                    "y0_px": 0,
                    "scale": 1.0,
                }
            )
        cv2.imwrite(str(path / f"peak_{side.value}.png"), leg_picture(side, peak)[..., ::-1])
    pd.DataFrame(curves).to_csv(path / "curves.csv", index=False)
    pd.DataFrame(strides).to_csv(path / "strides.csv", index=False)
    pd.DataFrame(frames).to_csv(path / "rearfoot.csv", index=False)
    pd.DataFrame(thumbs).to_csv(path / "steps" / "steps.csv", index=False)
    n = 120
    t = np.arange(n) / 60
    rng = np.random.default_rng(1)
    body = rng.uniform(-0.8, 0.8, (33, 3)) * np.array([0.3, 1.0, 0.2])
    world = body[None] + 0.05 * np.sin(2 * np.pi * 1.4 * t)[:, None, None]
    np.savez_compressed(
        path / "pose.npz", times_s=t, landmarks_px=np.zeros((n, 33, 2)), world_m=world, visibility=np.ones((n, 33))
    )
    return path


def leg_picture(side: Side, angle_deg: float, size: tuple[int, int] = (240, 200)) -> np.ndarray:
    """RGB picture of a vertical shank over a heel that everts by `angle_deg`, on grey."""
    height, width = size
    image = np.full((height, width, 3), 120, np.uint8)
    cv2.rectangle(image, (85, 0), (115, 170), (205, 160, 130), -1)
    tilt = -side.lateral_sign * angle_deg
    box = cv2.boxPoints(((100.0, 195.0), (50.0, 60.0), float(tilt)))
    cv2.fillPoly(image, [box.astype(np.int32)], (30, 50, 90))
    strip = cv2.boxPoints(((100.0, 195.0), (10.0, 56.0), float(tilt)))
    cv2.fillPoly(image, [strip.astype(np.int32)], (250, 120, 30))
    return image
