"""Ids and moments."""

import re
import secrets
from datetime import UTC, datetime


def new_id() -> str:
    """16 letters that nobody can guess and no other entry ever gets, even after this one is deleted."""
    return secrets.token_hex(8)


def is_id(text: str) -> bool:
    """Whether it could be one: what comes in by an address is asked before it is looked for."""
    return re.fullmatch(r"[0-9a-f]{16}", text) is not None


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)
