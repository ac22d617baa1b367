"""comparison.json: a `Comparison` as a document of the schema "gait.comparison/1" (`gait/comparison/comparison.schema.json`)."""

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from gait import words
from gait.comparison.holm import LEVEL
from gait.comparison.locked import Locked, Moments
from gait.comparison.noise import ASKED, OF_A_FOOT, OF_BOTH
from gait.comparison.values import Compared, ComparedRun, Comparison
from gait.model import Estimate
from gait.results.place import put
from gait.results.said import said_document
from gait.results.schema import complaint_against

SCHEMA = "gait.comparison/1"
NAME = "comparison.json"
DIGITS = 5
"""Kept of a number, after the point: a hundredth of a millisecond, far below every error here."""

Out = dict[str, Any]


def encode_comparison(found: Comparison, locked: Sequence[Locked] = ()) -> Out:
    """The document. Sentences are English, beside their codes.

    Args:
        found: As from `gait.comparison.compare`.
        locked: The steps of both runs that the film shows at once, in order; see `gait.comparison.locked`.
    """
    document: Out = {
        "schema": SCHEMA,
        "a": _run(found.a),
        "b": _run(found.b),
        "measures": [_measure(one) for one in found.measures],
        "conditions": [words.say(said, words.ENGLISH) for said in found.conditions],
        "condition_codes": [said_document(said) for said in found.conditions],
        "method": {
            "multiple": "holm",
            "level": LEVEL,
            "groups": [list(ASKED), [key for key in (*OF_A_FOOT, *OF_BOTH) if key not in ASKED]],
        },
    }
    if locked:
        document["steps"] = [_step(one) for one in locked]
    return document


def write_comparison(folder: Path, document: Out) -> Path:
    """comparison.json in that folder, which is made where it is not there. Raises OSError."""
    if wrong := complaint_against(comparison_schema(), document):
        raise ValueError(f"comparison.json would break its contract: {wrong}")
    folder.mkdir(parents=True, exist_ok=True)
    put(folder / NAME, (json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode())
    return folder / NAME


@cache
def comparison_schema() -> Out:
    """The JSON schema that ships with the package."""
    text = (files("gait.comparison") / "comparison.schema.json").read_text(encoding="utf-8")
    loaded: Out = json.loads(text)
    return loaded


def _run(run: ComparedRun) -> Out:
    return {
        "folder": run.folder,
        "file": run.file,
        "sha256": run.sha256,
        "standing_sha256": run.standing_sha256,
        "version": run.version,
        "gait": run.gait,
        "runner": run.runner,
        "shoe_worn": run.shoe_worn,
        "speed_kmh": run.speed_kmh,
        "created": run.created.isoformat() if run.created else None,
    }


def _measure(one: Compared) -> Out:
    return {
        "key": one.key,
        "foot": one.side.value if one.side else None,
        "a": _estimate(one.a),
        "b": _estimate(one.b),
        "difference": _estimate(one.difference),
        "smallest_real": None if one.smallest_real is None else round(one.smallest_real, DIGITS),
        "verdict": one.verdict,
        "reason": words.say(one.reason, words.ENGLISH),
        "reason_code": said_document(one.reason),
    }


def _estimate(estimate: Estimate | None) -> Out | None:
    if estimate is None:
        return None
    return {"value": round(estimate.value, DIGITS), "ci95": [round(end, DIGITS) for end in estimate.ci95]}


def _step(one: Locked) -> Out:
    return {"foot": one.side.value, "a": _moments(one.a), "b": _moments(one.b), "film": _moments(one.film)}


def _moments(m: Moments) -> Out:
    return {
        "contact_s": round(m.contact_s, DIGITS),
        "mid_stance_s": round(m.mid_stance_s, DIGITS),
        "toe_off_s": round(m.toe_off_s, DIGITS),
    }
