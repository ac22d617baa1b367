"""The `Result` of an `Analysis`, and of one that was judged again. Numbers are rounded here, and nowhere later."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypedDict

from gait import __version__
from gait.calibration import CameraCalibration
from gait.landmarks import Side
from gait.model import (
    Analysis,
    Basis,
    Clip,
    Estimate,
    Finding,
    FootSummary,
    FootVerdict,
    GaitEvents,
    Judgement,
    Kinematics,
    Meaning,
    RearfootAngles,
    Recommendation,
    StepMean,
)
from gait.results.codec import FOOT_ESTIMATES
from gait.results.result import (
    Chosen,
    ClipInfo,
    EditRecord,
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
from gait.said import Said, Value

DIGITS = 5
"""Finer than any interval."""
MEANING_DIGITS, KINEMATICS_DIGITS = 3, 2


def result_of(
    analysis: Analysis,
    *,
    runner: str = "",
    shoe_worn: str = "",
    created: datetime | None = None,
    chosen: Chosen | None = None,
    calibration: CameraCalibration | None = None,
) -> Result:
    """The whole result. A refused clip has findings and what is known of the clip, and no feet.

    Its version is the first.
    """
    judged = not analysis.refused and analysis.events is not None and analysis.judgement is not None
    return Result(
        clip=_clip(analysis.clip),
        view=analysis.view,
        findings=tuple(_finding(f) for f in analysis.findings),
        versions=_versions(analysis),
        runner=runner,
        shoe_worn=shoe_worn,
        created=created.replace(microsecond=0) if created else None,
        standing=_clip(analysis.standing) if analysis.standing else None,
        tracking=_tracking(analysis),
        judged=_judged(analysis, chosen or Chosen()) if judged else None,
        calibration=calibration,
    )


def judged_again(
    before: Judged, judgement: Judgement, recommendation: Recommendation, edits: Sequence[EditRecord]
) -> Judged:
    """Every key that a judgement gives, rewritten together; what was measured stays."""
    return replace(before, **_judgement(judgement), recommendation=_recommendation(recommendation), edits=tuple(edits))


class _Judgement(TypedDict):
    """The keys of `Judged` that a judgement gives."""

    feet: dict[Side, FootResult]
    reference: Reference
    meaning_3d: dict[Side, Meaning]
    basis: Basis


def _judgement(judgement: Judgement) -> _Judgement:
    table, labels = judgement.strides, judgement.pronation
    limits = labels.limits
    return {
        "feet": {side: _foot(table.feet.get(side), labels.feet[side]) for side in Side},
        "reference": Reference(
            zero=judgement.zero,
            limits=Limits(round(limits.under_deg, DIGITS), round(limits.over_deg, DIGITS)),
            source=limits.source,
            speed_kmh=judgement.basis.speed_kmh,
            limits_speed_kmh=_round(limits.speed_kmh),
        ),
        "meaning_3d": {side: _meaning(meaning) for side, meaning in judgement.meaning_3d.items()},
        "basis": judgement.basis,
    }


def _judged(analysis: Analysis, chosen: Chosen) -> Judged:
    events, judgement = analysis.events, analysis.judgement
    assert events is not None
    assert judgement is not None
    assert judgement.recommendation is not None
    return Judged(
        cadence_spm=_estimate(events.cadence_spm),
        events={
            side: EventTimes(_rounded(events.feet[side].foot_strike_s), _rounded(events.feet[side].toe_off_s))
            for side in Side
        },
        **_judgement(judgement),
        recommendation=_recommendation(judgement.recommendation),
        activity=tuple(
            replace(s, start_s=round(s.start_s, DIGITS), end_s=round(s.end_s, DIGITS)) for s in events.segments
        ),
        measurement=_measurement(events, analysis.rearfoot),
        kinematics=_kinematics(analysis.kinematics),
        choices=chosen,
    )


def _clip(clip: Clip) -> ClipInfo:
    return ClipInfo(
        file=clip.path.name,
        sha256=clip.sha256,
        duration_s=round(clip.duration_s, DIGITS),
        fps_hz=_round(clip.fps_hz),
        n_frames=clip.n_frames,
        width_px=clip.width_px,
        height_px=clip.height_px,
        slow_motion=round(clip.slow_motion, DIGITS),
    )


def _finding(finding: Finding) -> Finding:
    value, limit = (_round(v) if isinstance(v, float) else v for v in (finding.value, finding.limit))
    return replace(finding, value=value, limit=limit, values=_values(finding.values))


def _versions(analysis: Analysis) -> Versions:
    track = analysis.track
    runtime = track.tracker_version if track else ""
    name, _, number = runtime.partition(" ")
    return Versions(
        gait=__version__,
        mediapipe=number if name == "mediapipe" else None,
        model_sha256=(track.model_sha256 or None) if track else None,
        tracker=track.tracker if track else None,
        tracker_version=runtime or None,
    )


def _tracking(analysis: Analysis) -> Tracking | None:
    if analysis.track is None:
        return None
    seen = analysis.track.without_between
    return Tracking(
        tracker=seen.tracker,
        model=seen.model,
        detected_fraction=round(seen.detected_fraction, DIGITS),
        swaps_repaired=analysis.trajectories.swaps_repaired if analysis.trajectories else 0,
        frames_looked_at=len(seen.times_s),
        points_file=seen.points_file or None,
    )


def _measurement(events: GaitEvents, rearfoot: RearfootAngles | None) -> Measurement:
    errors = EventErrors(
        float(events.strike_sd_s),
        float(events.toe_off_sd_s),
        float(events.contact_bias_sd_s),
        {side: float(sd) for side, sd in events.seen_contact_sd_s.items()},
    )
    feet = {
        side: FootReading(
            method=foot.method,
            systematic_sd_deg=float(foot.systematic_sd_deg) if math.isfinite(foot.systematic_sd_deg) else None,
            standing_deg=_round(foot.standing_deg),
            reasons=_all_said(foot.reasons),
            plain_heel=foot.plain_heel,
        )
        for side, foot in (rearfoot.feet if rearfoot else {}).items()
    }
    return Measurement(errors, feet)


def _foot(foot: FootSummary | None, verdict: FootVerdict) -> FootResult:
    return FootResult(
        n_strides=foot.n_strides if foot else 0,
        label=verdict.label,
        rearfoot_method=foot.rearfoot_method if foot else "landmarks",
        **{name: _estimate(getattr(foot, name) if foot else None) for name in FOOT_ESTIMATES},
        probability={label: round(float(p), DIGITS) for label, p in verdict.probability.items()},
        reasons=_all_said(verdict.reasons),
    )


def _meaning(meaning: Meaning) -> Meaning:
    peak = meaning.peak_eversion_3d_deg
    low, high = peak.ci95
    return Meaning(
        Estimate(round(peak.value, MEANING_DIGITS), (round(low, MEANING_DIGITS), round(high, MEANING_DIGITS))),
        round(meaning.shank_lean_deg, MEANING_DIGITS),
    )


def _kinematics(found: Kinematics | None) -> Kinematics:
    def rounded(mean: StepMean) -> StepMean:
        low, high = mean.ci95
        ends = (round(low, KINEMATICS_DIGITS), round(high, KINEMATICS_DIGITS))
        return StepMean(round(mean.value, KINEMATICS_DIGITS), ends, mean.n_steps)

    feet, both = (found.feet, found.both) if found else ({}, {})
    return Kinematics(
        {side: {name: rounded(m) for name, m in feet.get(side, {}).items()} for side in Side},
        {name: rounded(m) for name, m in both.items()},
    )


def _recommendation(found: Recommendation) -> Recommendation:
    return replace(
        found,
        shoes=tuple(replace(s, why=_all_said(s.why), why_not=_all_said(s.why_not)) for s in found.shoes),
        remarks=_all_said(found.remarks),
    )


def _all_said(reasons: Iterable[Said]) -> tuple[Said, ...]:
    return tuple(replace(one, values=_values(one.values)) for one in reasons)


def _values(values: Mapping[str, Value]) -> dict[str, Value]:
    def rounded(value: Value) -> Value:
        if isinstance(value, Said):
            return replace(value, values=_values(value.values))
        if isinstance(value, tuple):
            return _all_said(value)
        return round(float(value), DIGITS) if isinstance(value, float) else value

    return {name: rounded(value) for name, value in values.items()}


def _estimate(estimate: Estimate | None) -> Estimate | None:
    if estimate is None or not all(map(math.isfinite, (estimate.value, *estimate.ci95))):
        return None
    low, high = estimate.ci95
    return Estimate(round(float(estimate.value), DIGITS), (round(float(low), DIGITS), round(float(high), DIGITS)))


def _rounded(values: Iterable[float]) -> tuple[float, ...]:
    return tuple(round(float(v), DIGITS) for v in values)


def _round(value: float) -> float | None:
    """None for NaN, which JSON has not."""
    return round(float(value), DIGITS) if math.isfinite(value) else None
