"""What staff typed beside the clip, put right after the analysis: name, shoe worn, speed and size.

The measured frames stay. The feet are judged again by the result's own basis, with the limits of the new speed and the shoes in
the new size; a name or a shoe worn changes no number. The result keeps what was typed first, so that all of it can be taken back.
"""

from dataclasses import replace
from pathlib import Path

from gait.errors import GaitError
from gait.model import Basis
from gait.results.folder import ResultFolder
from gait.results.lock import one_writer
from gait.results.result import Details, Judged, Result
from gait.services.edits import First, check_seen, edits_of, nothing, publish_next
from gait.services.old_basis import basis_of, shelf_of


def put_right(folder: Path, details: Details, seen: int | None = None, first: First = nothing) -> ResultFolder:
    """The result's next version with these details; the same version where they say nothing new.

    `seen` and `first` as in `gait.services.edits.apply`. A result whose pictures are still being drawn is waited for. Raises GaitError for
    another speed or size of a result that cannot be judged again.
    """
    with one_writer(folder):
        check_seen(folder, seen)
        found = ResultFolder(folder)
        before = found.result.details
        if details == before:
            return found
        first()
        judge_again = (details.speed_kmh, details.shoe_size) != (before.speed_kmh, before.shoe_size)
        return publish_next(folder, _with(found.result, details), edits_of(folder), judge_again=judge_again)


def take_back(folder: Path, seen: int | None = None, first: First = nothing) -> ResultFolder:
    """The details as they were typed first. `seen`, `first` and what is raised as in `put_right`."""
    result = ResultFolder(folder).result
    return put_right(folder, result.given_first or result.details, seen, first)


def _with(result: Result, details: Details) -> Result:
    """The result with other details, and with the basis that they ask for; its judgement is still the one before."""
    first = result.given_first or result.details
    judged = result.judged
    return replace(
        result,
        runner=details.runner,
        shoe_worn=details.shoe_worn,
        judged=_asked(judged, details) if judged else None,
        given_first=None if first == details else first,
    )


def _asked(judged: Judged, details: Details) -> Judged:
    """By what the feet are to be judged from now on. Raises GaitError where an old result cannot tell."""
    basis = basis_of(judged)
    if details.speed_kmh != basis.speed_kmh:
        if judged.basis is None and len(basis.limits) == 1:  # its band is all that is known, and it is of its own speed
            raise GaitError("old_limits")
        basis = replace(basis, speed_kmh=details.speed_kmh)
    if details.shoe_size != judged.choices.shoe_size:
        basis = _of_size(basis, judged, details.shoe_size)
    return replace(judged, basis=basis, choices=replace(judged.choices, shoe_size=details.shoe_size))


def _of_size(basis: Basis, judged: Judged, size: float | None) -> Basis:
    """With the shoes in stock in that size. Where the result kept one size's only, those of the store's table now; None when it is gone."""
    known = basis.shelf is not None and basis.shelf.knows_sizes
    return replace(basis, shelf=basis.shelf.in_size(size) if known and basis.shelf else shelf_of(judged, size))
