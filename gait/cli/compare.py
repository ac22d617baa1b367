"""`gait compare`: two finished results, figure by figure: a real change, within noise, or not to be told."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gait.cli.arguments import add_encoder, encoder

if TYPE_CHECKING:
    from gait.cli.arguments import Commands
    from gait.services.comparing import ComparedFolder


def add(commands: "Commands") -> None:
    """Describe the command and its options."""
    parser = commands.add_parser("compare", help="compare two finished results: what is a real change, what is noise")
    parser.add_argument("a", type=Path, metavar="RESULT_A", help="the folder of a finished result")
    parser.add_argument("b", type=Path, metavar="RESULT_B", help="the one it is compared with: differences are B - A")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="where comparison.json, .pdf and .mp4 go"
    )
    parser.add_argument("--no-video", action="store_true", help="write no comparison.mp4")
    parser.add_argument("--no-pdf", action="store_true", help="write no comparison.pdf")
    add_encoder(parser)
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
    else:
        print(
            *compared_lines(done.comparison), f"\n{words.phrase('cli-written')}", f"  {done.file}", sep="\n", flush=True
        )
    if not arguments.no_pdf:
        from gait.services.comparing import write_page

        page = write_page(done)
        if not arguments.json:
            print(f"  {page}", flush=True)
    if not arguments.no_video:
        _film(done, arguments)
    return 0


def _film(done: "ComparedFolder", arguments: argparse.Namespace) -> None:
    """Make it and say where it is, or say on stderr why there is none. Raises GaitError; what was compared stands."""
    from gait import words
    from gait.said import Said
    from gait.services.film_of_two import film_both

    film = film_both(done, encoder(arguments))
    if isinstance(film, Said):
        print(f"gait: {words.say(film)}", file=sys.stderr)
    elif not arguments.json:
        print(f"  {film}")
