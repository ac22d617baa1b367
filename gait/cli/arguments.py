"""What several commands' arguments share: types that check what was typed, and options that mean the same everywhere."""

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from gait.bounds import SHOE_SIZE, SPEED_KMH, Bounds

if TYPE_CHECKING:
    from gait.settings import PointsTold

    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]


def positive(text: str) -> float:
    """A number between 0 and 100, with a decimal point or comma. Raises ArgumentTypeError otherwise."""
    value = float(text.replace(",", "."))
    if not 0 < value < 100:
        raise argparse.ArgumentTypeError(f"must be between 0 and 100. Got {text}")
    return value


def speed_kmh(text: str) -> float:
    """A belt's speed, with a decimal point or comma. Raises ArgumentTypeError for one that no belt has."""
    return within(SPEED_KMH, text)


def shoe_size(text: str) -> float:
    """A shoe's size, with a decimal point or comma. Raises ArgumentTypeError for one that no shoe has."""
    return within(SHOE_SIZE, text)


def within(bounds: Bounds, text: str) -> float:
    """A number that a person typed, with a decimal point or comma. Raises ArgumentTypeError outside of the bounds."""
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


def size(text: str) -> tuple[int, int]:
    """`1080x1920`, a picture's width and height in pixels. Raises ArgumentTypeError otherwise."""
    found = re.fullmatch(r"\s*(\d{2,5})\s*[x\N{MULTIPLICATION SIGN}*]\s*(\d{2,5})\s*", text.lower())
    if not found:
        raise argparse.ArgumentTypeError(f"must be width x height in pixels, like 1080x1920. Got {text}")
    return int(found[1]), int(found[2])


def frame_rate(text: str) -> float:
    """Frames per second, with a decimal point or comma. Raises ArgumentTypeError for what no camera has."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = 0.0
    if not 1 <= value <= 2000:
        raise argparse.ArgumentTypeError(f"must be a number between 1 and 2000. Got {text}")
    return value


def add_points_told(parser: argparse.ArgumentParser) -> None:
    """Add what files of key points do not say themselves: see `points_told`."""
    parser.add_argument(
        "--fps", type=frame_rate, metavar="N", help="frames per second of key points that have no times, without a clip"
    )
    parser.add_argument(
        "--size", type=size, metavar="WxH", help="the picture's size for key points that are shares of it"
    )
    parser.add_argument(
        "--names",
        type=Path,
        metavar="FILE",
        help="what the key points are called, a line each: their name, a comma, the landmark (see docs/key_points.md)",
    )
    parser.add_argument(
        "--points-from",
        default="",
        metavar="NAME",
        help="the tracker that found the key points, where the file does not say it: blazepose reads their steps as its own",
    )


def points_told(arguments: argparse.Namespace) -> "PointsTold":
    """What was said of files of key points."""
    from gait.settings import PointsTold

    return PointsTold(arguments.fps, arguments.size, arguments.names, arguments.points_from.strip().lower())


def add_reports(parser: argparse.ArgumentParser) -> None:
    """Add `--reports DIR`, the command's way to say what GAIT_REPORTS_DIR says."""
    parser.add_argument(
        "--reports",
        type=Path,
        metavar="DIR",
        help="the folder of all results (default: $GAIT_REPORTS_DIR, else the checkout's reports/, "
        "else the user's data folder; gait doctor names it)",
    )


def add_tracker(parser: argparse.ArgumentParser) -> None:
    """Add `--tracker NAME`, the command's way to say what GAIT_TRACKER says."""
    parser.add_argument(
        "--tracker",
        metavar="NAME",
        help="what follows the runner (default: $GAIT_TRACKER, else blazepose; gait trackers lists them)",
    )


def tracker(arguments: argparse.Namespace) -> str:
    """What was chosen. Raises GaitError when there is none of that name, or what it needs is missing: before a clip is waited for."""
    from gait.services import trackers
    from gait.services.settings import StoreSettings
    from gait.settings import PoseSettings

    name: str = (arguments.tracker or StoreSettings.read().tracker).strip().lower()
    if name != PoseSettings().tracker:  # the usual one takes seconds to ask, and key points without a clip need none
        trackers.check(name)
    return name


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
