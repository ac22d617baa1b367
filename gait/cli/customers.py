"""`gait customers`: who is known to the store."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from gait.cli.store import add_store, keeper, open_records, print_json, print_written
from gait.cli.visit_lines import day, visit_lines

if TYPE_CHECKING:
    from gait.cli.arguments import Commands


def add(commands: "Commands") -> None:
    """Describe the command and its options."""
    parser = commands.add_parser("customers", help="find and show the store's customers")
    what = parser.add_subparsers(required=True, metavar="WHAT")
    find = what.add_parser(
        "find", help="find customers by a few letters of the name; accents and small slips are forgiven"
    )
    find.add_argument("text", metavar="TEXT", nargs="+")
    find.add_argument("--limit", type=int, default=20, metavar="N", help="at most so many (default: 20)")
    add_store(find)
    find.set_defaults(run=run_find)
    show = what.add_parser("show", help="show one customer with all visits")
    show.add_argument("id", metavar="ID", help="as gait customers find prints it")
    add_store(show)
    show.set_defaults(run=run_show)
    export = what.add_parser("export", help="write everything on one customer into one zip")
    export.add_argument("id", metavar="ID", help="as gait customers find prints it")
    export.add_argument("--out", type=Path, required=True, metavar="FILE.zip", help="must not be there yet")
    add_store(export)
    export.set_defaults(run=run_export)
    delete = what.add_parser("delete", help="delete everything on one customer for good, and print a receipt")
    delete.add_argument("id", metavar="ID", help="as gait customers find prints it")
    delete.add_argument("--yes", action="store_true", help="do it; without this only what would go is said")
    add_store(delete)
    delete.set_defaults(run=run_delete)


def run_find(arguments: argparse.Namespace) -> int:
    """Print one line a customer, the best first; 2 when nobody is found."""
    from gait import words
    from gait.records import customers

    with open_records(arguments) as records, records.reading() as at:
        found = customers.find(at, " ".join(arguments.text), arguments.limit)
    if arguments.json:
        print_json(found)
    for one in found if not arguments.json else ():
        last = day(one.last_visit) if one.last_visit else ""
        print(words.phrase("cli-customer", id=one.id, name=one.name, visits=one.visits, last=last))
    if not found and not arguments.json:
        print(words.phrase("cli-no_customer"))
    return 0 if found else 2


def run_show(arguments: argparse.Namespace) -> int:
    """Print the customer, what was agreed to, each visit with its runs, and what was bought. Raises GaitError."""
    from gait import words
    from gait.records import consents, customers, purchases, visits

    with open_records(arguments) as records, records.reading() as at:
        one = customers.get(at, arguments.id)
        came, agreed = visits.of_customer(at, one.id), consents.of_customer(at, one.id)
        bought = purchases.of_customer(at, one.id)
    if arguments.json:
        print_json({"customer": one, "consents": agreed, "visits": came, "purchases": bought})
        return 0
    last = day(one.last_visit) if one.last_visit else ""
    print(words.phrase("cli-customer", id=one.id, name=one.name, visits=one.visits, last=last))
    for tick in agreed:
        state = "withdrawn" if tick.withdrawn else "given"
        told = {"purpose": tick.purpose, "version": tick.text.version, "given": day(tick.withdrawn or tick.given)}
        print(words.phrase("cli-consent", state=state, **told))
    for visit in came:
        print(*visit_lines(visit), sep="\n")
    for shoe in bought:
        back = "yes" if shoe.returned else "no"
        returned = f"{shoe.returned:%Y-%m-%d}" if shoe.returned else ""
        print(
            words.phrase("cli-purchase", shoe=shoe.shoe, bought=f"{shoe.bought:%Y-%m-%d}", back=back, returned=returned)
        )
    return 0


def run_export(arguments: argparse.Namespace) -> int:
    """Say where the zip is. Raises GaitError."""
    from gait import words

    with open_records(arguments) as records:
        keeper(arguments, records).export(arguments.id, arguments.out, "command")
    said = words.phrase("cli-exported", file=str(arguments.out))
    print_written(arguments.out, said, as_json=arguments.json)
    return 0


def run_delete(arguments: argparse.Namespace) -> int:
    """Print the receipt; without --yes only what would go, and 2. Raises GaitError."""
    from gait import words
    from gait.records import receipts

    with open_records(arguments) as records:
        door = keeper(arguments, records)
        if not arguments.yes:
            kept = door.kept_of(arguments.id)
            counts = {"visits": kept.visits, "results": kept.results, "clips": kept.clips}
            if arguments.json:
                print_json({"would_delete": kept})
            else:
                print(words.phrase("cli-delete_asks", **counts))
            return 2
        receipt = door.delete_customer(arguments.id, "command")
    if arguments.json:
        print_json(json.loads(receipts.document(receipt)))
        return 0
    entries = receipt.entries
    counts = {
        "visits": entries.get("visits", 0),
        "runs": entries.get("runs", 0),
        "agreements": entries.get("consents", 0),
    }
    print(words.phrase("cli-deleted", id=receipt.id, files=len(receipt.files), **counts))
    print(words.phrase("cli-deleted_backups"))
    return 0
