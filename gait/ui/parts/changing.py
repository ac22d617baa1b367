"""A result that is shown is changed: always the version that this tab has in mind, and what came of it is shown at once."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from gait.errors import GaitError
from gait.results.folder import ResultFolder
from gait.ui.engine import engine
from gait.ui.parts import put_right
from gait.ui.parts import seen as looked
from gait.words import phrase, whole

SHOWN, MADE = "shown_version", "made_versions"
"""Session keys: the result and its version as this tab shows it; which version of a result became which by this tab's hand."""


def details(folder: ResultFolder) -> None:
    """What staff typed beside the clip; what they put right is judged again at once."""
    wish = put_right.show(folder)
    if wish is None:
        return
    from gait.services import details as typed  # late: it brings the whole pipeline

    in_mind = seen(folder, shown(folder))
    if wish.take_back:
        publish(folder, in_mind, lambda: typed.take_back(folder.path, in_mind, first(folder)))
    else:
        publish(folder, in_mind, lambda: typed.put_right(folder.path, wish.details, in_mind, first(folder)))


def publish(folder: ResultFolder, in_mind: int | None, change: Callable[[], ResultFolder]) -> None:
    """Make the change to the version that somebody had `in_mind` and show what came of it, or say why it could not be made."""
    with st.spinner(phrase("page-judging")):
        try:
            changed = change()
            version = changed.result.version
            engine().depot.wake()  # the other computers of the store may change it as soon as they have it
            engine().records.note_result("", changed)
            looked.done("result_changed", folder.path.name)
        except GaitError as error:
            st.error(whole(error))
            return
    if in_mind is not None and version != in_mind:
        st.session_state.setdefault(MADE, {})[folder.path.name, in_mind] = version
    put_right.done()
    st.rerun()


def first(folder: ResultFolder) -> Callable[[], None]:
    """What has to be done before the result is changed."""
    return partial(engine().begin_change, folder.path.name)


def note_shown(folder: ResultFolder) -> None:
    """From now on this tab shows the result as it is: what is changed next is changed in this version."""
    st.session_state[SHOWN] = folder.path.name, folder.result.version


def shown(folder: ResultFolder) -> int | None:
    """The version of it that this tab shows; None where it shows none."""
    name, version = st.session_state.get(SHOWN, ("", None))
    return version if name == folder.path.name else None


def seen(folder: ResultFolder, version: int | None) -> int | None:
    """The version this tab has in mind: what it showed, and every correction that was its own since. None where nobody said."""
    made: dict[tuple[str, int], int] = st.session_state.get(MADE, {})
    while version is not None and (folder.path.name, version) in made:
        version = made[folder.path.name, version]
    return version
