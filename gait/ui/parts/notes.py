"""Boxes that say what is the matter, as HTML: a problem with what to do about it, and what was found about a clip."""

import html

from gait import words
from gait.errors import GaitError
from gait.model import Finding


def problem(message: str, advice: str = "") -> str:
    """Something does not work."""
    return f'<div class="g-problem" role="alert"><b>{html.escape(message)}</b> <span>{html.escape(advice)}</span></div>'


def fault(error: GaitError) -> str:
    """As `problem`, of an error."""
    return problem(words.message(error), words.advice(error))


def calm(message: str, rest: str = "") -> str:
    """Something to know, about which nothing need be done."""
    return f'<div class="g-problem g-calm"><b>{html.escape(message)}</b>{html.escape(rest)}</div>'


def empty(message: str, strong: str = "") -> str:
    """Nothing to show here, and why."""
    bold = f"<b>{html.escape(strong)}</b> " if strong else ""
    return f'<div class="g-empty">{bold}{html.escape(message)}</div>'


def finding(found: Finding) -> str:
    """What was found about a clip."""
    return (
        f'<div class="g-finding g-{found.severity}"><b>{html.escape(words.message(found))}</b> '
        f"<span>{html.escape(words.advice(found))}</span></div>"
    )
