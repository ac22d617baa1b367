"""No line of the log holds a runner's name."""

import logging
from pathlib import Path

import pytest

from gait.services.log import keep_names_out, nameless


@pytest.fixture
def kept_out():
    before = logging.getLogRecordFactory()
    keep_names_out()
    yield
    logging.setLogRecordFactory(before)


def test_messages_and_tracebacks_of_all_libraries_are_cut(kept_out, caplog):
    path = "/data/2026-01-15-103000-anna-müller-2/report.pdf"
    try:
        Path(path).read_bytes()
    except OSError as error:
        logging.getLogger("streamlit.somewhere").exception("cannot open %s", path)
        logging.getLogger("filelock").warning("%s", error)
        logging.getLogger("gait").error("a plain %d")
    written = "\n".join(logging.Formatter().format(r) for r in caplog.records) + caplog.text
    assert "2026-01-15-103000" in written
    assert "FileNotFoundError" in written
    assert "anna" not in written
    assert "a plain %d" in written


def test_other_text_stays():
    assert nameless("at 2026-01-15-103000: 3 of 4") == "at 2026-01-15-103000: 3 of 4"
    assert nameless("12026-01-15-103000-x") == "12026-01-15-103000-x"
