"""`gait compare`: two finished results, figure by figure: a real change, within noise, or not to be told."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gait.cli.arguments import Commands


def add(commands: "Commands") -> None:
    """Describe the command and its options."""
    parser = commands.add_parser("compare", help="compare two finished results: what is a real change, what is noise")
    parser.add_argument("a", type=Path, metavar="RESULT_A", help="the folder of a finished result")
    parser.add_argument("b", type=Path, metavar="RESULT_B", help="the one it is compared with: differences are B - A")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where comparison.json goes")
    parser.add_argument("--json", action="store_true", help="print comparison.json, for scripts")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Compare, write and print. Raises GaitError for what is no finished result."""
    from gait import words
    from gait.cli.compared_lines import compared_lines
    from gait.services.comparing import compare_folders

    done = compare_folders(arguments.a, arguments.b, arguments.out)
    if arguments.json:
        print(json.dumps(done.document, ensure_ascii=False, indent=1))
        return 0
    print(*compared_lines(done.comparison), sep="\n")
    print(f"\n{words.phrase('cli-written')}")
    print(f"  {done.file}")
    return 0
