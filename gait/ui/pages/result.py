"""The result: what a customer and staff look at together. Everything comes from the result folder."""

import html
import logging
from pathlib import Path
from typing import Any

import streamlit as st

from gait.drawing import figures
from gait.errors import GaitError
from gait.landmarks import Side
from gait.results.folder import ResultFolder
from gait.services import library
from gait.ui import nav, theme
from gait.ui.engine import engine
from gait.ui.parts import again, coming, film, pictures, steps, words
from gait.words import advice, message

PLAIN = {"displayModeBar": False, "responsive": True, "scrollZoom": False}
MORE = (
    ("feet", "touchdown_deg", "Heel tilt as the foot lands", "°", 1),
    ("feet", "peak_eversion_deg", "Furthest heel tilt", "°", 1),
    ("feet", "eversion_excursion_deg", "From landing to furthest", "°", 1),
    ("feet", "time_to_peak_pct", "Furthest after this share of ground contact", " %", 0),
    ("feet", "toe_out_deg", "Toes point out by", "°", 0),
    ("meaning_3d", "peak_eversion_3d_deg", "What motion capture in 3D would likely show", "°", 1),
    ("kinematics", "pelvic_drop_deg", "Hip drops on the other side by", "°", 0),
    ("kinematics", "knee_alignment_deg", "Knee inside the line from hip to ankle", "°", 0),
    ("kinematics", "heel_whip_deg", "Foot turns after leaving the ground by", "°", 0),
    ("kinematics", "step_width_pct_leg", "Foot lands beside the middle, share of leg length", " %", 0),
    ("kinematics", "foot_strike_angle_deg", "Toes up as the foot lands", "°", 0),
    ("kinematics", "overstride_pct_leg", "Foot lands ahead of the hip, share of leg length", " %", 0),
    ("kinematics", "knee_flexion_contact_deg", "Knee bent as the foot lands", "°", 0),
    ("kinematics", "shank_angle_contact_deg", "Lower leg leans back as the foot lands", "°", 0),
)
"""Section and key in analysis.json, words, unit, digits."""

_WHEEL = """
const passOn = (event) => {
  if (event.target.closest?.(".st-key-skeleton")) event.stopImmediatePropagation();
};
export default () => {
  document.addEventListener("wheel", passOn, { capture: true, passive: true });
  return () => document.removeEventListener("wheel", passOn, { capture: true });
};
"""

log = logging.getLogger(__name__)


def show() -> None:
    """The page of the result named in the address, the newest one without a name."""
    name = st.query_params.get("id")
    if not name:
        newest = engine().library.entries()
        if not newest:
            theme.heading("Result")
            st.html('<div class="g-empty">No results yet. Analyse a run and it will be shown here.</div>')
            return
        name = newest[0].name
        st.query_params["id"] = name
    folder = engine().library.find(name)
    if folder is None:
        theme.heading("Result")
        st.html('<div class="g-problem"><b>This result is not on this computer.</b> It may have been deleted.</div>')
        return
    try:
        doc = folder.analysis
    except GaitError as error:
        theme.heading("Result")
        st.html(f'<div class="g-problem"><b>{html.escape(message(error))}</b> {html.escape(advice(error))}</div>')
        return
    if doc.get("status") == "refused":
        _refused(name, doc)
        return
    _head(folder, doc)
    _feet(folder, doc)
    _warnings(doc)
    _curves(folder, doc)
    _shoes(doc)
    _rhythm(folder, doc)
    _motion(folder)
    _steps(folder)
    _small_print(doc)


def _refused(name: str, doc: dict[str, Any]) -> None:
    """Why the clip cannot be judged, and what to do; nothing else."""
    theme.heading("This clip cannot be judged", html.escape(_subject(doc)))
    for f in doc.get("findings") or ():
        if f.get("severity") == "refuse":
            st.html(_finding(f))
    asked = again.offer(name, engine())
    if st.button("New analysis", type="secondary" if asked else "primary", key="another"):
        nav.go("new")


