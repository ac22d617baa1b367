"""Values as a spreadsheet may have them: nothing that it would run."""

from datetime import date

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What spreadsheets take for the beginning of a formula; the last four are the same signs in East Asian width."""


def cell(value: object) -> str:
    """A value as a spreadsheet may have it: a text that begins like a formula gets a ' before it; numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.lstrip(" ").startswith(FORMULAS) or value.startswith("'") else value
    return value.isoformat() if isinstance(value, date) else str(value)
