"""A visit in words for a terminal."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gait.records.values import Run, Visit


def visit_lines(visit: "Visit") -> Iterator[str]:
    """The visit, then a line a run."""
    from gait import words

    whose = visit.customer or words.phrase("cli-walk_in")
    yield words.phrase("cli-visit", id=visit.id, started=moment(visit.started), name=whose, state=visit.state)
    for run in visit.runs:
        yield "  " + run_line(run)


def run_line(run: "Run") -> str:
    """The shoe, each foot's label as the result said it, and the folder with the version of gait that made it."""
    from gait import words

    shoe = run.shoe or words.phrase("cli-no_shoe")
    if run.summary is None or run.result is None:
        return words.phrase("cli-run_open", position=run.position, shoe=shoe)
    if run.summary.refused:
        return words.phrase("cli-run_refused", position=run.position, shoe=shoe, result=run.result, method=run.method)
    left, right = (words.phrase(f"label_within-{run.summary.labels.get(s, 'undetermined')}") for s in ("left", "right"))
    feet = {"left": left, "right": right}
    return words.phrase("cli-run", position=run.position, shoe=shoe, **feet, result=run.result, method=run.method)


def day(when: datetime) -> str:
    """`2026-03-02`, here."""
    return f"{when.astimezone():%Y-%m-%d}"


def moment(when: datetime) -> str:
    """`2026-03-02 10:00`, here."""
    return f"{when.astimezone():%Y-%m-%d %H:%M}"