def _subject(doc: dict[str, Any]) -> str:
    clip = doc.get("clip") or {}
    return str(doc.get("runner") or clip.get("file") or "")


def _head(folder: ResultFolder, doc: dict[str, Any]) -> None:
    """Who, when, how fast, and the report to take along."""
    reference = doc.get("reference") or {}
    clip = doc.get("clip") or {}
    speed = reference.get("speed_kmh")
    facts = [
        f"{library.made(folder):%d %B %Y, %H:%M}",
        f"{speed:.1f} km/h" if speed else "speed not given",
        f"{clip.get('duration_s', 0):.0f} s at {clip.get('fps_hz', 0):.0f} frames per second",
        "compared with standing" if reference.get("zero") == "standing" else "no standing clip",
    ]
    if said := words.slow_motion(clip):
        facts.append(said)
    title, button = st.columns([4, 1], vertical_alignment="center")
    with title:
        theme.heading(html.escape(_subject(doc)), html.escape(" · ".join(facts)))
    with button:
        _export(folder)


def _export(folder: ResultFolder) -> None:
    """The PDF; while it is still to come, a button that says so; made on demand if the analysis left it out."""
    if coming.pictures(folder):
        coming.watched(folder, _pdf_comes)
        return
    report = folder.file("report.pdf")
    if report is None:
        if st.button("Make PDF", key="make-pdf", width="stretch", type="primary"):
            try:
                from gait.services.publish import make_report  # late: it brings the whole pipeline

                make_report(folder.path)
            except GaitError as error:
                st.error(str(error))
                return
            st.rerun()
        return
    st.download_button(
        "Export PDF",
        data=report.read_bytes,
        file_name=f"{folder.path.name}.pdf",
        mime="application/pdf",
        key="pdf",
        type="primary",
        width="stretch",
        on_click="ignore",
    )


def _pdf_comes() -> None:
    st.button("PDF comes …", key="pdf-comes", width="stretch", disabled=True)


def _feet(folder: ResultFolder, doc: dict[str, Any]) -> None:
    """Both feet side by side, left on the left, as seen from behind."""
    drawing = coming.pictures(folder)
    cards = "".join(foot_card(folder, doc, side, drawing) for side in Side)
    st.html(f'<div class="g-grid g-grid-2">{cards}</div><div class="g-hint">{words.SIGN}</div>')


def foot_card(folder: ResultFolder, doc: dict[str, Any], side: Side, drawing: bool = False) -> str:
    """One foot: label, sentence, scale, freeze frame, reasons; as HTML. `drawing`: the freeze frame may still come."""
    foot = (doc.get("feet") or {}).get(side.value) or {}
    reference = doc.get("reference") or {}
    zero = str(reference.get("zero", "none"))
    label = str(foot.get("label") or "undetermined")
    _, value = words.judged(foot, zero)
    limits = reference.get("limits_deg")
    # the limits are of the tilt from standing: an excursion has no place on their scale
    scale = pictures.scale(value, limits, side) if value and limits and zero == "standing" else ""
    sure = words.certainty(foot)
    reasons = "".join(f"<li>{html.escape(str(r))}</li>" for r in foot.get("reasons") or ())
    photo = folder.peak_picture(side)
    uri = _photo(str(photo), photo.stat().st_mtime_ns) if photo else ""
    used = int(foot.get("n_strides") or 0)
    figure = ""
    if uri:
        figure = f'<figure><img src="{uri}" alt="Furthest tilt of a typical step"><figcaption>One typical step</figcaption></figure>'
    elif drawing and used:
        figure = '<figure><div class="g-comes">The picture<br>is being drawn</div><figcaption>One typical step</figcaption></figure>'
    basis = f"{used} steps, {words.METHOD.get(str(foot.get('rearfoot_method')), '')}" if used else ""
    return (
        f'<section class="g-foot g-edge-{side.value}" data-side="{side.value}"><div class="g-foot-main">'
        f'<div class="g-side g-ink-{side.value}">{words.SIDE[side]}</div>'
        f'<div class="g-label" data-label="{label}">{words.LABEL.get(label, label)}</div>'
        f'<div class="g-sure">{html.escape(sure)}</div>'
        f'<p class="g-sentence">{words.sentence(foot, zero)}</p>{scale}'
        f'<ul class="g-reasons">{reasons}</ul><div class="g-basis">{html.escape(basis)}</div></div>{figure}</section>'
    )


