"""`gait visits`: who came, and in which shoes they ran."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from gait.cli.store import add_store, keeper, open_records, print_json, print_written
from gait.cli.visit_lines import visit_lines

if TYPE_CHECKING:
    from gait.cli.arguments import Commands


def add(commands: "Commands") -> None:
    """Describe the command and its options."""
    parser = commands.add_parser("visits", help="list and show the visits to the store")
    what = parser.add_subparsers(required=True, metavar="WHAT")
    listed = what.add_parser("list", help="the newest visits, each with its runs")
    listed.add_argument("--limit", type=int, default=20, metavar="N", help="at most so many (default: 20)")
    listed.add_argument("--customer", metavar="ID", help="this customer's alone, all of them")
    listed.add_argument("--open", action="store_true", help="those that were left unfinished")
    add_store(listed)
    listed.set_defaults(run=run_list)
    show = what.add_parser("show", help="show one visit")
    show.add_argument("id", metavar="ID", help="as gait visits list prints it")
    add_store(show)
    show.set_defaults(run=run_show)
    export = what.add_parser("export", help="write everything of one visit into one zip")
    export.add_argument("id", metavar="ID", help="as gait visits list prints it")
    export.add_argument("--out", type=Path, required=True, metavar="FILE.zip", help="must not be there yet")
    add_store(export)
    export.set_defaults(run=run_export)


def run_list(arguments: argparse.Namespace) -> int:
    """Print each visit with a line a run, the newest first. Raises GaitError."""
    from gait.records import visits

    with open_records(arguments) as records, records.reading() as at:
        if arguments.customer:
            found = visits.of_customer(at, arguments.customer)
        elif arguments.open:
            found = visits.unfinished(at, arguments.limit)
        else:
            found = visits.latest(at, arguments.limit)
    if arguments.json:
        print_json(found)
        return 0
    for visit in found:
        print(*visit_lines(visit), sep="\n")
    return 0


def run_show(arguments: argparse.Namespace) -> int:
    """Print the visit. Raises GaitError."""
    from gait.records import consents, purchases, visits

    with open_records(arguments) as records, records.reading() as at:
        visit = visits.get(at, arguments.id)
        agreed, bought = consents.of_visit(at, visit.id), purchases.of_visit(at, visit.id)
    if arguments.json:
        print_json({"visit": visit, "consents": agreed, "purchases": bought})
        return 0
    print(*visit_lines(visit), sep="\n")
    return 0


def run_export(arguments: argparse.Namespace) -> int:
    """Say where the zip is. Raises GaitError."""
    from gait import words

    with open_records(arguments) as records:
        keeper(arguments, records).export_visit(arguments.id, arguments.out, "command")
    said = words.phrase("cli-exported_visit", file=str(arguments.out))
    print_written(arguments.out, said, as_json=arguments.json)
    return 0
