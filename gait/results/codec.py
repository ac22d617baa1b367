"""analysis.json and `Result`: `encode` and `decode` are each other's inverse. Keys are added, never renamed.

A function a noun, so that a change of one has one place on the way out and one on the way in.
"""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any, TypeVar

from gait import words
from gait.errors import GaitError
from gait.landmarks import Side, View
from gait.model import (
    Basis,
    Estimate,
    Finding,
    Kinematics,
    Meaning,
    Recommendation,
    Segment,
    Shelf,
    ShelfRule,
    ShelfRules,
    Shoe,
    SpeedLimits,
    StepMean,
    Suggestion,
)
from gait.results.calibration import calibration_document, read_calibration
from gait.results.result import (
    Chosen,
    ClipInfo,
    Details,
    EditRecord,
    EventErrors,
    EventTimes,
    FootReading,
    FootResult,
    Judged,
    Limits,
    Line,
    Measurement,
    Reference,
    Result,
    StepEdit,
    Tracking,
    Versions,
)
from gait.results.said import read_said, read_values, said_document, values_document
from gait.results.schema import SCHEMA, complaint
from gait.said import AS_WRITTEN, Said, as_written
from gait.settings import PronationSettings, RearfootSettings

Json = Mapping[str, Any]
"""A part of a document that keeps the contract."""
Out = dict[str, Any]
S = TypeVar("S", RearfootSettings, PronationSettings)

FOOT_ESTIMATES = (
    "contact_time_s",
    "flight_time_s",
    "touchdown_deg",
    "peak_eversion_deg",
    "eversion_excursion_deg",
    "time_to_peak_pct",
    "toe_out_deg",
)


def encode(result: Result) -> Out:
    """The result as analysis.json holds it. A refused clip has findings and what is known of the clip, and no feet."""
    document: Out = {
        "schema": SCHEMA,
        "status": "refused" if result.refused else "ok",
        "version": result.version,
        "created": result.created.isoformat() if result.created else None,
        "runner": result.runner,
        "clip": {**_clip(result.clip), "view": result.view.value},
        "standing": _clip(result.standing) if result.standing else None,
        "findings": [_finding(f) for f in result.findings],
        "tracking": _tracking(result.tracking) if result.tracking else None,
        "versions": asdict(result.versions),
    }
    # Absent, not empty or null: so results were written before these keys were known.
    later = {
        "store": result.store,
        "shoe_worn": result.shoe_worn,
        "given_first": result.given_first and asdict(result.given_first),
        "standing_put_right": result.standing_put_right,
        "calibration": result.calibration and calibration_document(result.calibration),
    }
    document |= {key: value for key, value in later.items() if value}
    return document | _judged(result.judged) if result.judged else document


def decode(document: object) -> Result:
    """The result that a document states; what older versions did not write is absent from it.

    Raises GaitError that names the first thing that breaks the contract.
    """
    wrong = complaint(document)
    if not wrong:
        assert isinstance(document, Mapping)
        try:
            return _to_result(document)
        except (ValueError, OverflowError) as error:
            wrong = str(error)
    raise GaitError("bad_result", complaint=wrong)


def _to_result(d: Json) -> Result:
    return Result(
        clip=_to_clip(d["clip"]),
        view=View(d["clip"]["view"]),
        findings=tuple(_to_finding(f) for f in d["findings"]),
        versions=Versions(**_known(Versions, d["versions"])),
        runner=d.get("runner") or "",
        shoe_worn=d.get("shoe_worn") or "",
        store=d.get("store") or "",
        created=datetime.fromisoformat(d["created"]) if d.get("created") else None,
        standing=_to_clip(d["standing"]) if d.get("standing") else None,
        tracking=Tracking(**_known(Tracking, d["tracking"])) if d.get("tracking") else None,
        judged=_to_judged(d) if d["status"] == "ok" else None,
        version=d.get("version") or 1,
        standing_put_right=bool(d.get("standing_put_right")),
        calibration=read_calibration(d["calibration"]) if d.get("calibration") else None,
        given_first=Details(**_known(Details, d["given_first"])) if d.get("given_first") else None,
    )


def _judged(judged: Judged) -> Out:
    out: Out = {
        "cadence_spm": _estimate(judged.cadence_spm),
        "activity": [asdict(segment) for segment in judged.activity],
        "events": {
            side.value: {"foot_strike_s": list(own.foot_strike_s), "toe_off_s": list(own.toe_off_s)}
            for side, own in judged.events.items()
        },
        "measurement": _measurement(judged.measurement) if judged.measurement else None,
        "feet": {side.value: _foot(foot) for side, foot in judged.feet.items()},
        "reference": _reference(judged.reference),
        "recommendation": _recommendation(judged.recommendation),
        "meaning_3d": {side.value: _meaning(meaning) for side, meaning in judged.meaning_3d.items()},
        "choices": asdict(judged.choices),
        "kinematics": _kinematics(judged.kinematics),
        "basis": _basis(judged.basis) if judged.basis else None,
        "edits": [_edit(record) for record in judged.edits],
    }
    # Absent, not null or empty: so results were written before these keys were known.
    return {key: value for key, value in out.items() if value or key not in ("measurement", "basis", "edits")}


