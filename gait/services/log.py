"""Keeps runners' names out of the log: a result's folder is named after its runner, and errors of the disk hold its path."""

import logging
import re

RESULT_NAME = r"(?<!\d)(\d{4}-\d{2}-\d{2}-\d{6})-[\w.-]+"


def nameless(text: str) -> str:
    """The text with every result's name cut to its time: `2026-01-15-103000`."""
    return re.sub(RESULT_NAME, r"\1", text)


def keep_names_out() -> None:
    """From now on no line of this process's log, whichever library writes it, holds a result's name. For programs, at their start."""
    make = logging.getLogRecordFactory()

    def record(*args: object, **named: object) -> logging.LogRecord:
        made = make(*args, **named)
        try:
            made.msg, made.args = nameless(made.getMessage()), None
        except (TypeError, ValueError):
            return made  # a mistake in the message, which logging reports itself
        if made.exc_info:
            # A formatter takes this text as it stands.
            made.exc_text = nameless(logging.Formatter().formatException(made.exc_info))
        return made

    logging.setLogRecordFactory(record)
