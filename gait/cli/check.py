"""`gait check`: what a clip is good for, before it is analysed."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gait.cli.arguments import add_tracker, place, positive, tracker

if TYPE_CHECKING:
    from gait.cli.arguments import Commands


def add(commands: "Commands") -> None:
    """Describe the command and its options."""
    parser = commands.add_parser("check", help="say in a second or two what a clip is good for, without analysing it")
    parser.add_argument("clip", type=Path, metavar="CLIP")
    parser.add_argument("--standing", type=Path, metavar="CLIP", help="the standing clip that goes with it")
    parser.add_argument("--slow-motion", type=positive, default=1.0, metavar="FACTOR", help="as for analyze")
    parser.add_argument("--runner-at", type=place, metavar="X,Y", help="as for analyze")
    parser.add_argument("--mirrored", action="store_true", help="as for analyze")
    add_tracker(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print one line a check; 2 when the clip cannot be judged."""
    from gait import first_look, words
    from gait.quality import standing_line
    from gait.settings import PoseSettings

    settings = PoseSettings(tracker=tracker(arguments), runner_at=arguments.runner_at)
    found = first_look.check(arguments.clip, settings, slow_motion=arguments.slow_motion, mirrored=arguments.mirrored)
    standing = None
    if arguments.standing:
        standing = first_look.check_standing(arguments.standing, found, PoseSettings(tracker=settings.tracker))
    checks = (*found.checks, standing_line(standing))
    lines = [words.check_line(c) for c in checks]
    marks = {mark: words.phrase(f"mark_line-{mark}") for mark in ("ok", "warn", "refuse")}
    widest, width = max(map(len, marks.values())), max(len(line.name) for line in lines)
    for c, line in zip(checks, lines, strict=True):
        told = {"name": f"{line.name:{width}}", "value": line.value, "limit": line.limit}
        said = words.phrase("cli-check_line_needed" if line.limit else "cli-check_line", **told)
        print(f"{marks[c.mark]:{widest}} {said}")
        if line.advice:
            print(f"{'':{widest + 1 + width + 2}}{line.advice}")
    if len(found.hips) > 1:
        for number, (x, y) in enumerate(found.hips, 1):
            print(words.phrase("cli-runner_at", number=number, place=f"{x:.2f},{y:.2f}"))
    if found.reason is not None:
        said = words.phrase("cli-not_judged", file=arguments.clip.name, why=words.whole(found.reason))
        print(f"gait: {said}", file=sys.stderr)
        return 2
    return 0
