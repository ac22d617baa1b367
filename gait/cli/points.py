"""`gait points`: a file of key points in the form of another tool."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from gait.cli.arguments import add_points_told, place, points_told

if TYPE_CHECKING:
    from gait.cli.arguments import Commands


def add(commands: "Commands") -> None:
    """Describe the command and its options."""
    parser = commands.add_parser("points", help="write the key points of one tool in the form of another")
    parser.add_argument("file", type=Path, metavar="FILE", help="a file or folder of key points")
    parser.add_argument("--to", choices=["openpose", "coco", "trc"], required=True, help="the form")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="PATH", help="the folder (openpose) or file to write"
    )
    parser.add_argument("--runner-at", type=place, metavar="X,Y", help="as for analyze")
    add_points_told(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read and write."""
    from gait import words
    from gait.services.points import convert

    told = points_told(arguments)
    frames = convert(arguments.file, told, arguments.to, arguments.out, arguments.runner_at)
    print(words.phrase("cli-points_written", frames=frames, out=str(arguments.out)))
    return 0
