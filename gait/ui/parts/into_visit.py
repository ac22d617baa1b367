"""A result that is nobody's can be put into a visit: the way to it on the result's page."""

import streamlit as st

from gait.errors import GaitError
from gait.ui import nav
from gait.ui.engine import filing, reception
from gait.ui.parts import counter, notes
from gait.words import phrase


def offer(name: str) -> None:
    """Whose run it is, to be tapped: a visit that is open, or a customer; nothing where it is a customer's, or the records do not answer."""
    try:
        if not filing().is_nobodys(name):
            return
        own = reception().visit_of_result(name)
        left_open = [one for one in reception().unfinished() if own is None or one.id != own.id]
    except GaitError:
        return
    with st.popover(phrase("page-put_into_visit"), width="stretch"):
        try:
            for one in left_open:
                begun = phrase("page-visit_begun", moment=counter.day_time(one.started))
                label = f"**{counter.plain(counter.called(one))}** · {counter.plain(begun)}"
                if st.button(label, key=f"into-{one.id}", width="stretch"):
                    nav.go("visit", id=filing().into(name, one.id).visit_id)
            somebody = counter.find("whose-result")
            if somebody is not None:
                put = filing().to_new(name, somebody.name) if somebody.name else filing().to(name, somebody.customer_id)
                nav.go("visit", id=put.visit_id)
        except GaitError as error:
            st.html(notes.fault(error))
