"""`gait calibrate`: the page that a camera is calibrated with, printed, and read in a clip or photo of it."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from gait.bounds import RULER_MM
from gait.cli.arguments import add_reports, within
from gait.errors import GaitError

if TYPE_CHECKING:
    from gait.cli.arguments import Commands
    from gait.services.calibrating import Calibrated

PAPERS = ("a4", "letter")
"""As in `gait.ruler`, which is not loaded for the help."""


def add(commands: "Commands") -> None:
    """Describe the command and its options."""
    parser = commands.add_parser(
        "calibrate", help="print the page that a camera is calibrated with, or read it in a clip"
    )
    parser.add_argument("clip", nargs="?", type=Path, metavar="CLIP", help="a clip or photo of the printed page")
    parser.add_argument("--print", type=Path, metavar="FILE.pdf", help="write the page to print instead")
    parser.add_argument("--paper", choices=PAPERS, default=PAPERS[0], help="what it is printed on (default: a4)")
    parser.add_argument(
        "--ruler-mm", type=ruler_mm, metavar="X", help="how long the printed ruler of 100 mm is, as you measured it"
    )
    parser.add_argument("--camera", default="", metavar="NAME", help="which camera it is (default: what the clip says)")
    parser.add_argument(
        "--anew", action="store_true", help="the camera was moved on purpose: later readings are held against this one"
    )
    parser.add_argument("--json", action="store_true", help="print the reading as JSON, for scripts")
    add_reports(parser)
    parser.set_defaults(run=run)


def ruler_mm(text: str) -> float:
    """A length of the printed ruler, with a decimal point or comma. Raises ArgumentTypeError for one that no printer makes of it."""
    return within(RULER_MM, text)


def run(arguments: argparse.Namespace) -> int:
    """Write the page, or read it and keep what it says of the camera. Raises GaitError."""
    from gait import words
    from gait.places import data_folder, reports_root
    from gait.services.calibrating import calibrate, print_page
    from gait.services.calibrations import Calibrations

    if (arguments.print is None) == (arguments.clip is None):
        raise GaitError("calibrate_what")
    if arguments.print is not None:
        file = print_page(arguments.print, arguments.paper)
        print(words.phrase("cli-written"), f"  {file}", words.phrase("cli-calibrate_printed"), sep="\n", flush=True)
        return 0
    kept = Calibrations(data_folder(reports_root(arguments.reports)))
    done = calibrate(arguments.clip, kept, camera=arguments.camera, ruler_mm=arguments.ruler_mm, anew=arguments.anew)
    print(json.dumps(_document(done), ensure_ascii=False, indent=1) if arguments.json else "\n".join(_lines(done)))
    return 0


def _document(done: "Calibrated") -> dict[str, object]:
    """The reading, what it was held against, and what is to be said of it by code."""
    from gait import words
    from gait.results.calibration import calibration_document

    return {
        **calibration_document(done.made),
        "before": calibration_document(done.before) if done.before else None,
        "notes": [{"code": said.code, "values": dict(said.values), "message": words.say(said)} for said in done.notes],
    }


def _lines(done: "Calibrated") -> list[str]:
    from gait import words
    from gait.services.calibration_told import figures

    read = done.made.read
    size = {"width": read.width_px, "height": read.height_px}
    head = words.phrase(
        "cli-calibrated", camera=done.camera.name or words.phrase("unnamed_camera"), pictures=read.n_pictures, **size
    )
    told = [f"  {words.say(said)}" for said in figures(read)]
    held = (
        [words.phrase("cli-calibrated_against", date=words.date(done.before.made.astimezone()))] if done.before else []
    )
    return [head, *told, *held, *(words.phrase("cli-note", finding=words.say(said)) for said in done.notes)]