@st.cache_data(max_entries=64, show_spinner=False)
def _photo(path: str, changed_ns: int) -> str:
    """The freeze frame as a data address; `changed_ns` is part of the key, so that a new picture is read anew."""
    return pictures.thumb(Path(path), 720)[2]


def _warnings(doc: dict[str, Any]) -> None:
    """What lowers the trust in this result."""
    warned = [f for f in doc.get("findings") or () if f.get("severity") == "warn"]
    if warned:
        st.html("".join(_finding(f) for f in warned))


def _finding(f: dict[str, Any]) -> str:
    severity = str(f.get("severity", "info"))
    return (
        f'<div class="g-finding g-{severity}"><b>{html.escape(str(f.get("message", "")))}</b> '
        f"<span>{html.escape(str(f.get('advice') or ''))}</span></div>"
    )


def _curves(folder: ResultFolder, doc: dict[str, Any]) -> None:
    """The heel's tilt over ground contact."""
    reference = doc.get("reference") or {}
    from_standing = reference.get("zero") == "standing"
    zero = (
        "0° is how you stand." if from_standing else "There is no standing clip, so 0° is only the picture's upright."
    )
    theme.heading(
        "How your heel tilts while the foot is on the ground",
        f"Thin lines are single steps, drawn through their measured frames. {zero}",
    )
    with st.container(border=True, key="curves"):
        st.html('<div class="g-two"><b class="g-ink-left">Left foot</b><b class="g-ink-right">Right foot</b></div>')
        _plot(_charts(str(folder.path), _stamp(folder))["curves"], "curves")


@st.cache_resource(max_entries=12, show_spinner=False)
def _charts(path: str, changed_ns: int) -> dict[str, figures.Figure]:
    """All charts of a result, made once for every page that shows it: checking their thousands of values is what takes time.

    `changed_ns` is part of the key, so that an edited result is drawn anew.
    """
    folder = ResultFolder(Path(path))
    doc = folder.analysis
    feet = {s: (doc.get("feet") or {}).get(s.value) or {} for s in Side}
    reference = doc.get("reference") or {}
    charts = {
        "curves": figures.rearfoot_curves(
            folder.rearfoot,
            folder.strides,
            folder.curves,
            reference.get("limits_deg") if reference.get("zero") == "standing" else None,
            {s: feet[s].get("peak_eversion_deg") for s in Side},
            {s: feet[s].get("time_to_peak_pct") for s in Side},
        ),
        "pattern": figures.contact_pattern(doc.get("events") or {}),
        "times": figures.left_right(
            [
                (name, {s: feet[s].get(key) for s in Side})
                for name, key in (("On the ground", "contact_time_s"), ("In the air", "flight_time_s"))
            ]
        ),
    }
    pose = folder.pose
    if pose:
        strikes = ((doc.get("events") or {}).get("left") or {}).get("foot_strike_s") or []
        charts["skeleton"] = figures.skeleton(pose["world_m"], figures.two_strides(pose["times_s"], strikes))
    return charts


def _stamp(folder: ResultFolder) -> int:
    return (folder.path / "analysis.json").stat().st_mtime_ns


def _plot(figure: figures.Figure, name: str) -> None:
    st.plotly_chart(figure, theme=None, config=PLAIN, key=f"{name}-chart")