def _to_judged(d: Json) -> Judged:
    return Judged(
        cadence_spm=_to_estimate(d["cadence_spm"]),
        events={
            side: EventTimes(*(_floats(d["events"][side.value][key]) for key in ("foot_strike_s", "toe_off_s")))
            for side in Side
        },
        feet={side: _to_foot(d["feet"][side.value]) for side in Side},
        reference=_to_reference(d["reference"]),
        recommendation=_to_recommendation(d["recommendation"]),
        activity=tuple(Segment(**_known(Segment, s)) for s in d.get("activity") or ()),
        measurement=_to_measurement(d["measurement"]) if d.get("measurement") else None,
        meaning_3d={Side(side): _to_meaning(m) for side, m in (d.get("meaning_3d") or {}).items()},
        choices=Chosen(**_known(Chosen, d.get("choices") or {})),
        kinematics=_to_kinematics(d.get("kinematics") or {}),
        basis=_to_basis(d["basis"]) if d.get("basis") else None,
        edits=tuple(_to_edit(e) for e in d.get("edits") or ()),
    )


def _clip(clip: ClipInfo) -> Out:
    return {
        "file": clip.file,
        "sha256": clip.sha256,
        "fps_hz": clip.fps_hz,
        "duration_s": clip.duration_s,
        "n_frames": clip.n_frames,
        "width_px": clip.width_px,
        "height_px": clip.height_px,
        "slow_motion": clip.slow_motion,
    }


def _to_clip(d: Json) -> ClipInfo:
    return ClipInfo(**_known(ClipInfo, d))


def _finding(finding: Finding) -> Out:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "value": finding.value,
        "limit": finding.limit,
        "message": words.message(finding, words.ENGLISH),
        "advice": words.advice(finding, words.ENGLISH),
        # Absent where the sentence was not made here: so results were written before it had a code of its own.
        **({} if finding.case == AS_WRITTEN else {"case": finding.case, "values": values_document(finding.values)}),
    }


def _to_finding(d: Json) -> Finding:
    if "values" not in d:
        written = {"message": d["message"], "advice": d["advice"]}
        return Finding(d["code"], d["severity"], d["value"], d["limit"], written, AS_WRITTEN)
    return Finding(d["code"], d["severity"], d["value"], d["limit"], read_values(d["values"]), d.get("case", ""))


def _tracking(tracking: Tracking) -> Out:
    return {
        "tracker": tracking.tracker,
        "model": tracking.model,
        **({} if tracking.frames_looked_at is None else {"frames_looked_at": tracking.frames_looked_at}),
        **({} if tracking.points_file is None else {"points_file": tracking.points_file}),
        "detected_fraction": tracking.detected_fraction,
        "swaps_repaired": tracking.swaps_repaired,
    }


def _measurement(measurement: Measurement) -> Out:
    errors = measurement.events
    return {
        "events": {
            "strike_sd_s": errors.strike_sd_s,
            "toe_off_sd_s": errors.toe_off_sd_s,
            "toe_off_from": "foot_mean_contact",
            "contact_bias_sd_s": errors.contact_bias_sd_s,
            "seen_contact_sd_s": {side.value: sd for side, sd in errors.seen_contact_sd_s.items()},
        },
        "feet": {
            side.value: {
                "method": foot.method,
                "systematic_sd_deg": foot.systematic_sd_deg,
                "standing_deg": foot.standing_deg,
                **_all_said("reasons", "reason_codes", foot.reasons),
                "plain_heel": foot.plain_heel,
            }
            for side, foot in measurement.feet.items()
        },
    }


def _to_measurement(d: Json) -> Measurement:
    events = d["events"]
    errors = EventErrors(
        **{k: float(events[k]) for k in ("strike_sd_s", "toe_off_sd_s", "contact_bias_sd_s")},
        seen_contact_sd_s={Side(side): sd for side, sd in (events.get("seen_contact_sd_s") or {}).items()},
    )
    feet = {
        Side(side): FootReading(**_known(FootReading, own) | {"reasons": _to_all_said(own, "reasons", "reason_codes")})
        for side, own in d["feet"].items()
    }
    return Measurement(errors, feet)


