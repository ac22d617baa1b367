"""Both runs side by side: their film, made when somebody asks for it, tied to the curves of both."""

import streamlit as st

from gait.errors import GaitError
from gait.results.folder import ResultFolder
from gait.ui import theme
from gait.ui.parts import notes, player
from gait.words import phrase, say

FILM = "compared_film"
"""Session key: the film of both runs that this tab shows, with what it was made of. It is nowhere else."""


def show(pair: tuple[ResultFolder, ResultFolder], made_of: tuple[str, int, str, int]) -> None:
    """The film, or the button that makes it. `made_of` tells both results and their versions: of others it is made anew."""
    theme.heading(phrase("page-compare_film"), phrase("page-compare_film_how"))
    known, film = st.session_state.get(FILM, (None, None))
    if known != made_of:
        if not st.button(phrase("page-compare_make_film"), key="compare-film", type="primary"):
            return
        # Imported here: it brings what packs video, which the numbers do not need.
        from gait.services.film_of_two import film_to_show

        try:
            with st.spinner(phrase("page-compare_film_made")):
                film = film_to_show(pair[0].path, pair[1].path)
        except GaitError as error:
            st.html(notes.fault(error))
            return
        st.session_state[FILM] = made_of, film
        st.rerun()  # without the button
    if not isinstance(film, bytes):
        st.html(notes.empty(say(film)))
        return
    shown = player.of_two(*pair)
    with st.container(key="motion"):
        a, b = st.columns([1.25, 1], gap="medium")
        with a, st.container(border=True, key="film"):
            player.film(film, shown)
        with b, st.container(border=True, key="tilts"):
            player.curves(shown)
