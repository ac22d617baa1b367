"""`gait check`: what a clip is good for, before it is analysed."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gait.cli.arguments import place, positive

if TYPE_CHECKING:
    from gait.cli.arguments import Commands


def add(commands: "Commands") -> None:
    """Describe the command and its options."""
    parser = commands.add_parser("check", help="say in a second or two what a clip is good for, without analysing it")
    parser.add_argument("clip", type=Path, metavar="CLIP")
    parser.add_argument("--standing", type=Path, metavar="CLIP", help="the standing clip that goes with it")
    parser.add_argument("--slow-motion", type=positive, default=1.0, metavar="FACTOR", help="as for analyze")
    parser.add_argument("--runner-at", type=place, metavar="X,Y", help="as for analyze")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print one line a check; 2 when the clip cannot be judged."""
    from gait import first_look
    from gait.quality import standing_line
    from gait.settings import PoseSettings

    settings = PoseSettings(runner_at=arguments.runner_at)
    found = first_look.check(arguments.clip, settings, slow_motion=arguments.slow_motion)
    standing = first_look.check_standing(arguments.standing, found) if arguments.standing else None
    checks = (*found.checks, standing_line(standing))
    width = max(len(c.name) for c in checks)
    for c in checks:
        limit = f" (needed: {c.limit})" if c.limit else ""
        print(f"{ {'ok': 'ok    ', 'warn': 'LOOK  ', 'refuse': 'REFUSE'}[c.mark] } {c.name:{width}}  {c.value}{limit}")
        if c.advice:
            print(f"{'':{width + 9}}{c.advice}")
    if len(found.hips) > 1:
        for number, (x, y) in enumerate(found.hips, 1):
            print(f"Runner {number}, counted from the left: --runner-at {x:.2f},{y:.2f}")
    if found.refused:
        print(f"gait: {arguments.clip.name} cannot be judged. {found.reason}", file=sys.stderr)
        return 2
    return 0