def _foot(foot: FootResult) -> Out:
    return {
        "n_strides": foot.n_strides,
        **{name: _estimate(getattr(foot, name)) for name in FOOT_ESTIMATES},
        "rearfoot_method": foot.rearfoot_method,
        "label": foot.label,
        "probability": dict(foot.probability) or None,
        **_all_said("reasons", "reason_codes", foot.reasons),
    }


def _to_foot(d: Json) -> FootResult:
    return FootResult(
        n_strides=int(d["n_strides"]),
        label=d["label"],
        rearfoot_method=d["rearfoot_method"],
        **{name: _to_estimate(d[name]) for name in FOOT_ESTIMATES},
        probability={k: float(d["probability"][k]) for k in ("under", "neutral", "over")} if d["probability"] else {},
        reasons=_to_all_said(d, "reasons", "reason_codes"),
    )


def _reference(reference: Reference) -> Out:
    return {
        "zero": reference.zero,
        "speed_kmh": reference.speed_kmh,
        "limits_deg": {"under": reference.limits.under_deg, "over": reference.limits.over_deg},
        "limits_speed_kmh": reference.limits_speed_kmh,
        "source": reference.source,
    }


def _to_reference(d: Json) -> Reference:
    limits = Limits(float(d["limits_deg"]["under"]), float(d["limits_deg"]["over"]))
    return Reference(d["zero"], limits, d["source"], d["speed_kmh"], d.get("limits_speed_kmh"))


def _shoe(shoe: Shoe) -> Out:
    return {
        "sku": shoe.sku,
        "brand": shoe.brand,
        "model": shoe.model,
        "name": shoe.name,
        "category": shoe.category,
        "cushioning": shoe.cushioning,
        "drop_mm": shoe.drop_mm,
        "widths": list(shoe.widths),
        "price": shoe.price,
        **({"currency": shoe.currency} if shoe.currency else {}),
        **({"sizes": list(shoe.sizes)} if shoe.sizes else {}),
    }


def _to_shoe(d: Json) -> Shoe:
    known = {"brand": "", "model": d["name"]} | _known(Shoe, d)  # a name is all that the contract asks for
    return Shoe(**known | {"widths": tuple(d.get("widths") or ()), "sizes": _floats(d.get("sizes") or [])})


def _recommendation(advice: Recommendation) -> Out:
    evidence = advice.evidence
    code = {} if evidence is None or evidence.code == AS_WRITTEN else {"evidence_code": said_document(evidence)}
    return {
        "shoes": [
            _shoe(s.shoe) | _all_said("why", "why_codes", s.why) | _all_said("why_not", "why_not_codes", s.why_not)
            for s in advice.shoes
        ],
        "note": " ".join(_in_english(said) for said in (Said("shoes_note"), *advice.remarks)),
        **_all_said("remarks", "remark_codes", advice.remarks),
        "evidence": "" if evidence is None else _in_english(evidence),
        **code,
        "evidence_grade": advice.evidence_grade,
        "shelf": advice.shelf,
        "size": advice.size,
    }


def _to_recommendation(d: Json) -> Recommendation:
    shoes = tuple(
        Suggestion(_to_shoe(s), _to_all_said(s, "why", "why_codes"), _to_all_said(s, "why_not", "why_not_codes"))
        for s in d["shoes"]
    )
    evidence = as_written(d["evidence"]) if d.get("evidence") else None
    if "evidence_code" in d:
        evidence = read_said(d["evidence_code"])
    said = {"shoes": shoes, "remarks": _to_all_said(d, "remarks", "remark_codes"), "evidence": evidence}
    return Recommendation(**_known(Recommendation, d) | said)


def _meaning(meaning: Meaning) -> Out:
    return {
        "peak_eversion_3d_deg": _estimate(meaning.peak_eversion_3d_deg),
        "shank_lean_deg": meaning.shank_lean_deg,
    }


def _to_meaning(d: Json) -> Meaning:
    return Meaning(_estimate_there(d["peak_eversion_3d_deg"]), float(d["shank_lean_deg"]))


def _kinematics(kinematics: Kinematics) -> Out:
    groups = {side.value: kinematics.feet.get(side, {}) for side in Side} | {"both": kinematics.both}
    return {
        group: {name: {**_estimate_of(m), "n_steps": m.n_steps} for name, m in own.items()}
        for group, own in groups.items()
    }


def _to_kinematics(d: Json) -> Kinematics:
    def group(name: str) -> dict[str, StepMean]:
        return {
            key: StepMean(found.value, found.ci95, int(m["n_steps"]))
            for key, m in (d.get(name) or {}).items()
            for found in (_estimate_there(m),)
        }

    return Kinematics({side: group(side.value) for side in Side}, group("both"))


def _shelf(shelf: Shelf) -> Out:
    others = {"others": [_shoe(s) for s in shelf.others]} if shelf.others else {}
    return {"kind": shelf.kind, "size": shelf.size, "shoes": [_shoe(s) for s in shelf.shoes], **others}


