"""`gait doctor`: what is installed and whether this computer is ready."""

import argparse
from typing import TYPE_CHECKING

from gait.cli.arguments import add_reports
from gait.places import reports_root

if TYPE_CHECKING:
    from gait.cli.arguments import Commands


def add(commands: "Commands") -> None:
    """Describe the command and its options."""
    parser = commands.add_parser("doctor", help="say what is installed and whether this computer is ready")
    add_reports(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print one line a check; 2 when something gait cannot do without is missing."""
    from gait import words
    from gait.services.doctor import check_up

    checks = check_up(reports_root(arguments.reports))
    marks = {mark: words.phrase(f"mark_line-{mark}") for mark in ("ok", "warn", "missing")}
    widest = max(map(len, marks.values()))
    for check in checks:
        mark = marks["ok" if check.ok else "warn" if check.optional else "missing"]
        print(f"{mark:{widest}} {words.say(check.name)}: {words.say(check.found)}")
        if not check.ok and check.advice:
            print(f"{'':{widest + 1}}{words.say(check.advice)}")
    return 0 if all(c.ok or c.optional for c in checks) else 2
