"""*Watch* a run: the film with the lines drawn in, tied to the curve of the step it shows, and the runner turning in 3D."""

import streamlit as st

from gait.results.folder import ResultFolder
from gait.results.place import FILM
from gait.results.result import ClipInfo
from gait.ui import theme
from gait.ui.parts import coming, film, player
from gait.ui.parts.charts import charts, keep_scrolling, plot
from gait.words import phrase


def show(folder: ResultFolder, clip: ClipInfo) -> None:
    """The curves stand beside the film; below it where the film is wide, or its heels would be small. Without a film there are none."""
    turning = charts(folder).get("skeleton")
    there = folder.file(FILM) is not None and coming.job_of(folder) is None
    with st.container(key="motion"):
        theme.heading(phrase("page-run_again"))
        wide = (clip.width_px or 0) > (clip.height_px or 0)
        beside = [1, 1.25] if there else [1.6, 1]
        a, b = (st.container(), st.container()) if wide else st.columns(beside, gap="medium")
        with a, st.container(border=True, key="film"):
            film.show(folder)
        if there:
            with b, st.container(border=True, key="tilts"):
                player.curves(player.of_run(folder))
        if turning:
            with st.container() if there else b, st.container(border=True, key="skeleton"):
                plot(turning, "skeleton")
                st.html(f'<div class="g-caption">{phrase("page-skeleton")}</div>')
                keep_scrolling()
