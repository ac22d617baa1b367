"""What stands on the two pages: a result folder as plain data for the typesetting template, every number already in words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gait.landmarks import Side
from gait.report import words
from gait.report.charts import charts
from gait.results.folder import ResultFolder

Json = Mapping[str, Any]

ROWS = (
    ("peak_eversion_deg", "Peak tilt", "°", 1.0, 1),
    ("eversion_excursion_deg", "Tilt from landing to peak", "°", 1.0, 1),
    ("touchdown_deg", "Angle at landing", "°", 1.0, 1),
    ("time_to_peak_pct", "Time of peak in stance", " %", 1.0, 0),
    ("toe_out_deg", "Foot turned out", "°", 1.0, 1),
    ("contact_time_s", "Contact time", " ms", 1000.0, 0),
    ("flight_time_s", "Flight time", " ms", 1000.0, 0),
)
"""Key, name, unit, factor from the key's unit, digits."""
MAX_REASONS = 3
MAX_FINDINGS = 8
"""As many as fit on the second page."""
REACH_DEG = 6.0
"""The scale shows at least this much on both sides of the band."""


def content(folder: ResultFolder) -> dict[str, Any]:
    """Everything the template shows; JSON-ready, no NaN."""
    doc = folder.analysis
    reference = doc.get("reference") or {}
    refused = doc.get("status") == "refused"
    return {
        "refused": refused,
        "runner": _short(str(doc.get("runner") or ""), 64),
        "store": _short(str(doc.get("store") or ""), 60),
        "date": _date(folder),
        "facts": [] if refused else [words.speed(reference), words.zero(reference), _clip_words(doc)],
        "feet": [] if refused else [_foot(folder, doc, side) for side in Side],
        "zero_note": words.zero_note(reference),
        "limits_note": words.limits_note(reference) if reference.get("limits_deg") else "",
        "shoes": _shoes(doc),
        "charts": [] if refused else charts(folder, doc),
        "table": [] if refused else _table(doc),
        "cadence": _estimate(doc.get("cadence_spm"), "", 1.0, 1),
        "reference": _reference(reference, doc) if reference else [],
        "findings": _findings(doc),
        "method_limits": words.method_limits(doc),
        "versions": _versions(doc),
        "decides": words.DECIDES,
        "device": words.DEVICE,
    }


def pictures(folder: ResultFolder) -> dict[str, bytes]:
    """The freeze frames by the name the template asks for."""
    found = {side: folder.peak_picture(side) for side in Side}
    return {f"peak_{side.value}.png": path.read_bytes() for side, path in found.items() if path}


def _foot(folder: ResultFolder, doc: Json, side: Side) -> dict[str, Any]:
    foot: Json = (doc.get("feet") or {}).get(side.value) or {}
    reference = doc.get("reference") or {}
    zero = str(reference.get("zero", "none"))
    label = str(foot.get("label") or "undetermined")
    sure = words.certainty(foot)
    return {
        "side": side.value,
        "name": words.SIDE[side],
        "label": label,
        "label_words": words.LABEL[label],
        "meaning": words.MEANING[label] + (f" We are {sure} of it." if sure else ""),
        "sentence": words.sentence(foot, zero),
        "reasons": [_short(str(r), 160) for r in list(foot.get("reasons") or ())[:MAX_REASONS]],
        "picture": f"peak_{side.value}.png" if folder.peak_picture(side) else None,
        "scale": _scale(foot, reference) if zero == "standing" else None,
        "basis": f"{foot.get('n_strides', 0)} steps, read from the "
        + words.METHOD.get(str(foot.get("rearfoot_method")), "picture"),
    }


def _scale(foot: Json, reference: Json) -> dict[str, Any] | None:
    """Positions 0-1 along the scale picture."""
    peak, limits = foot.get("peak_eversion_deg"), reference.get("limits_deg")
    if not peak or not limits:
        return None
    value, (low, high) = float(peak["value"]), (float(v) for v in peak["ci95"])
    under, over = float(limits["under"]), float(limits["over"])
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
        "words": words.minus(f"{value:.1f}") + "°",
        "under_words": f"{under:.1f}°",
        "over_words": f"{over:.1f}°",
    }


def _shoes(doc: Json) -> dict[str, Any]:
    advice = doc.get("recommendation") or {}
    shoes = [
        {
            "name": _short(str(shoe["name"]), 40),
            "category": words.CATEGORY.get(str(shoe["category"]), str(shoe["category"])),
            "price": f"{shoe['price']:.2f}".removesuffix(".00") if shoe.get("price") is not None else "",
            "sku": _short(str(shoe["sku"]), 24),
            "why": [_short(str(w), 170) for w in shoe.get("why") or ()][:3],
            "why_not": [_short(str(w), 170) for w in shoe.get("why_not") or ()][:2],
        }
        for shoe in list(advice.get("shoes") or ())[:3]
    ]
    remarks = [_short(str(r), 200) for r in advice.get("remarks") or ()][:3]
    if advice.get("shelf") == "example":
        remarks.append(words.EXAMPLE)
    return {
        "list": shoes,
        "remarks": remarks,
        "evidence": str(advice.get("evidence") or ""),
        "size": f"in size {advice['size']:g}" if advice.get("size") else "",
    }


