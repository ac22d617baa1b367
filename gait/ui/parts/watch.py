"""*Watch* a run: the film with the lines drawn in, and the runner turning in 3D."""

import streamlit as st

from gait.results.folder import ResultFolder
from gait.results.result import ClipInfo
from gait.ui import theme
from gait.ui.parts import film
from gait.ui.parts.charts import charts, keep_scrolling, plot
from gait.words import phrase


def show(folder: ResultFolder, clip: ClipInfo) -> None:
    """The film with the lines drawn in, and the runner turning in 3D: below it where the film is wide, or its heels would be small."""
    turning = charts(folder).get("skeleton")
    with st.container(key="motion"):
        theme.heading(phrase("page-run_again"), phrase("page-skeleton"))
        wide = (clip.width_px or 0) > (clip.height_px or 0)
        a, b = (st.container(), st.container()) if wide else st.columns([1.6, 1], gap="medium")
        with a, st.container(border=True, key="film"):
            film.show(folder)
        if turning:
            with b, st.container(border=True, key="skeleton"):
                plot(turning, "skeleton")
                keep_scrolling()
