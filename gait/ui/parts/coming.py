"""What of an open result is still being drawn: its numbers stand first, then step pictures and PDF, then the film."""

from collections.abc import Callable

import streamlit as st

from gait.results.folder import ResultFolder
from gait.services import jobs
from gait.ui.engine import engine
from gait.ui.parts.polling import polled

POLL_S = 0.4


def job_of(folder: ResultFolder) -> jobs.Job | None:
    """The job that still draws something of this result; None when nothing more will come."""
    job = engine().jobs.get(folder.path.name)
    return job if job is not None and job.state in ("picturing", "drawing") else None


def pictures(folder: ResultFolder) -> bool:
    """Whether step pictures, freeze frames or the PDF may still come."""
    job = job_of(folder)
    return job is not None and job.state == "picturing"


def watched(folder: ResultFolder, show: Callable[[], None]) -> None:
    """`show` in a place of its own, and the page anew whenever more of the pictures stands; after the last nothing polls."""
    job, stood = job_of(folder), _standing(folder)

    def poll() -> None:
        if job is None or job.state != "picturing" or _standing(folder) != stood:
            st.rerun()
        show()

    polled(poll, POLL_S)


def _standing(folder: ResultFolder) -> bool:
    return folder.file("steps/steps.csv") is not None
