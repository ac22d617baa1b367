"""What is kept how long: the manager's rules, what goes next, what the clock did, receipts, and the last backup."""

import html
from datetime import timedelta

import streamlit as st

from gait.errors import GaitError
from gait.records import receipts
from gait.records.ids import now
from gait.records.values import Due, Receipt, RetentionRun
from gait.services.backup import last_backup
from gait.services.retention import NextDeletion
from gait.ui import theme
from gait.ui.engine import engine
from gait.ui.parts import counter, notes
from gait.ui.parts.keep_rules import keep_rules
from gait.ui.person import page_for
from gait.words import phrase

NEXT_DAYS, MOST_LISTED = 30, 40
MOST_RUNS, MOST_RECEIPTS = 8, 12


@page_for("keeping")
def show() -> None:
    """The page."""
    theme.heading(phrase("title-keeping"), phrase("page-keeping_what"))
    counter.faults()
    try:
        clock = engine().retention
        rules = clock.rules()
        coming, total = clock.listed(now() + timedelta(days=NEXT_DAYS), MOST_LISTED)
        left, right = st.columns([1.55, 1], gap="large")
        with left:
            keep_rules(rules)
            _next(coming, total)
        with right:
            _backup()
            _log(clock.log(MOST_RUNS))
            _receipts(engine().keeper.receipts(MOST_RECEIPTS))
    except GaitError as error:
        st.html(notes.fault(error))


def _next(coming: list[NextDeletion], total: int) -> None:
    theme.heading(phrase("page-next_deletions"))
    if not coming:
        st.html(f'<div class="g-hint">{phrase("page-nothing_goes", days=NEXT_DAYS)}</div>')
        return
    rows = "".join(
        f'<tr><th scope="row">{_when(one.due)}</th><td>{_what(one)}<i>{phrase(f"due_why-{one.due.why}")}</i></td></tr>'
        for one in coming
    )
    st.html(f'<table class="g-more">{rows}</table>')
    if total > len(coming):
        more = phrase("page-goes_more", more=total - len(coming), days=NEXT_DAYS)
        st.html(f'<div class="g-hint">{more}</div>')
    if coming[0].due.due <= now() and st.button(phrase("page-goes_now"), key="goes-now"):
        with st.spinner(phrase("page-goes_now_running")):
            counter.do(engine().retention.run)
        st.rerun()


def _when(one: Due) -> str:
    return phrase("page-goes_overdue") if one.due <= now() else phrase("page-goes_on", day=counter.day(one.due))


def _what(one: NextDeletion) -> str:
    kind, day = phrase(f"due_kind-{one.due.kind}"), counter.day(one.visited)
    if one.due.kind == "recording":
        return phrase("page-goes_recording", kind=kind, day=day)
    if one.due.kind == "result":
        return phrase("page-goes_result", kind=kind, name=html.escape(one.customer), day=day)
    if not one.customer:
        return phrase("page-goes_of_nobody", kind=kind, day=day)
    return phrase("page-goes_of", kind=kind, name=html.escape(one.customer), day=day)


def _backup() -> None:
    theme.heading(phrase("page-backup"))
    last = last_backup(engine().records.opened())
    if last.made is None:
        st.html(notes.problem(phrase("page-backup_never"), phrase("page-backup_how")))
        return
    made = phrase("page-backup_made", day=counter.day(last.made))
    if last.old:
        st.html(notes.problem(made, f"{phrase('page-backup_old', days=last.days)} {phrase('page-backup_how')}"))
    else:
        st.html(f'<div class="g-hint">{made}</div>')


def _log(runs: list[RetentionRun]) -> None:
    theme.heading(phrase("page-clock_log"))
    if not runs:
        st.html(f'<div class="g-hint">{phrase("page-clock_never")}</div>')
        return
    rows = ""
    for run in runs:
        state = "cut_short" if run.finished is None else "fault" if run.fault else "done"
        said = phrase("page-clock_did", state=state, count=len(run.deleted))
        rows += f'<tr><th scope="row">{counter.day_time(run.started)}</th><td>{said}</td></tr>'
    st.html(f'<table class="g-more">{rows}</table>')


def _receipts(found: list[Receipt]) -> None:
    """They name nobody, and are for whoever asks what was deleted."""
    theme.heading(phrase("page-receipts"))
    if not found:
        st.html(f'<div class="g-hint">{phrase("page-no_receipts")}</div>')
    for one in found:
        said, save = st.columns([2.2, 1], vertical_alignment="center")
        told = phrase("page-receipt_of", target=one.target, files=len(one.files))
        said.html(f'<div class="g-who"><b>{told}</b><span>{counter.day_time(one.made)} · {one.id}</span></div>')
        if one.finished is None:
            save.html(f'<div class="g-hint">{phrase("page-receipt_unfinished")}</div>')
            continue
        save.download_button(
            phrase("page-save_receipt"), receipts.document(one), f"receipt-{one.id}.json", "application/json",
            key=f"receipt-{one.id}", width="stretch", on_click="ignore",
        )  # fmt: skip
