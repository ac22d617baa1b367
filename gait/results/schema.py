"""The contract of analysis.json: its JSON schema, and the one place that checks a document against one."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema

SCHEMA = "gait.analysis/1"


def schema() -> dict[str, Any]:
    """The JSON schema of analysis.json that ships with the package."""
    loaded: dict[str, Any] = json.loads((files("gait.results") / "analysis.schema.json").read_text(encoding="utf-8"))
    return loaded


def complaint(document: object) -> str:
    """What is wrong with an analysis.json and where, in one line; empty when it keeps the contract. About 1 ms."""
    return _worst(_validator(), document)


def complaint_against(own: Mapping[str, Any], document: object) -> str:
    """The same of a document with a JSON schema of its own."""
    return _worst(jsonschema.Draft202012Validator(own), document)


def _worst(validator: jsonschema.Draft202012Validator, document: object) -> str:
    worst = jsonschema.exceptions.best_match(validator.iter_errors(document))
    return f"{worst.json_path}: {worst.message[:200]}" if worst else ""


@cache
def _validator() -> jsonschema.Draft202012Validator:
    """Made once: checking that the schema itself is one (a test does) takes ten times as long as checking a result."""
    return jsonschema.Draft202012Validator(schema())
