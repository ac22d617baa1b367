"""`gait rules`: by which rules shoes are suggested; what other rules would have done; and those of a file from now on."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from gait.cli.store import add_store, print_json
from gait.places import data_folder, reports_root

if TYPE_CHECKING:
    from gait.cli.arguments import Commands
    from gait.model import ShelfRules
    from gait.services import rules_tried
    from gait.services.rules_desk import RulesDesk
    from gait.services.store_records import StoreRecords

WHO = "command"


def add(commands: "Commands") -> None:
    """Describe the command and its options."""
    parser = commands.add_parser("rules", help="by which rules shoes are suggested, and what other rules would do")
    what = parser.add_subparsers(required=True, metavar="WHAT")
    show = what.add_parser("show", help="the rules that hold, each with its source")
    show.add_argument("--csv", action="store_true", help="as a table to change and to give to simulate and set")
    add_store(show)
    show.set_defaults(run=run_show)
    trying = what.add_parser("simulate", help="what the rules of a file would have done to the visits of the last days")
    trying.add_argument("file", type=Path, metavar="FILE", help="CSV, as show --csv prints it")
    trying.add_argument("--days", type=days, default=30, metavar="N", help="how far back (default: 30)")
    add_store(trying)
    trying.set_defaults(run=run_simulate)
    new = what.add_parser("set", help="the rules of a file hold from now on")
    new.add_argument("file", type=Path, metavar="FILE", help="CSV, as show --csv prints it")
    add_store(new)
    new.set_defaults(run=run_set)
    back = what.add_parser("reset", help="the rules that come with gait hold from now on")
    add_store(back)
    back.set_defaults(run=run_reset)


def days(text: str) -> int:
    """A whole number of days. Raises ArgumentTypeError otherwise."""
    if not text.isdecimal() or not 1 <= int(text) <= 3660:
        raise argparse.ArgumentTypeError(f"must be a number from 1 to 3660. Got {text}")
    return int(text)


def run_show(arguments: argparse.Namespace) -> int:
    """Print them. Raises GaitError."""
    from gait.services.rules_desk import as_given

    with _desk(arguments) as (desk, _):
        found = desk.now()
    if arguments.csv:
        print(as_given(found.rows), end="")
        return 0
    return _said(arguments, found)


def run_simulate(arguments: argparse.Namespace) -> int:
    """Print how many runs would have been offered other shoes. Raises GaitError."""
    from gait.services.library import Library
    from gait.services.rules_tried import try_rules

    with _desk(arguments) as (desk, records):
        others = desk.checked(desk.from_file(arguments.file), noted=False)
        found = try_rules(records, Library(records.reports).find, desk.now(), others, arguments.days)
    if arguments.json:
        print_json(found)
    else:
        print(*_lines(found), sep="\n")
    return 0


def run_set(arguments: argparse.Namespace) -> int:
    """Keep the rules of the file and print them. Raises GaitError."""
    with _desk(arguments) as (desk, _):
        found = desk.keep(desk.from_file(arguments.file))
    return _said(arguments, found)


def run_reset(arguments: argparse.Namespace) -> int:
    """Give up the store's own and print those that hold. Raises GaitError."""
    with _desk(arguments) as (desk, _):
        found = desk.reset()
    return _said(arguments, found)


@contextmanager
def _desk(arguments: argparse.Namespace) -> "Iterator[tuple[RulesDesk, StoreRecords]]":
    from gait.services.rules_desk import RulesDesk
    from gait.services.store_records import StoreRecords

    records = StoreRecords(data_folder(arguments.reports), reports_root(arguments.reports))
    try:
        yield RulesDesk(records, WHO), records
    finally:
        records.close()


def _said(arguments: argparse.Namespace, found: "ShelfRules") -> int:
    from gait.words import phrase

    if arguments.json:
        print_json(found)
        return 0
    own = sum(rule.source == "store" for rule in found.rows)
    print(phrase("rules_own", own=own, version=found.version))
    for feet, group in groupby(found.rows, key=lambda rule: rule.feet):
        print(phrase("rule_feet", feet=feet))
        for rule in group:
            wanted = " → ".join(phrase("rule_cushioning", cushioning=one) for one in rule.cushioning)
            if rule.drop_mm is not None:
                low, high = rule.drop_mm
                wanted += ", " + phrase("rule_drop_wanted", low=low, high=high, same=int(low == high))
            who = phrase("rule_source_store") if rule.source == "store" else rule.source
            note = f": {rule.note}" if rule.note else ""
            print(f"  {rule.place}  {phrase(f'category-{rule.category}')}, {wanted}", f"     {who}{note}", sep="\n")
    return 0


def _lines(found: "rules_tried.RulesTried") -> Iterator[str]:
    from gait.words import phrase

    left = found.left_out
    if found.runs:
        told = {"runs": found.runs, "visits": found.visits, "days": found.days, "other": found.other_first}
        yield f"{phrase('tried', **told)} {phrase('tried_any', other=found.other_any)}"
    else:
        yield phrase("tried_nothing", days=found.days)
    for one in found.of_feet:
        counts = {"runs": one.runs, "first": one.other_first, "any": one.other_any}
        yield f"  {phrase('rule_feet', feet=one.feet)}: {phrase('tried_of_feet', **counts)}"
    for shoe in found.shoes:
        before, after = (name or phrase("tried_no_shoe") for name in (shoe.before, shoe.after))
        yield f"  {before} → {after}: {shoe.runs}"
    if left != type(left)():
        yield phrase("tried_left_out", **vars(left))
