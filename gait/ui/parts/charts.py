"""The interactive charts of a result, made once for every page that shows it."""

from pathlib import Path

import streamlit as st

from gait.drawing import figures
from gait.landmarks import Side
from gait.results.folder import ResultFolder
from gait.words import chosen, phrase

PLAIN = {"displayModeBar": False, "responsive": True, "scrollZoom": False}

_WHEEL = """
const passOn = (event) => {
  if (event.target.closest?.(".st-key-skeleton")) event.stopImmediatePropagation();
};
export default () => {
  document.addEventListener("wheel", passOn, { capture: true, passive: true });
  return () => document.removeEventListener("wheel", passOn, { capture: true });
};
"""


def charts(folder: ResultFolder) -> dict[str, figures.Figure]:
    """By name: curves, pattern, times, and skeleton where there are poses. The folder holds a run that was judged."""
    return _charts(str(folder.path), folder.changed_ns, chosen())


@st.cache_resource(max_entries=12, show_spinner=False)
def _charts(path: str, changed_ns: int, language: str) -> dict[str, figures.Figure]:
    """Checking their thousands of values is what takes time.

    `changed_ns` and the language are part of the key, so that an edited result is drawn anew, and one read in another language.
    """
    folder = ResultFolder(Path(path))
    judged = folder.result.judged
    assert judged is not None
    feet, reference = judged.feet, judged.reference
    made = {
        "curves": figures.rearfoot_curves(
            folder.rearfoot,
            folder.strides,
            folder.curves,
            reference.limits if reference.zero == "standing" else None,
            {side: feet[side].peak_eversion_deg for side in Side},
            {side: feet[side].time_to_peak_pct for side in Side},
        ),
        "pattern": figures.contact_pattern(judged.events),
        "times": figures.left_right(
            [
                (phrase("chart-on_ground"), {side: feet[side].contact_time_s for side in Side}),
                (phrase("chart-in_air"), {side: feet[side].flight_time_s for side in Side}),
            ]
        ),
    }
    pose = folder.pose
    if pose:
        strikes_s = judged.events[Side.LEFT].foot_strike_s
        made["skeleton"] = figures.skeleton(pose["world_m"], figures.two_strides(pose["times_s"], strikes_s))
    return made


def plot(figure: figures.Figure, name: str) -> None:
    """Put it on the page."""
    st.plotly_chart(figure, theme=None, config=PLAIN, key=f"{name}-chart")


def keep_scrolling() -> None:
    """The mouse's wheel moves the page over the skeleton too: plotly's 3D scenes swallow it, told not to zoom or not."""
    st.components.v2.component("wheel", html="<i></i>", js=_WHEEL)(key="wheel")