def _rhythm(folder: ResultFolder, doc: dict[str, Any]) -> None:
    """Cadence, and left against right on the ground and in the air."""
    theme.heading("Your rhythm")
    charts = _charts(str(folder.path), _stamp(folder))
    cadence = doc.get("cadence_spm")
    a, b = st.columns([1.15, 1], gap="medium")
    with a, st.container(border=True, key="rhythm"):
        st.html(
            f'<div class="g-stat"><span>Steps per minute</span><b data-value="cadence">{words.number(cadence)}</b>'
            f"<i>{words.likely(cadence, '')}</i></div>"
        )
        _plot(charts["pattern"], "pattern")
        st.html('<div class="g-caption">When each foot is on the ground</div>')
    with b, st.container(border=True, key="times"):
        _plot(charts["times"], "times")
        st.html('<div class="g-caption">Per step, with the range the true value likely lies in</div>')


def _shoes(doc: dict[str, Any]) -> None:
    """Three shoes to try first."""
    found = doc.get("recommendation") or {}
    shoes = found.get("shoes") or []
    if not shoes:
        return
    theme.heading("Shoes to try first", html.escape(str(found.get("note") or "")))
    st.html(f'<div class="g-grid g-grid-3">{"".join(shoe_card(shoe) for shoe in shoes[:3])}</div>')
    if found.get("evidence"):
        st.html(f'<div class="g-hint">{html.escape(str(found["evidence"]))}</div>')


def shoe_card(shoe: dict[str, Any]) -> str:
    """One shoe with what speaks for and against it; as HTML."""
    category = str(shoe.get("category") or "")
    price = shoe.get("price")
    cost = f"{float(price):.2f}" if isinstance(price, int | float) else ""
    why = "".join(f'<li class="g-pro">{html.escape(str(w))}</li>' for w in shoe.get("why") or ())
    against = "".join(f'<li class="g-con">{html.escape(str(w))}</li>' for w in shoe.get("why_not") or ())
    return (
        f'<section class="g-shoe-card">{pictures.shoe(category)}'
        f'<div class="g-cat">{words.CATEGORY.get(category, html.escape(category.replace("-", " ").capitalize()))}</div>'
        f'<div class="g-shoe-name"><b>{html.escape(str(shoe.get("name") or ""))}</b><span>{cost}</span></div>'
        f'<ul class="g-reasons">{why}{against}</ul></section>'
    )


def _motion(folder: ResultFolder) -> None:
    """The film with the lines drawn in, and the runner turning in 3D."""
    turning = _charts(str(folder.path), _stamp(folder)).get("skeleton")
    theme.heading("Your run again", "The skeleton shows the movement as the camera's software guesses it in 3D.")
    a, b = st.columns([1, 1.9], gap="medium")
    with a, st.container(border=True, key="film"):
        film.show(folder)
    if turning:
        with b, st.container(border=True, key="skeleton"):
            _plot(turning, "skeleton")
            _keep_scrolling()


def _keep_scrolling() -> None:
    """The mouse's wheel moves the page over the skeleton too: plotly's 3D scenes swallow it, told not to zoom or not."""
    st.components.v2.component("wheel", html="<i></i>", js=_WHEEL)(key="wheel")


