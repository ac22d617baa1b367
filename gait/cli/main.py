"""The `gait` command: exit 0 analysed, 2 bad input or refused, 1 a fault of the program."""

import argparse
import logging
import os
import sys
from collections.abc import Sequence

from gait import __version__
from gait.cli import (
    analyze,
    app,
    backup,
    calibrate,
    check,
    compare,
    customers,
    demo,
    doctor,
    export,
    points,
    records,
    retention,
    rules,
    staff,
    trackers,
    validate,
    visits,
)
from gait.errors import GaitError
from gait.places import keep_private
from gait.said import LANGUAGE_VARIABLE

log = logging.getLogger(__name__)

COMMANDS = (
    analyze,
    demo,
    app,
    check,
    compare,
    export,
    points,
    calibrate,
    customers,
    visits,
    records,
    retention,
    rules,
    staff,
    backup,
    doctor,
    trackers,
    validate,
)
"""In the order of the help. Each module has `add`, which describes the command to argparse, and `run`.

None of them loads NumPy when it is imported: `main` has a word to say before that.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    # Before NumPy is loaded: small matrices and small pictures are only slowed down by threads (heel measurement took twice the time).
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"):
        os.environ.setdefault(variable, "1")
    keep_private()
    arguments = _parser().parse_args(argv)
    if not arguments.verbose and arguments.run is not app.run:
        _silence_native_code()
    logging.basicConfig(level=logging.DEBUG if arguments.verbose else logging.WARNING, format="%(name)s: %(message)s")
    before = {name: os.environ[name] for name in (LANGUAGE_VARIABLE,) if name in os.environ}
    try:
        _speak(arguments)
        status: int = arguments.run(arguments)
    except GaitError as error:
        from gait import words

        print(f"gait: {words.whole(error)}", file=sys.stderr)
        return 2
    except ImportError as error:
        log.debug("", exc_info=True)
        # In English: the catalogue's own library may be the one.
        print(f"gait: a library does not load ({error}). `gait doctor` says what to do.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        from gait import words

        print(f"gait: {words.phrase('cli-stopped')}", file=sys.stderr)
        return 130
    finally:
        os.environ.pop(LANGUAGE_VARIABLE, None)
        os.environ.update(before)
    return status


def _speak(arguments: argparse.Namespace) -> None:
    """The language that was asked for: with --language, else by GAIT_LANGUAGE, else by the system's variables.

    The dashboard asks its visitors' browsers instead of the system. Raises GaitError for a language that there is not.
    """
    from gait import words

    asked = words.among(arguments.language)
    if arguments.language and not asked:
        raise GaitError("no_language", name=arguments.language, names=", ".join(words.languages()))
    if not asked and not os.environ.get(LANGUAGE_VARIABLE) and arguments.run is not app.run:
        asked = words.of_system(os.environ)
    if asked:  # in the environment, where threads and other processes find it too
        os.environ[LANGUAGE_VARIABLE] = asked


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gait", description="Rear-view running gait analysis.")
    parser.add_argument("--version", action="version", version=f"gait {__version__}")
    parser.add_argument("--verbose", action="store_true", help="log what the stages do")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add(commands)
    for one, default in ((parser, ""), *((one, argparse.SUPPRESS) for one in commands.choices.values())):
        # Before the command's name or after it, as people type it.
        one.add_argument(
            "--language", default=default, metavar="CODE", help="en or de (default: $GAIT_LANGUAGE, else the system's)"
        )
    return parser


def _silence_native_code() -> None:
    """Keep MediaPipe's C++ chatter off the terminal: it writes to descriptor 2 whatever its log level.

    Python's own stderr, tracebacks included, goes on to a copy of the descriptor.
    """
    try:
        if sys.stderr.fileno() != 2:
            return
    except (OSError, ValueError):  # replaced by something that is no file
        return
    sys.stderr = os.fdopen(os.dup(2), "w", buffering=1, encoding="utf-8", errors="replace")
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
