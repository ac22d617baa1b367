"""What the pages about customers and visits share: finding somebody, what a visit was, and saying why something was not kept."""

import html
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

import streamlit as st

from gait.errors import GaitError
from gait.landmarks import Side
from gait.records.values import Customer, Purchase, Run, Visit
from gait.ui.engine import engine, reception
from gait.ui.parts import notes, words
from gait.ui.parts.fields import LONGEST
from gait.words import date as written_date
from gait.words import phrase

LIVE = "live"
"""Beginning of the key of what holds a field that searches while letters are typed: see `gait/ui/page.js`."""
FAULT = "counter_fault"
"""Session key: why the last thing that was asked for could not be kept."""
DAY = "date_pattern"


def do(ask: Callable[..., object], *given: object) -> None:
    """Do it, when a button is tapped; why it could not be done is said by `faults`."""
    did(ask, *given)


def did(ask: Callable[..., object], *given: object) -> bool:
    """Do it; why it could not be done is said by `faults` when the page is shown. Whether it was done."""
    try:
        ask(*given)
    except GaitError as error:
        st.session_state[FAULT] = error
        return False
    return True


def faults() -> None:
    """Why the last thing that was asked for could not be kept; nothing otherwise. It stands on top, where it is seen."""
    error = st.session_state.pop(FAULT, None)
    if error is not None:
        st.html(notes.fault(error))


def plain(text: str) -> str:
    """A name on a button: whatever means something in Streamlit's Markdown is a letter."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|~$:<>&=^])", r"\\\1", " ".join(text.split()))


def called(one: Visit) -> str:
    """Whose visit it is."""
    return one.customer or phrase("page-no_name")


def day(moment: datetime | date) -> str:
    """`12 March 2026`, here."""
    here = moment.astimezone() if isinstance(moment, datetime) else datetime.combine(moment, time()).astimezone()
    return written_date(here, pattern=DAY)


def day_time(moment: datetime) -> str:
    """With the time."""
    return written_date(moment.astimezone(), pattern="short_day_time_pattern")


@dataclass(frozen=True)
class Somebody:
    """Who was tapped: a customer, or a name that is to become one."""

    customer_id: str = ""
    name: str = ""


def find(
    key: str,
    without: Sequence[str] = (),
    *,
    makes: bool = True,
    latest: bool = False,
    beside: Callable[[], None] = lambda: None,
) -> Somebody | None:
    """A search field, with those it finds as buttons below.

    `without` are ids that are not offered. `makes`: new customers too. `latest`: those who came last, before a letter is typed.
    `beside` shows what stands between the field and those found, where it keeps its place. None while nobody was tapped.
    Raises GaitError.
    """
    with st.container(key=f"{LIVE}-{key}"):
        typed = st.text_input(
            phrase("page-find_customer"), key=key, placeholder=phrase("page-find_letters"), max_chars=LONGEST
        )
    beside()
    wanted = " ".join(str(typed or "").split())
    found = [one for one in reception().find(wanted) if one.id not in without] if wanted or latest else []
    with st.container(key=f"{key}-hits", gap="small"):
        for one in found:
            if st.button(customer_label(one), key=f"{key}-{one.id}", width="stretch"):
                return Somebody(customer_id=one.id)
        if wanted and not found:
            st.html(f'<div class="g-hint">{phrase("page-no_such_name")}</div>')
        new = phrase("page-new_customer", name=plain(wanted)) if makes and wanted else ""
        if new and st.button(new, key=f"{key}-new", width="stretch", type="secondary" if found else "primary"):
            return Somebody(name=wanted)
    return None


def customer_label(one: Customer) -> str:
    """On a button: the name, when they came, and how they are reached, which tells two of one name apart."""
    return " · ".join(part for part in (f"**{plain(one.name)}**", plain(seen(one)), plain(one.contact)) if part)


def seen(one: Customer) -> str:
    """When they came."""
    if one.last_visit is None:
        return phrase("page-never_came")
    return phrase("page-came", visits=one.visits, day=day(one.last_visit))


def run_line(run: Run, lead: str = "", *, comfort: bool = True) -> str:
    """A run at a glance, as HTML: the shoe, each foot's label as its result says, and comfort."""
    shoe = html.escape(run.shoe or phrase("page-no_shoe_said"))
    said = (
        f"<span>{phrase('page-comfort_is', comfort=run.comfort)}</span>" if comfort and run.comfort is not None else ""
    )
    return f'<div class="g-run"><b>{lead}{shoe}</b>{_labels(run)}{said}</div>'


def _labels(run: Run) -> str:
    if run.sealed:
        return f"<span>{phrase('page-label_waits')}</span>"
    if run.summary is None:
        return f"<span>{phrase('page-no_result_yet' if run.made is None else 'page-result_deleted')}</span>"
    if run.summary.refused:
        return f"<span>{phrase('page-not_judged')}</span>"
    tags = ""
    for side in Side:
        label = run.summary.labels.get(side.value, "undetermined")
        said = phrase("page-side_and_label", side=side.value, label=words.label(label))
        tags += f'<span class="g-tag"><i class="g-dot g-{side.value}"></i>{said}</span>'
    return tags


def purchase_line(one: Purchase, whose: str = "") -> str:
    """What was bought and whether it came back, as HTML."""
    said = phrase("page-bought_on", day=day(one.bought))
    if one.returned:
        said = phrase("page-returned_on", bought=day(one.bought), returned=day(one.returned))
    more = " · ".join(html.escape(part) for part in (whose, said, one.reason) if part)
    return f'<div class="g-who"><b>{html.escape(one.shoe)}</b><span>{more}</span></div>'


def purchase(one: Purchase, whose: str = "") -> None:
    """The same, with what can be done about it."""
    with st.container(key=f"bought-{one.id}"):
        said, back, gone = st.columns([2, 1.2, 1.2], vertical_alignment="center")
        said.html(purchase_line(one, whose))
        if one.returned:
            back.button(
                phrase("page-not_returned"), key=f"kept-{one.id}", width="stretch",
                on_click=do, args=(reception().not_returned, one.id),
            )  # fmt: skip
            return
        with back.popover(phrase("page-came_back"), width="stretch"):
            why = f"why-{one.id}"
            st.text_input(phrase("page-why_returned"), key=why, max_chars=LONGEST)
            # Read when it is tapped: what was typed last has not been through the page yet.
            st.button(
                phrase("page-came_back_today"), key=f"back-{one.id}", type="primary", width="stretch",
                on_click=lambda: do(reception().bring_back, one.id, str(st.session_state.get(why) or "")),
            )  # fmt: skip
        gone.button(
            phrase("page-not_bought"), key=f"not-{one.id}", width="stretch", type="tertiary",
            on_click=do, args=(reception().not_bought, one.id),
        )  # fmt: skip


def shoe(key: str, worn: Iterable[str]) -> str:
    """Which shoe: one of those the customer had, of the shelf, or any other that is typed. Empty while none is chosen."""
    names = list(dict.fromkeys((*worn, phrase("page-barefoot"), *engine().shelf_names.names())))
    chosen = st.selectbox(
        phrase("page-which_shoe"),
        names,
        index=None,
        key=key,
        placeholder=phrase("page-which_shoe_example"),
        accept_new_options=True,
    )
    return " ".join(str(chosen or "").split())[:LONGEST]


def shoes_of(visits: Iterable[Visit]) -> list[str]:
    """The shoes that were run in, the latest first."""
    return list(dict.fromkeys(run.shoe for visit in visits for run in reversed(visit.runs) if run.shoe))