def _to_shelf(d: Json) -> Shelf:
    shoes, others = (tuple(_to_shoe(s) for s in d.get(key) or ()) for key in ("shoes", "others"))
    return Shelf(d["kind"], shoes, d["size"], others)


def _basis(basis: Basis) -> Out:
    return {
        "speed_kmh": basis.speed_kmh,
        "limits": [asdict(row) for row in basis.limits],
        "shelf": _shelf(basis.shelf) if basis.shelf else None,
        "settings": {"rearfoot": asdict(basis.rearfoot), "pronation": asdict(basis.pronation)},
    } | ({"rules": _rules(basis.rules)} if basis.rules.rows else {})


def _to_basis(d: Json) -> Basis:
    return Basis(
        limits=tuple(SpeedLimits(**_known(SpeedLimits, row)) for row in d["limits"]),
        shelf=_to_shelf(d["shelf"]) if d["shelf"] else None,
        speed_kmh=d["speed_kmh"],
        rearfoot=RearfootSettings(**_known(RearfootSettings, d["settings"]["rearfoot"])),
        pronation=PronationSettings(**_known(PronationSettings, d["settings"]["pronation"])),
        rules=_to_rules(d["rules"]) if "rules" in d else ShelfRules(),
    )


def _rules(rules: ShelfRules) -> Out:
    lists = ({"cushioning": list(r.cushioning), "drop_mm": list(r.drop_mm) if r.drop_mm else None} for r in rules.rows)
    rows = [asdict(rule) | found for rule, found in zip(rules.rows, lists, strict=True)]
    return {"version": rules.version, "rows": rows}


def _to_rules(d: Json) -> ShelfRules:
    rows = tuple(_to_rule(row) for row in d["rows"])
    return ShelfRules(rows, int(d["version"]))


def _to_rule(d: Json) -> ShelfRule:
    drop_mm = None if d["drop_mm"] is None else (float(d["drop_mm"][0]), float(d["drop_mm"][1]))
    return ShelfRule(**_known(ShelfRule, d) | {"cushioning": tuple(d["cushioning"]), "drop_mm": drop_mm})


def _edit(record: EditRecord) -> Out:
    edit = record.edit
    return {
        "side": edit.side.value,
        "stance": edit.stance,
        "rejected": edit.rejected,
        "shank_px": list(edit.shank_px) if edit.shank_px else None,
        "heel_px": list(edit.heel_px) if edit.heel_px else None,
        "angle_change_deg": record.angle_change_deg,
    }


def _to_edit(d: Json) -> EditRecord:
    edit = StepEdit(Side(d["side"]), int(d["stance"]), d["rejected"], _to_line(d["shank_px"]), _to_line(d["heel_px"]))
    return EditRecord(edit, float(d["angle_change_deg"]))


def _to_line(d: list[float] | None) -> Line | None:
    if d is None:
        return None
    x0, y0, x1, y1 = _floats(d)
    return x0, y0, x1, y1


def _all_said(words_key: str, codes_key: str, all_said: tuple[Said, ...]) -> Out:
    """The English sentences, and the codes beside them unless all came as sentences from a result without codes."""
    out: Out = {words_key: [_in_english(said) for said in all_said]}
    if not all_said or any(said.code != AS_WRITTEN for said in all_said):
        out[codes_key] = [said_document(said) for said in all_said]
    return out


def _to_all_said(d: Json, words_key: str, codes_key: str) -> tuple[Said, ...]:
    if codes_key in d:
        return tuple(read_said(said) for said in d[codes_key])
    return tuple(as_written(sentence) for sentence in d.get(words_key) or ())


def _in_english(said: Said) -> str:
    """The sentence; the code where this program does not know it (from a later one)."""
    sentence = words.text(said.code, said.values, words.ENGLISH)
    return said.code if sentence is None else sentence


def _estimate(estimate: Estimate | None) -> Out | None:
    return None if estimate is None else _estimate_of(estimate)


def _estimate_of(estimate: Estimate) -> Out:
    return {"value": estimate.value, "ci95": list(estimate.ci95)}


def _to_estimate(d: Json | None) -> Estimate | None:
    return None if d is None else _estimate_there(d)


def _estimate_there(d: Json) -> Estimate:
    low, high = _floats(d["ci95"])
    return Estimate(float(d["value"]), (low, high))


def _floats(values: list[float]) -> tuple[float, ...]:
    return tuple(float(v) for v in values)


def _known(kind: type, d: Json) -> dict[str, Any]:
    """The keys that are fields: what a later version wrote beside them is not ours to read."""
    names = {f.name for f in fields(kind)}
    return {key: value for key, value in d.items() if key in names}
