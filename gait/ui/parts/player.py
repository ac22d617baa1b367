"""A film with its controls, and the curves that go with it: two scripts that know each other only by the film's time."""

from pathlib import Path
from typing import Any

import streamlit as st

from gait.landmarks import Side
from gait.results.folder import ResultFolder
from gait.services import watching
from gait.ui.parts.words import foot_of
from gait.words import chosen, phrase, templates

Shown = dict[str, Any]
_HERE = Path(__file__).parent
_TIME = (_HERE / "film_time.js").read_text(encoding="utf-8")
_FILM = _TIME + (_HERE / "film.js").read_text(encoding="utf-8")
_FILM_CSS = (_HERE / "film.css").read_text(encoding="utf-8")
_TILT = _TIME + (_HERE / "tilt.js").read_text(encoding="utf-8")
_TILT_CSS = (_HERE / "tilt.css").read_text(encoding="utf-8")


def of_run(folder: ResultFolder) -> Shown:
    """What goes with the film of a run that was judged."""
    return _of_run(str(folder.path), folder.changed_ns)


def of_two(a: ResultFolder, b: ResultFolder) -> Shown:
    """What goes with the film of two runs that were judged."""
    return _of_two(str(a.path), a.changed_ns, str(b.path), b.changed_ns)


@st.cache_data(max_entries=12, show_spinner=False)
def _of_run(path: str, changed_ns: int) -> Shown:
    """The time of change is part of the key: a corrected result has other curves."""
    return watching.watched(ResultFolder(Path(path)))


@st.cache_data(max_entries=6, show_spinner=False)
def _of_two(a: str, a_changed_ns: int, b: str, b_changed_ns: int) -> Shown:
    return watching.watched_together(ResultFolder(Path(a)), ResultFolder(Path(b)))


def film(video: str | bytes, shown: Shown) -> None:
    """The film and its controls; in a container with the key `film`."""
    st.video(video, loop=True, muted=True)
    steps = sorted((step for foot in shown["feet"] for step in foot["steps"]), key=lambda step: step["contact_s"])
    data = {
        "words": templates("film"),
        "frames_s": shown["frames_s"],
        "steps": [{end: step[end] for end in ("contact_s", "toe_off_s")} for step in steps],
    }
    # Declared at each run, as the contact sheet is.
    st.components.v2.component("film", html='<div class="bar"></div>', css=_FILM_CSS, js=_FILM)(
        key="film-bar", data=data
    )


def curves(shown: Shown) -> None:
    """The tilt of the step that the film shows, and both feet at the same share of ground contact. The film stands before it on the page."""
    feet = [foot | {"name": foot_of(Side(foot["side"]))} for foot in shown["feet"]]
    ends = {"lands": phrase("chart-lands"), "leaves": phrase("chart-leaves")}
    two = " two" if len(shown["runs"]) > 1 else ""
    st.components.v2.component("tilt", html=f'<div class="tilt{two}"></div>', css=_TILT_CSS, js=_TILT)(
        key="tilt",
        data={"words": templates("tilt"), "language": chosen(), "watched": shown | ends | {"feet": feet}},
    )
