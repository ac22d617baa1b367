"""What stands on the two pages: a result folder as plain data for the typesetting template, every number already in words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import cv2
import numpy as np

from gait.landmarks import Side
from gait.model import Estimate, Recommendation
from gait.report import words
from gait.report.brand import Brand
from gait.report.charts import charts
from gait.results.folder import ResultFolder
from gait.results.result import ClipInfo, FootResult, Judged, Limits, Result
from gait.words import advice, chosen, date, message, number, phrase, say

ROWS = (
    ("peak_eversion_deg", "°", 1.0, 1),
    ("eversion_excursion_deg", "°", 1.0, 1),
    ("touchdown_deg", "°", 1.0, 1),
    ("time_to_peak_pct", " %", 1.0, 0),
    ("toe_out_deg", "°", 1.0, 1),
    ("contact_time_s", " ms", 1000.0, 0),
    ("flight_time_s", " ms", 1000.0, 0),
)
"""Key (its name is the catalogue's `row-`), unit, factor from the key's unit, digits."""
LOGO = "logo.png"
PICTURE_BYTES = 350_000
"""Of a freeze frame in the PDF: with two of them, fonts and drawings it stays below 1 MB."""
FIXED = (
    *(
        "title",
        "head",
        "figures",
        "yours",
        "store",
        "under",
        "neutral",
        "over",
        "no_picture",
        "picture_of",
        "but",
        "refused",
    ),
    *(
        "nothing_measured",
        "also_noticed",
        "about_pictures",
        "three_shoes",
        "shoes",
        "no_shoes",
        "stance_axis",
        "not_measured",
    ),
    *(
        "over_above",
        "under_below",
        "curves",
        "about_curves",
        "dashed",
        "estimates",
        "intervals",
        "left",
        "right",
        "cadence",
        "measured",
    ),
    *("judged_against", "why_labels", "about_clip", "method_limits"),
)
"""What stands on the pages whatever the result: the catalogue's `pdf-`."""
MAX_REASONS = 3
MAX_FINDINGS = 8
"""As many as fit on the second page."""
REACH_DEG = 6.0
"""The scale shows at least this much on both sides of the band."""


def content(folder: ResultFolder, brand: Brand = Brand()) -> dict[str, Any]:
    """Everything the template shows; JSON-ready, no NaN. A clip that was refused has its findings and no feet."""
    result = folder.result
    judged = result.judged
    return {
        "refused": result.refused,
        "runner": words.runner(result.runner),
        **signed(brand, result.store),
        "date": _date(folder, result),
        "findings": _findings(result),
        "versions": _versions(result),
        "words": {name: phrase(f"pdf-{name}") for name in FIXED},
        **(_judged(folder, result, judged) if judged else _NOTHING),
    }


def signed(brand: Brand, store: str) -> dict[str, Any]:
    """Who gives the page out, and what stands at its foot. `store` is the name that the result has, for a store that set none up."""
    name = words.short(brand.name or store, 60)
    logo = LOGO if brand.logo else None
    return {
        "store": name,
        "brand": {"colour": brand.colour, "logo": logo, "alt": name or phrase("pdf-logo")},
        "decides": phrase("shoes_note"),
        "device": phrase("device"),
        "language": chosen().partition("-")[0],
    }


_NOTHING: Mapping[str, Any] = {
    **dict.fromkeys(("facts", "feet", "charts", "table", "reference", "method_limits"), ()),
    "zero_note": "",
    "limits_note": "",
    "shoes": {"list": [], "remarks": [], "evidence": "", "size": ""},
    "cadence": words.ABSENT,
}
"""What the template asks for where nothing was judged."""


def _judged(folder: ResultFolder, result: Result, judged: Judged) -> dict[str, Any]:
    reference = judged.reference
    clip = _clip_words(result.clip)
    return {
        "facts": [words.speed(reference), words.short(words.shoe_worn(result), 60), words.zero(reference), clip],
        "feet": [_foot(folder, judged, side) for side in Side],
        "zero_note": words.zero_note(reference),
        "limits_note": words.limits_note(reference),
        "shoes": _shoes(judged.recommendation),
        "charts": charts(folder, reference),
        "table": _table(judged),
        "cadence": _estimate(judged.cadence_spm, "", 1.0, 1),
        "reference": _reference(result, judged),
        "method_limits": words.method_limits(reference),
    }


def pictures(folder: ResultFolder, brand: Brand = Brand()) -> dict[str, bytes]:
    """The freeze frames and the logo by the names the templates ask for. A freeze frame that would make the PDF heavy is packed harder."""
    found = {side: folder.peak_picture(side) for side in Side}
    own = {f"peak_{side.value}": path.read_bytes() for side, path in found.items() if path}
    return {f"{name}.png": _light(picture) for name, picture in own.items()} | logo(brand)


def logo(brand: Brand) -> dict[str, bytes]:
    """The logo alone."""
    return {LOGO: brand.logo} if brand.logo else {}


def _light(picture: bytes) -> bytes:
    """At most about `PICTURE_BYTES`, as JPEG where a PNG needs more: the template goes by what the bytes are, not by the name."""
    if len(picture) <= PICTURE_BYTES:
        return picture
    decoded = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
    for quality in (90, 75, 50):
        packed = cv2.imencode(".jpg", decoded, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
        if len(packed) <= PICTURE_BYTES:
            break
    return bytes(packed)


def _foot(folder: ResultFolder, judged: Judged, side: Side) -> dict[str, Any]:
    foot, zero = judged.feet[side], judged.reference.zero
    sure = words.certainty(foot)
    return {
        "side": side.value,
        "name": words.foot_of(side),
        "label": foot.label,
        "label_words": words.label(foot.label),
        "meaning": words.meaning(foot.label) + (" " + phrase("we_are_sure", sure=sure) if sure else ""),
        "sentence": words.sentence(foot, zero),
        "reasons": [words.short(say(r), 160) for r in foot.reasons[:MAX_REASONS]],
        "picture": f"peak_{side.value}.png" if folder.peak_picture(side) else None,
        "scale": _scale(foot.peak_eversion_deg, judged.reference.limits) if zero == "standing" else None,
        "corrected": words.corrected(folder.result, side),
        "basis": phrase("steps_read_from", steps=foot.n_strides, method=words.method(foot.rearfoot_method)),
    }


def _scale(peak: Estimate | None, limits: Limits) -> dict[str, Any] | None:
    """Positions 0-1 along the scale picture."""
    if peak is None:
        return None
    value, (low, high) = peak.value, peak.ci95
    under, over = limits.under_deg, limits.over_deg
    reach = max(REACH_DEG, over - under)
    left, right = min(under - reach, low - 1.5), max(over + reach, high + 1.5)

    def at(deg: float) -> float:
        return (deg - left) / (right - left)

    return {
        "under": at(under),
        "over": at(over),
        "value": at(value),
        "low": at(low),
        "high": at(high),
        "words": f"{number(value, 1)}°",
        "under_words": f"{number(under, 1)}°",
        "over_words": f"{number(over, 1)}°",
    }


def _shoes(found: Recommendation) -> dict[str, Any]:
    shoes = [
        {
            "name": words.short(s.shoe.name, 40),
            "category": words.category(s.shoe.category),
            "price": words.price(s.shoe),
            "sku": words.short(s.shoe.sku, 24),
            "why": [words.short(say(w), 170) for w in s.why[:3]],
            "why_not": [words.short(say(w), 170) for w in s.why_not[:2]],
        }
        for s in found.shoes[:3]
    ]
    remarks = [words.short(say(r), 200) for r in found.remarks[:3]]
    if found.shelf == "example":
        remarks.append(phrase("example_shelf"))
    return {
        "list": shoes,
        "remarks": remarks,
        "evidence": say(found.evidence) if found.evidence else "",
        "size": phrase("in_size", size=found.size) if found.size else "",
    }


def _table(judged: Judged) -> list[list[str]]:
    """Rows of (name, left, right)."""
    both = [judged.feet[side] for side in Side]
    standing = judged.reference.zero == "standing"
    rows = [
        [
            phrase("row_peak_from_standing") if key == "peak_eversion_deg" and standing else phrase(f"row-{key}"),
            *(_estimate(getattr(foot, key), unit, factor, digits) for foot in both),
        ]
        for key, unit, factor, digits in ROWS
    ]
    if judged.meaning_3d:
        meant = [judged.meaning_3d.get(side) for side in Side]
        rows.insert(
            1,
            [
                phrase("row_peak_3d"),
                *(_estimate(m.peak_eversion_3d_deg if m else None, "°", 1.0, 1) for m in meant),
            ],
        )
    rows.append([phrase("row_probability"), *(_shares(foot) for foot in both)])
    rows.append([phrase("row_steps"), *(str(foot.n_strides) for foot in both)])
    read_from = (words.method_short(f.rearfoot_method) if f.n_strides else words.ABSENT for f in both)
    rows.append([phrase("row_method"), *read_from])
    return rows


def _shares(foot: FootResult) -> str:
    p = foot.probability
    return " / ".join(number(p[k], 2) for k in ("under", "neutral", "over")) if p else words.ABSENT


def _estimate(estimate: Estimate | None, unit: str, factor: float, digits: int) -> str:
    """`10.1° (8.9–11.3)`."""
    if estimate is None:
        return words.ABSENT
    value = number(estimate.value * factor, digits)
    return f"{value}{unit} ({words.spread(*estimate.ci95, digits, factor)})"


def _reference(result: Result, judged: Judged) -> list[list[str]]:
    reference = judged.reference
    limits = reference.limits
    zero = "reference_zero_standing" if reference.zero == "standing" else "reference_zero_none"
    band = phrase("reference_band", under_deg=limits.under_deg, over_deg=limits.over_deg)
    rows = [
        [phrase("reference_zero"), phrase(zero)],
        [phrase("reference_speed"), words.speed(reference)],
        [phrase("reference_limits"), band],
    ]
    if reference.source:
        rows.append([phrase("reference_source"), words.short(reference.source, 180)])
    by_hand = words.put_right(result), words.by_hand([record.edit for record in judged.edits])
    if said := ", ".join(part for part in by_hand if part):
        rows.append([phrase("reference_by_hand"), said])
    return rows


def _findings(result: Result) -> list[dict[str, str]]:
    order = {"refuse": 0, "warn": 1, "info": 2}
    return [
        {"severity": f.severity, "message": words.short(message(f), 220), "advice": words.short(advice(f), 220)}
        for f in sorted(result.findings, key=lambda f: order[f.severity])[:MAX_FINDINGS]
    ]


def _versions(result: Result) -> str:
    clip, versions = result.clip, result.versions
    parts = [
        phrase("clip_file", file=words.short(clip.file, 60)),
        f"sha256 {clip.sha256[:12]}",
        _clip_words(clip),
        f"gait {versions.gait}",
    ]
    if versions.tracker_version:
        parts.append(versions.tracker_version)
    elif versions.mediapipe:  # a result from before trackers could be chosen
        parts.append(f"mediapipe {versions.mediapipe}")
    if versions.model_sha256:
        parts.append(phrase("model_sum", sum=versions.model_sha256[:12]))
    return " · ".join(p for p in parts if p)


def _clip_words(clip: ClipInfo) -> str:
    said = ""
    if clip.duration_s and clip.fps_hz:
        said = phrase("clip_length_and_rate", length_s=clip.duration_s, fps=clip.fps_hz)
    elif clip.duration_s:
        said = phrase("clip_length", length_s=clip.duration_s)
    elif clip.fps_hz:
        said = phrase("clip_rate", fps=clip.fps_hz)
    return ", ".join(part for part in (said, words.slow_motion(clip)) if part)


def _date(folder: ResultFolder, result: Result) -> str:
    moment = result.created or datetime.fromtimestamp((folder.path / "analysis.json").stat().st_mtime)
    return date(moment.astimezone())