def _steps(folder: ResultFolder) -> None:
    """Every step that was looked at; staff may leave one out or put a line right, and everything is judged again."""
    drawing = coming.pictures(folder)
    if not len(folder.steps) and not drawing and not len(folder.rearfoot):
        return
    how = "At its furthest tilt. White: the lower leg. Yellow: the back of the shoe. Tap a step to look closer."
    theme.heading("Every step", how if len(folder.steps) or drawing else "")
    if not len(folder.steps):
        said = (
            "<b>The pictures of the steps are being drawn.</b> They appear here by themselves."
            if drawing
            else "<b>This result has no pictures of its steps.</b> Its figures are whole; to correct steps, analyse the clip again."
        )
        st.html(f'<div class="g-empty">{said}</div>')
        return
    at_work = st.container()
    answered: tuple[Side, dict[str, Any]] | None = None
    for column, side in zip(st.columns(2, gap="medium"), Side, strict=True):
        with column, st.container(border=True, key=f"steps-{side.value}"):
            table = folder.strides
            mine = table[table["side"] == side.value] if len(table) else table
            out = int((~mine["used"].astype(bool)).sum()) if len(mine) else 0
            note = f"{len(mine)} steps" + (f", {out} left out" if out else "")
            st.html(f'<div class="g-two"><b class="g-ink-{side.value}">{words.SIDE[side]}</b><i>{note}</i></div>')
            answer = steps.show(folder, side)
            answered = (side, answer) if answer else answered
    by_hand = folder.analysis.get("edits") or []
    if by_hand:
        told, undo = st.columns([4, 1], vertical_alignment="center")
        number = f"{len(by_hand)} step{'s' if len(by_hand) > 1 else ''}"
        told.html(
            f'<div class="g-note"><b>{number} changed by hand.</b> The result says so, and so does the report.</div>'
        )
        if undo.button("Undo all changes", key="undo", width="stretch"):
            with at_work:
                _judge_again(folder, [])
    if answered:
        try:
            changed = steps.edited(folder, *answered)
        except ValueError:
            log.exception("an edit could not be understood")
            return
        with at_work:
            _judge_again(folder, changed)


def _judge_again(folder: ResultFolder, changed: list[dict[str, Any]]) -> None:
    """Rewrite the result with these edits and show it."""
    with st.spinner("Judging again …"):
        # Imported here: it brings the whole pipeline, which a page that only shows a result need not load.
        from gait.services import edits

        try:
            edits.apply(folder.path, [edits.StepEdit(**e) for e in changed])
        except GaitError as error:
            st.error(str(error))
            return
    st.rerun()


def _small_print(doc: dict[str, Any]) -> None:
    """Checks that passed, and where the limits come from."""
    reference = doc.get("reference") or {}
    limits = reference.get("limits_deg") or {}
    with st.expander("More figures, and how this was judged", key="small-print"):
        st.html(_more(doc))
        if limits:
            st.html(
                f"<p>Neutral at this speed is <b>{limits['under']:.1f}° to {limits['over']:.1f}°</b>. "
                f"Where that comes from: {html.escape(str(reference.get('source') or ''))}.</p>"
            )
        for f in doc.get("findings") or ():
            if f.get("severity") == "info":
                st.html(_finding(f))
        clip = doc.get("clip") or {}
        versions = doc.get("versions") or {}
        st.html(
            f"<p class='g-basis'>{html.escape(str(clip.get('file', '')))} · {clip.get('width_px')}×{clip.get('height_px')} "
            f"· gait {html.escape(str(versions.get('gait', '')))}</p>"
        )


def _more(doc: dict[str, Any]) -> str:
    """The figures behind, left against right, as an HTML table; a row without any figure is left out."""
    feet, meaning, moves = (doc.get(key) or {} for key in ("feet", "meaning_3d", "kinematics"))
    rows = []
    for section, key, name, unit, digits in MORE:
        source = {"feet": feet, "meaning_3d": meaning, "kinematics": moves}[section]
        cells = [(source.get(side.value) or {}).get(key) for side in Side]
        if any(cells):
            shown = "".join(
                f"<td><b>{words.number(c, digits)}{unit if c else ''}</b> <i>{words.likely(c, unit, digits)}</i></td>"
                for c in cells
            )
            rows.append(f"<tr><th>{name}</th>{shown}</tr>")
    head = "<tr><th></th><td class='g-ink-left'>Left foot</td><td class='g-ink-right'>Right foot</td></tr>"
    return f'<table class="g-more">{head}{"".join(rows)}</table>' if rows else ""
