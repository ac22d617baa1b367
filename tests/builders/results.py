"""A finished result whose numbers are known: as a value, as analysis.json, and as a whole folder."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd

from gait.landmarks import Side, View
from gait.model import (
    Basis,
    Estimate,
    Finding,
    Label,
    Recommendation,
    Shelf,
    Shoe,
    SpeedLimits,
    Suggestion,
)
from gait.results.codec import encode
from gait.results.result import (
    ClipInfo,
    EventErrors,
    EventTimes,
    FootReading,
    FootResult,
    Judged,
    Limits,
    Measurement,
    Reference,
    Result,
    Tracking,
    Versions,
)
from gait.said import as_written
from tests.builders.pictures import leg_picture

PEAK_DEG = {Side.LEFT: 10.1, Side.RIGHT: 17.0}
SPEED_KMH, UNDER_DEG, OVER_DEG = 9.7, 7.87, 13.4
SOURCE = "RBDS, 52 feet, mean ± 1 SD at this speed"
SHOES = (
    Shoe("EX-001", "Example", "Guide 3", "stability", "medium", 8.0, ("standard",), 140.0),
    Shoe("EX-002", "Example", "Steady 2", "stability", "soft", 6.0, ("standard", "wide"), 150.0),
    Shoe("EX-003", "Example", "Daily 5", "neutral", "medium", 10.0, (), 120.0),
)


def rearfoot_curve_deg(stance_pct: np.ndarray, touchdown_deg: float, peak_deg: float) -> np.ndarray:
    """A rearfoot curve with known ends: touchdown at 0 %, one peak at 40 %, back to touchdown at 100 %."""
    x = np.where(stance_pct < 40, stance_pct / 40, 1 - (stance_pct - 40) / 60)
    return np.asarray(touchdown_deg + (peak_deg - touchdown_deg) * np.sin(np.pi / 2 * x) ** 2)


def estimate(value: float, half: float) -> Estimate:
    """With an interval of ± `half`."""
    return Estimate(round(value, 3), (round(value - half, 3), round(value + half, 3)))


def example_foot(side: Side, label: Label, probability: dict[str, float]) -> FootResult:
    """One foot whose peak is `PEAK_DEG`."""
    return FootResult(
        n_strides=26,
        label=label,
        rearfoot_method="heel_counter",
        contact_time_s=estimate(0.259, 0.006),
        flight_time_s=estimate(0.099, 0.007),
        touchdown_deg=estimate(-4.0, 1.1),
        peak_eversion_deg=estimate(PEAK_DEG[side], 1.2),
        eversion_excursion_deg=estimate(PEAK_DEG[side] + 4.0, 1.3),
        time_to_peak_pct=estimate(41.0, 3.0),
        probability=probability,
        reasons=(as_written("The whole interval lies on one side of the limits for this speed."),),
    )


def example_result() -> Result:
    """A complete, plausible result: left neutral at 10.1°, right over at 17.0°."""
    lead_s = {Side.LEFT: 0.0, Side.RIGHT: 0.3583}
    guide, steady, daily = SHOES
    judged = Judged(
        cadence_spm=estimate(167.4, 0.3),
        events={
            side: EventTimes(
                tuple(round(0.3 + 0.7167 * i + lead_s[side], 4) for i in range(26)),
                tuple(round(0.559 + 0.7167 * i + lead_s[side], 4) for i in range(26)),
            )
            for side in Side
        },
        feet={
            Side.LEFT: example_foot(Side.LEFT, "neutral", {"under": 0.08, "neutral": 0.92, "over": 0.0}),
            Side.RIGHT: example_foot(Side.RIGHT, "over", {"under": 0.0, "neutral": 0.01, "over": 0.99}),
        },
        reference=Reference("standing", Limits(UNDER_DEG, OVER_DEG), SOURCE, SPEED_KMH, SPEED_KMH),
        recommendation=Recommendation(
            shoes=(
                Suggestion(
                    guide,
                    (as_written("Made to guide a heel that tilts in, as your right one does."),),
                    (as_written("Firmer under the inside of the heel; some runners feel it."),),
                ),
                Suggestion(steady, (as_written("The same idea with more cushioning."),)),
                Suggestion(daily, (as_written("A neutral shoe to compare with: comfort decides."),)),
            ),
            evidence=as_written("Trials: choosing shoes by foot type makes little or no difference to injury."),
            evidence_grade="low",
        ),
        measurement=Measurement(
            EventErrors(0.005, 0.005, 0.004),
            {side: FootReading("heel_counter", systematic_sd_deg=0.5, standing_deg=2.0) for side in Side},
        ),
        basis=Basis((SpeedLimits(SPEED_KMH, UNDER_DEG, OVER_DEG, SOURCE),), Shelf("store", SHOES), SPEED_KMH),
    )
    return Result(
        clip=ClipInfo("treadmill_rear.mp4", "0" * 64, 20.0, 60.0, 1200, 720, 1280),
        view=View.REAR,
        findings=(Finding("frame_rate", "info", 60.0, 50.0, {"fps": 60.0}),),
        versions=Versions("0.1.0", "0.10.21", "2" * 64),
        runner="Example Runner",
        created=datetime(2026, 1, 15, 10, 30, tzinfo=UTC),
        standing=ClipInfo("treadmill_rear.standing.mp4", "1" * 64, 3.0, 60.0, 180, 720, 1280),
        tracking=Tracking("BlazePose", "full", 1.0, 0, 601),
        judged=judged,
    )


def analysis_json() -> dict[str, Any]:
    """`example_result` as analysis.json holds it."""
    return encode(example_result())


def result_folder(path: Path, result: Result | dict[str, Any] | None = None) -> Path:
    """A whole result folder with drawn pictures, as `gait.results.folder` describes it; no overlay.mp4 and no report.pdf.

    A dict is written as it is: for what an older version, or nobody, would write.
    """
    path.mkdir(parents=True, exist_ok=True)
    document = result if isinstance(result, dict) else encode(result or example_result())
    (path / "analysis.json").write_text(json.dumps(document), encoding="utf-8")
    pct = np.arange(101.0)
    curves, strides, frames, thumbs = [], [], [], []
    (path / "steps").mkdir(exist_ok=True)
    for side in Side:
        peak = PEAK_DEG[side]
        events = document["events"][side.value]
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
                    "touchdown_deg": -4.0,
                    "peak_eversion_deg": step_peak,
                    "eversion_excursion_deg": step_peak + 4,
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
