"""*How it was judged*: the limits and where they come from, the checks that passed, and what measured it."""

import html

import streamlit as st

from gait.results.result import Judged, Result
from gait.ui import theme
from gait.ui.parts import notes
from gait.words import phrase


def show(result: Result, judged: Judged) -> None:
    """Checks that passed, and where the limits come from."""
    clip, limits = result.clip, judged.reference.limits
    theme.heading(phrase("page-how_judged"))
    with st.container(key="how-judged"):
        source = html.escape(judged.reference.source)
        said = phrase("page-limits", under_deg=limits.under_deg, over_deg=limits.over_deg, source=source)
        st.html(f"<p>{said}</p>")
        for found in result.findings:
            if found.severity == "info":
                st.html(notes.finding(found))
        st.html(
            f"<p class='g-basis'>{html.escape(clip.file)} · {clip.width_px}×{clip.height_px} "
            f"· gait {html.escape(result.versions.gait)}</p>"
        )
