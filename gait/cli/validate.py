"""`gait validate`: accuracy against clips with known truth."""

import argparse
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from gait.errors import GaitError
from gait.places import reports_root

if TYPE_CHECKING:
    from gait.cli.arguments import Commands


def add(commands: "Commands") -> None:
    """Describe the command and its options."""
    parser = commands.add_parser("validate", help="hold results against clips with known truth")
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--out", type=Path, metavar="DIR", help="(default: validation among all results)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the accuracy page and its pictures; print the page's path. Raises GaitError without the extra it needs."""
    if find_spec("matplotlib") is None:
        raise GaitError("no_matplotlib")
    from gait.validation.accuracy import validate

    print(validate(arguments.folder, arguments.out or reports_root() / "validation"))
    return 0
