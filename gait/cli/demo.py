"""`gait demo`: the sample run into a result folder."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from gait.cli.arguments import add_reports
from gait.cli.measure import measure
from gait.places import SAMPLE_SPEED_KMH, reports_root, sample_run, sample_standing

if TYPE_CHECKING:
    from gait.cli.arguments import Commands


def add(commands: "Commands") -> None:
    """Describe the command and its options."""
    parser = commands.add_parser("demo", help="analyse the sample run")
    parser.add_argument("--out", type=Path, metavar="DIR", help="this result's folder (default: demo among all)")
    add_reports(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Analyse the sample run with its standing clip."""
    from gait import words
    from gait.pipeline import Choices

    runner = words.phrase("cli-example_runner")
    choices = Choices(standing=sample_standing(), speed_kmh=SAMPLE_SPEED_KMH, runner=runner)
    return measure(sample_run(), arguments.out or reports_root(arguments.reports) / "demo", choices, arguments.reports)
