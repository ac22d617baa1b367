"""Which foot is which, asked once for each camera: a mirrored picture of a runner looks like any other."""

import html
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from gait.errors import GaitError
from gait.landmarks import Landmark, Side
from gait.model import Picture
from gait.services.cameras import CameraId
from gait.ui.engine import engine
from gait.ui.parts import notes
from gait.ui.parts.look import PICTURE_PX
from gait.ui.parts.pictures import packed
from gait.words import phrase

if TYPE_CHECKING:
    from gait.first_look import Health


def ask(found: "Health", camera: CameraId, whose: str = "") -> None:
    """The question with its picture, and its two answers; nothing where no picture shows the foot.

    `whose` tells two questions on one page apart.
    """
    marked = _marked(found)
    if marked is None:
        return
    with st.container(key=f"sides{whose}"):
        st.html(
            f'<div class="g-look" data-ask="sides">{_figure(*marked)}<div><b>{phrase("page-sides_question")}</b>'
            f"<span>{phrase('page-sides_how')}</span></div></div>"
        )
        yes, no = st.columns(2)
        if yes.button(phrase("page-sides_yes"), key=f"sides_yes{whose}", width="stretch"):
            _keep(camera, found.clip.mirrored)
        if no.button(phrase("page-sides_no"), key=f"sides_no{whose}", width="stretch"):
            _keep(camera, not found.clip.mirrored)


def confirmed(camera: CameraId, whose: str = "") -> None:
    """What staff said of this camera, and the way to change it. `whose` as in `ask`."""
    said = "page-sides_mirrored" if engine().cameras.mirrored(camera) else "page-sides_plain"
    size = {"width_px": camera.width_px, "height_px": camera.height_px}
    name = (
        phrase("page-sides_camera", name=camera.name, **size) if camera.name else phrase("page-sides_unnamed", **size)
    )
    st.html(f'<div class="g-hint" data-sides="confirmed">{html.escape(phrase(said, camera=name))}</div>')
    if st.button(phrase("page-sides_change"), key=f"sides_change{whose}", type="tertiary"):
        _told(lambda: engine().cameras.forget(camera))


def _keep(camera: CameraId, mirrored: bool) -> None:
    _told(lambda: engine().cameras.confirm(camera, mirrored))


def _told(deed: Callable[[], None]) -> None:
    """Do it and show the page anew; say so where it cannot be kept."""
    try:
        deed()
    except GaitError as error:
        st.html(notes.fault(error))
    else:
        st.rerun()


def _marked(found: "Health") -> tuple[Picture, float, float] | None:
    """A picture in which the left foot is well seen, and where it is, as shares of its width and height; None without one."""
    if found.shots is None:
        return None
    size = np.array([found.shots.width_px, found.shots.height_px])
    places = found.shots.landmarks_px[:, Landmark.of(Side.LEFT, "ankle")] / size
    apart = np.abs(np.diff(found.shots.landmarks_px[:, [Landmark.of(s, "ankle") for s in Side], 0], axis=1)[:, 0])
    inside = (places > 0.02).all(axis=1) & (places < 0.98).all(axis=1) & np.isfinite(apart)
    if not inside.any():
        return None
    # the feet are farthest apart: one of them cannot be taken for the other
    k = int(np.where(inside, apart, -1.0).argmax())
    return found.shots.pictures[k], float(places[k, 0]), float(places[k, 1])


def _figure(picture: Picture, across: float, down: float) -> str:
    mark = f'<s class="g-mark" style="left:{100 * across:.1f}%;top:{100 * down:.1f}%"><b>{phrase("page-sides_left")}</b></s>'
    return f'<figure><img src="{packed(picture, PICTURE_PX)}" alt="{html.escape(phrase("page-sides_picture"))}">{mark}</figure>'
