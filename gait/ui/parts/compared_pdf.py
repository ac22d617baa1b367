"""The page on two runs to take along."""

from functools import partial

import streamlit as st

from gait.comparison.values import Comparison
from gait.results.folder import ResultFolder
from gait.services import library
from gait.services.comparing import PAGE, page_of
from gait.services.engine import Engine
from gait.services.reception import Reception
from gait.ui.engine import engine, reception
from gait.ui.parts import seen as looked
from gait.words import chosen, phrase, speaking


def offer(found: Comparison, pair: tuple[ResultFolder, ResultFolder]) -> None:
    """The page to take along; it is set when somebody asks for it."""
    st.download_button(
        phrase("page-export_pdf"),
        data=partial(_taken_along, reception(), engine(), found, pair, chosen()),
        file_name=f"{library.to_take_along(pair[1])}-{PAGE}",
        mime="application/pdf",
        key="compare-pdf",
        on_click="ignore",
    )


def _taken_along(
    counter: Reception, engine: Engine, found: Comparison, pair: tuple[ResultFolder, ResultFolder], language: str
) -> bytes:
    """The PDF in the page's language, when somebody takes it: that is written down for both results.

    It happens outside the page, and maybe long after it was shown. Raises GaitError.
    """
    for folder in pair:
        engine.open_result(folder.path.name)
    for folder in pair:
        looked.done("report_saved", folder.path.name, counter)
    with speaking(language):
        return page_of(found, pair)
