"""Codes and values in analysis.json: `{"code": ..., "values": {...}}`, and what reads them back."""

import math
from collections.abc import Mapping
from typing import Any

from gait.said import Said, Value


def said_document(said: Said) -> dict[str, Any]:
    """What JSON holds of one thing said."""
    return {"code": said.code, "values": values_document(said.values)}


def values_document(values: Mapping[str, Value]) -> dict[str, Any]:
    """The values of a sentence. A number that is not there (NaN) becomes null; what is said within it a document of its own."""
    return {name: _plain(value) for name, value in values.items()}


def read_said(doc: Mapping[str, Any]) -> Said:
    """The inverse of `said_document`."""
    return Said(str(doc["code"]), read_values(doc.get("values") or {}))


def read_values(doc: Mapping[str, Any]) -> dict[str, Value]:
    """The inverse of `values_document`."""
    return {name: _value(value) for name, value in doc.items()}


def _plain(value: Value) -> Any:  # noqa: ANN401  JSON
    if isinstance(value, Said):
        return said_document(value)
    if isinstance(value, tuple):
        return [said_document(one) for one in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value


def _value(found: Any) -> Value:  # noqa: ANN401  JSON
    if found is None:
        return math.nan
    if isinstance(found, Mapping):
        return read_said(found)
    if isinstance(found, list):
        return tuple(read_said(one) for one in found)
    value: float | int | str = found
    return value
