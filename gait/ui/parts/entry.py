"""A customer's entry: what they agreed to, their name, and another entry of the same person."""

import html

import streamlit as st

from gait.records.values import PURPOSES
from gait.services.reception import OneCustomer
from gait.ui.engine import reception
from gait.ui.parts import counter, notes
from gait.ui.parts.fields import LONGEST
from gait.words import phrase


def agreed(seen: OneCustomer) -> None:
    """What holds, by when and which text; a purpose is withdrawn as a whole."""
    with st.container(border=True, key="agreed"):
        st.html(f"<h3>{phrase('page-agreed_to')}</h3>")
        if not seen.agreed:
            st.html(f'<div class="g-hint">{phrase("page-agreed_to_nothing")}</div>')
        for purpose in PURPOSES:
            ticks = seen.agreed.get(purpose, ())
            if not ticks:
                continue
            said, button = st.columns([1.3, 1], vertical_alignment="center")
            last = ticks[-1]
            since = phrase("page-agreed_on", day=counter.day(last.given), version=last.text.version)
            said.html(f'<div class="g-who"><b>{phrase(f"purpose-{purpose}")}</b><span>{since}</span></div>')
            button.button(
                phrase("page-withdraw"), key=f"withdraw-{purpose}", width="stretch",
                on_click=counter.do, args=(reception().withdraw, seen.customer.id, purpose),
            )  # fmt: skip


def put_right(seen: OneCustomer) -> None:
    """Another name, or another way to reach them."""
    one = seen.customer
    with st.expander(phrase("page-rename"), key="rename"), st.form(f"rename-{one.id}", border=False):
        name = st.text_input(phrase("page-customer_name"), one.name, key=f"name-{one.id}-{one.name}", max_chars=LONGEST)
        contact = st.text_input(
            phrase("page-contact"), one.contact, key=f"contact-{one.id}-{one.contact}", max_chars=LONGEST
        )
        if st.form_submit_button(phrase("page-put_right_now"), type="primary", key="rename-now"):
            counter.do(reception().rename, one.id, str(name), str(contact))
            st.rerun()


def merge(seen: OneCustomer) -> None:
    """Another entry of the same person is found, named once more, and taken in."""
    one = seen.customer
    with st.expander(phrase("page-merge"), key="merge"):
        st.html(f'<div class="g-hint">{phrase("page-merge_how", name=html.escape(one.name))}</div>')
        chosen = f"merging-{one.id}"
        other = st.session_state.get(chosen)
        if other is None:
            somebody = counter.find("merge-with", without=(one.id,), makes=False)
            if somebody is not None:
                st.session_state[chosen] = somebody.customer_id
                st.rerun()
            return
        named = reception().customer(other).customer
        st.html(notes.problem(phrase("page-merge_whom", name=one.name, other=named.name, visits=named.visits)))
        yes, no = st.columns(2)
        if yes.button(phrase("page-merge_now"), key="merge-now", type="primary", width="stretch"):
            del st.session_state[chosen]
            counter.do(reception().merge, one.id, other)
            st.rerun()
        if no.button(phrase("page-not_now"), key="merge-not", width="stretch"):
            del st.session_state[chosen]
            st.rerun()
