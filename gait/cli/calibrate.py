"""`gait calibrate`: the page that a camera is calibrated with."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gait.cli.arguments import Commands

PAPERS = ("a4", "letter")
"""As in `gait.ruler`, which is not loaded for the help."""


def add(commands: "Commands") -> None:
    """Describe the command and its options."""
    parser = commands.add_parser("calibrate", help="print the page that a camera is calibrated with")
    parser.add_argument(
        "--print", type=Path, required=True, metavar="FILE.pdf", help="where the page to print is written"
    )
    parser.add_argument("--paper", choices=PAPERS, default=PAPERS[0], help="what it is printed on (default: a4)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the page. Raises GaitError where it cannot be written."""
    from gait import words
    from gait.services.calibrating import print_page

    file = print_page(arguments.print, arguments.paper)
    print(words.phrase("cli-written"), f"  {file}", words.phrase("cli-calibrate_printed"), sep="\n", flush=True)
    return 0
