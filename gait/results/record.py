"""analysis.json: an `Analysis` as the machine-readable result other programs rely on. Keys are added, never renamed."""

import math
from datetime import datetime
from typing import Any

from gait import __version__, words
from gait.landmarks import Side
from gait.model import Analysis, Clip, Estimate, Finding, FootSummary, FootVerdict
from gait.results.said import values_document
from gait.results.schema import SCHEMA

FOOT_ESTIMATES = (
    "contact_time_s",
    "flight_time_s",
    "touchdown_deg",
    "peak_eversion_deg",
    "eversion_excursion_deg",
    "time_to_peak_pct",
    "toe_out_deg",
)


def document(analysis: Analysis, *, runner: str = "", created: datetime | None = None) -> dict[str, Any]:
    """The whole result. A refused clip has findings and what is known of the clip, and no feet."""
    doc: dict[str, Any] = {
        "schema": SCHEMA,
        "status": "refused" if analysis.refused else "ok",
        "created": created.isoformat(timespec="seconds") if created else None,
        "runner": runner,
        "clip": {**_clip(analysis.clip), "view": analysis.view.value},
        "standing": _clip(analysis.standing) if analysis.standing else None,
        "findings": [_finding(f) for f in analysis.findings],
        "tracking": _tracking(analysis),
        "versions": _versions(analysis),
    }
    if analysis.refused or analysis.events is None or analysis.pronation is None:
        return doc
    limits = analysis.pronation.limits
    feet = analysis.strides.feet if analysis.strides else {}
    doc |= {
        "cadence_spm": _estimate(analysis.events.cadence_spm),
        "activity": [
            {"start_s": _round(s.start_s), "end_s": _round(s.end_s), "activity": s.activity}
            for s in analysis.events.segments
        ],
        "events": {
            side.value: {
                "foot_strike_s": [_round(t) for t in analysis.events.feet[side].foot_strike_s],
                "toe_off_s": [_round(t) for t in analysis.events.feet[side].toe_off_s],
            }
            for side in Side
        },
        "measurement": _measurement(analysis),
        "feet": {side.value: foot_document(feet.get(side), analysis.pronation.feet[side]) for side in Side},
        "reference": {
            "zero": analysis.rearfoot.zero if analysis.rearfoot else "none",
            "speed_kmh": analysis.extra.get("speed_kmh"),
            "limits_deg": {"under": _round(limits.under_deg), "over": _round(limits.over_deg)},
            "limits_speed_kmh": _round(limits.speed_kmh),
            "source": limits.source,
        },
    }
    return doc | {key: value for key, value in analysis.extra.items() if key != "speed_kmh"}


def _clip(clip: Clip) -> dict[str, Any]:
    return {
        "file": clip.path.name,
        "sha256": clip.sha256,
        "fps_hz": _round(clip.fps_hz),
        "duration_s": _round(clip.duration_s),
        "n_frames": clip.n_frames,
        "width_px": clip.width_px,
        "height_px": clip.height_px,
        "slow_motion": _round(clip.slow_motion),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    value, limit = (_round(v) if isinstance(v, float) else v for v in (finding.value, finding.limit))
    return {
        "code": finding.code,
        "severity": finding.severity,
        "value": value,
        "limit": limit,
        "message": words.message(finding, words.ENGLISH),
        "advice": words.advice(finding, words.ENGLISH),
        "case": finding.case,
        "values": values_document(finding.values),
    }


def _measurement(analysis: Analysis) -> dict[str, Any]:
    """What the tables alone do not say and judging the steps again needs (see `gait.services.edits`)."""
    assert analysis.events is not None
    feet = analysis.rearfoot.feet if analysis.rearfoot else {}
    return {
        "events": {
            name: float(getattr(analysis.events, name)) for name in ("strike_sd_s", "toe_off_sd_s", "contact_bias_sd_s")
        }
        | {"seen_contact_sd_s": {side.value: sd for side, sd in analysis.events.seen_contact_sd_s.items()}},
        "feet": {
            side.value: {
                "method": foot.method,
                "systematic_sd_deg": float(foot.systematic_sd_deg) if math.isfinite(foot.systematic_sd_deg) else None,
                "standing_deg": _round(foot.standing_deg),
                "reasons": list(foot.reasons),
                "plain_heel": foot.plain_heel,
            }
            for side, foot in feet.items()
        },
    }


def _tracking(analysis: Analysis) -> dict[str, Any] | None:
    if analysis.track is None:
        return None
    seen = analysis.track.without_between
    return {
        "tracker": seen.tracker,
        "model": seen.model,
        "frames_looked_at": len(seen.times_s),
        "detected_fraction": _round(seen.detected_fraction),
        "swaps_repaired": analysis.trajectories.swaps_repaired if analysis.trajectories else 0,
    }


def foot_document(foot: FootSummary | None, verdict: FootVerdict) -> dict[str, Any]:
    """One foot of analysis.json."""
    return {
        "n_strides": foot.n_strides if foot else 0,
        **{name: _estimate(getattr(foot, name) if foot else None) for name in FOOT_ESTIMATES},
        "rearfoot_method": foot.rearfoot_method if foot else "landmarks",
        "label": verdict.label,
        "probability": {k: _round(v) for k, v in verdict.probability.items()} or None,
        "reasons": list(verdict.reasons),
    }


def _versions(analysis: Analysis) -> dict[str, Any]:
    track = analysis.track
    runtime = track.tracker_version if track else ""
    name, _, number = runtime.partition(" ")
    return {
        "gait": __version__,
        "mediapipe": number if name == "mediapipe" else None,
        "model_sha256": (track.model_sha256 or None) if track else None,
        "tracker": track.tracker if track else None,
        "tracker_version": runtime or None,
    }


def _estimate(estimate: Estimate | None) -> dict[str, Any] | None:
    if estimate is None or not all(map(math.isfinite, (estimate.value, *estimate.ci95))):
        return None
    return {"value": _round(estimate.value), "ci95": [_round(x) for x in estimate.ci95]}


def _round(value: float) -> float | None:
    """Five decimals: finer than any interval, and JSON has no NaN."""
    return round(float(value), 5) if math.isfinite(value) else None
