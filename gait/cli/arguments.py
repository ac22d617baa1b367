"""What several commands' arguments share: types that check what was typed, and options that mean the same everywhere."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from gait.bounds import SHOE_SIZE, SPEED_KMH, Bounds

if TYPE_CHECKING:
    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]


def positive(text: str) -> float:
    """A number between 0 and 100, with a decimal point or comma. Raises ArgumentTypeError otherwise."""
    value = float(text.replace(",", "."))
    if not 0 < value < 100:
        raise argparse.ArgumentTypeError(f"must be between 0 and 100. Got {text}")
    return value


def speed_kmh(text: str) -> float:
    """A belt's speed, with a decimal point or comma. Raises ArgumentTypeError for one that no belt has."""
    return _within(SPEED_KMH, text)


def shoe_size(text: str) -> float:
    """A shoe's size, with a decimal point or comma. Raises ArgumentTypeError for one that no shoe has."""
    return _within(SHOE_SIZE, text)


def _within(bounds: Bounds, text: str) -> float:
    try:
        return bounds.read(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"must be a number between {bounds.least:g} and {bounds.most:g}. Got {text}"
        ) from None


def place(text: str) -> tuple[float, float]:
    """`X,Y` as shares of a picture's width and height, 0-1. Raises ArgumentTypeError otherwise."""
    try:
        x, y = (float(v) for v in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be two numbers, X,Y. Got {text}") from None
    if not (0 <= x <= 1 and 0 <= y <= 1):
        raise argparse.ArgumentTypeError(f"must be shares between 0 and 1, like 0.5,0.6. Got {text}")
    return x, y


def add_reports(parser: argparse.ArgumentParser) -> None:
    """Add `--reports DIR`, the command's way to say what GAIT_REPORTS_DIR says."""
    parser.add_argument(
        "--reports",
        type=Path,
        metavar="DIR",
        help="the folder of all results (default: $GAIT_REPORTS_DIR, else the checkout's reports/, "
        "else the user's data folder; gait doctor names it)",
    )


def add_encoder(parser: argparse.ArgumentParser) -> None:
    """Add `--encoder NAME`, the command's way to say what GAIT_ENCODER says."""
    parser.add_argument(
        "--encoder",
        metavar="NAME",
        help="what packs films and recordings (default: $GAIT_ENCODER, else the first that works here; gait doctor lists them)",
    )


def encoder(arguments: argparse.Namespace) -> str:
    """What was chosen, empty where nothing was. Raises GaitError when it does not work here: before a clip is waited for."""
    from gait import encoders
    from gait.services.settings import StoreSettings

    name = (arguments.encoder or StoreSettings.read().encoder).strip()
    return encoders.chosen(name).name if name else ""