def _table(doc: Json) -> list[list[str]]:
    """Rows of (name, left, right)."""
    feet: Json = doc.get("feet") or {}
    both = [feet.get(side.value) or {} for side in Side]
    standing = (doc.get("reference") or {}).get("zero") == "standing"
    rows = [
        [
            name + (" from standing" if key == "peak_eversion_deg" and standing else ""),
            *(_estimate(foot.get(key), unit, factor, digits) for foot in both),
        ]
        for key, name, unit, factor, digits in ROWS
    ]
    meant: Json = doc.get("meaning_3d") or {}
    if meant:
        peaks = [(meant.get(side.value) or {}).get("peak_eversion_3d_deg") for side in Side]
        rows.insert(1, ["Peak in 3D, estimated", *(_estimate(peak, "°", 1.0, 1) for peak in peaks)])
    shares = [foot.get("probability") or {} for foot in both]
    rows.append(
        ["P(under / neutral / over)"]
        + [
            " / ".join(f"{float(p[k]):.2f}" for k in ("under", "neutral", "over")) if p else words.ABSENT
            for p in shares
        ]
    )
    rows.append(["Clean steps"] + [str(foot.get("n_strides", 0)) for foot in both])
    rows.append(["Read from"] + [_method(foot) for foot in both])
    return rows


def _method(foot: Json) -> str:
    return (
        words.METHOD_SHORT.get(str(foot.get("rearfoot_method")), words.ABSENT)
        if foot.get("n_strides")
        else words.ABSENT
    )


def _estimate(estimate: Json | None, unit: str, factor: float, digits: int) -> str:
    """`10.1° (8.9–11.3)`."""
    if not estimate:
        return words.ABSENT
    value = words.minus(f"{float(estimate['value']) * factor:.{digits}f}")
    low, high = (float(v) for v in estimate["ci95"])
    return f"{value}{unit} ({words.spread(low, high, digits, factor)})"


def _reference(reference: Json, doc: Json) -> list[list[str]]:
    limits = reference.get("limits_deg") or {}
    zero = "how the runner stands (standing clip)" if reference.get("zero") == "standing" else "none (no standing clip)"
    rows = [["Zero", zero], ["Speed", words.speed(reference)]]
    if limits:
        rows.append(["Limits", f"under below {limits['under']:.1f}°, over above {limits['over']:.1f}°"])
    if reference.get("source"):
        rows.append(["Source of limits", _short(str(reference["source"]), 180)])
    if said := words.by_hand(doc.get("edits") or ()):
        rows.append(["By hand", said])
    return rows


def _findings(doc: Json) -> list[dict[str, str]]:
    order = {"refuse": 0, "warn": 1, "info": 2}
    found = sorted(doc.get("findings") or (), key=lambda f: order.get(f["severity"], 3))
    return [
        {
            "severity": f["severity"],
            "message": _short(str(f["message"]), 220),
            "advice": _short(str(f.get("advice") or ""), 220),
        }
        for f in found[:MAX_FINDINGS]
    ]


def _versions(doc: Json) -> str:
    clip, versions = doc.get("clip") or {}, doc.get("versions") or {}
    parts = [
        f"Clip {_short(str(clip.get('file', '')), 60)}",
        f"sha256 {str(clip.get('sha256', ''))[:12]}",
        _clip_words(doc),
        f"gait {versions.get('gait', '')}",
    ]
    if versions.get("tracker_version"):
        parts.append(str(versions["tracker_version"]))
    elif versions.get("mediapipe"):  # a result from before trackers could be chosen
        parts.append(f"mediapipe {versions['mediapipe']}")
    if versions.get("model_sha256"):
        parts.append(f"model {str(versions['model_sha256'])[:12]}")
    return " · ".join(p for p in parts if p)


def _clip_words(doc: Json) -> str:
    clip = doc.get("clip") or {}
    words_ = []
    if clip.get("duration_s"):
        words_.append(f"{clip['duration_s']:.0f} s")
    if clip.get("fps_hz"):
        words_.append(f"{clip['fps_hz']:.0f} pictures a second")
    return ", ".join(part for part in (" at ".join(words_), words.slow_motion(clip)) if part)


def _date(folder: ResultFolder) -> str:
    created = folder.analysis.get("created")
    moment = (
        datetime.fromisoformat(str(created)).astimezone()
        if created
        else datetime.fromtimestamp((folder.path / "analysis.json").stat().st_mtime).astimezone()
    )
    return f"{moment.day} {moment:%B %Y}"


def _short(text: str, most: int) -> str:
    """The text, cut at `most` characters with an ellipsis; line breaks and control characters become spaces."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return plain if len(plain) <= most else plain[: most - 1].rstrip() + "…"
