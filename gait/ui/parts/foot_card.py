"""One foot on the result page: label, sentence, scale, freeze frame, reasons."""

import html
from pathlib import Path

import streamlit as st

from gait.landmarks import Side
from gait.results.folder import ResultFolder
from gait.results.result import Judged
from gait.ui.parts import pictures, words
from gait.words import phrase, say

PICTURE_PX = 720


def foot_card(folder: ResultFolder, judged: Judged, side: Side, drawing: bool = False) -> str:
    """As HTML. `drawing`: the freeze frame may still come."""
    foot, zero = judged.feet[side], judged.reference.zero
    value = words.judged(foot, zero)
    # the limits are of the tilt from standing: an excursion has no place on their scale
    scale = pictures.scale(value, judged.reference.limits, side) if value and zero == "standing" else ""
    reasons = "".join(f"<li>{html.escape(say(reason))}</li>" for reason in foot.reasons)
    read = words.method(foot.rearfoot_method)
    basis = phrase("page-foot_basis", steps=foot.n_strides, read=read) if foot.n_strides else ""
    by_hand = words.corrected(folder.result, side)
    corrected = f'<div class="g-corrected">{html.escape(by_hand)}</div>' if by_hand else ""
    return (
        f'<section class="g-foot g-edge-{side.value}" data-side="{side.value}"><div class="g-foot-main">'
        f'<div class="g-side g-ink-{side.value}">{words.foot_of(side)}</div>'
        f'<div class="g-label" data-label="{foot.label}">{words.label(foot.label)}</div>'
        f'<div class="g-sure">{html.escape(words.certainty(foot))}</div>'
        f'<p class="g-sentence">{words.sentence(foot, zero)}</p>{scale}{corrected}'
        f'<ul class="g-reasons">{reasons}</ul><div class="g-basis">{html.escape(basis)}</div></div>'
        f"{_freeze_frame(folder, side, drawing and foot.n_strides > 0)}</section>"
    )


def _freeze_frame(folder: ResultFolder, side: Side, comes: bool) -> str:
    photo = folder.peak_picture(side)
    uri = _photo(str(photo), photo.stat().st_mtime_ns) if photo else ""
    if uri:
        shown = f'<img src="{uri}" alt="{html.escape(phrase("page-typical_step_alt"))}">'
    elif comes:
        shown = f'<div class="g-comes">{phrase("page-picture_comes")}</div>'
    else:
        return ""
    return f"<figure>{shown}<figcaption>{phrase('page-typical_step')}</figcaption></figure>"


@st.cache_data(max_entries=64, show_spinner=False)
def _photo(path: str, changed_ns: int) -> str:
    """The freeze frame as a data address; `changed_ns` is part of the key, so that a new picture is read anew."""
    return pictures.thumb(Path(path), PICTURE_PX)[2]
