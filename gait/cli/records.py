"""`gait records`: the database itself: brought to today's schema, compared with the result folders, made again from them."""

import argparse
from datetime import datetime
from typing import TYPE_CHECKING

from gait.cli.store import add_store, files_of, keeper, open_records, print_json
from gait.cli.visit_lines import moment
from gait.errors import GaitError
from gait.places import data_folder, reports_root

if TYPE_CHECKING:
    from gait.cli.arguments import Commands


def add(commands: "Commands") -> None:
    """Describe the command and its options."""
    parser = commands.add_parser("records", help="look after the database of customers and visits")
    what = parser.add_subparsers(required=True, metavar="WHAT")
    upgrade = what.add_parser("upgrade", help="bring the database to this version of gait, or make it")
    add_store(upgrade)
    upgrade.set_defaults(run=run_upgrade)
    check = what.add_parser(
        "check", help="look for results without a record, records without a result, and halves of either"
    )
    add_store(check)
    check.set_defaults(run=run_check)
    rebuild = what.add_parser(
        "rebuild",
        help="make records for result folders that have none: those of an earlier gait, or all when the database was lost",
    )
    add_store(rebuild)
    rebuild.set_defaults(run=run_rebuild)
    computers = what.add_parser(
        "computers", help="the computers that share the object store: when each was last seen and what it still owes"
    )
    computers.add_argument(
        "--gone", metavar="ID", help="that one is gone for good: deletions do not wait for it any more"
    )
    add_store(computers)
    computers.set_defaults(run=run_computers)


def run_upgrade(arguments: argparse.Namespace) -> int:
    """Say where the database stood and where it stands. Raises GaitError."""
    from gait import words
    from gait.records.database import Records

    with Records.at(data_folder(arguments.reports)) as records:
        before, now = records.upgrade()
        place = records.shown
    if arguments.json:
        print_json({"place": place, "before": before, "now": now})
    else:
        case = "made" if before is None else "same" if before == now else "done"
        print(words.phrase("cli-records_upgraded", case=case, place=place, before=before or "", now=now))
    return 0


def run_check(arguments: argparse.Namespace) -> int:
    """Print one line for each thing that does not fit; 2 when there is any. Raises GaitError."""
    from gait import words
    from gait.services.fit import check

    with open_records(arguments, upgrade=False) as records:
        files = files_of(arguments, records)
        found = check(records, files.reports, files.data, files.depot)
    if arguments.json:
        print_json(found)
    elif not found:
        print(words.phrase("cli-records_fit"))
    else:
        for one in found:
            print(f"{words.phrase(f'trouble-{one.trouble}')} {one.name}")
        print(words.phrase("cli-records_advice"))
    return 2 if found else 0


def run_computers(arguments: argparse.Namespace) -> int:
    """Print one line a computer; with --gone say first what was closed; 2 when deletions stay open after it. Raises GaitError."""
    from gait import words
    from gait.records import computers, receipts
    from gait.services.uploads import Uploads

    with open_records(arguments, upgrade=False) as records:
        keeping, closed, left = keeper(arguments, records), None, 0
        depot = keeping.files.depot
        if arguments.gone and depot is not None:
            closed = depot.give_up(arguments.gone, "command")
            left = len(keeping.finish_begun())
        with records.reading() as at:
            known, open_now = computers.listed(at), len(receipts.unfinished(at))
    here = Uploads(reports_root(arguments.reports)).place()
    if arguments.json:
        told = [{**vars(one), "here": one.id == here} for one in known]
        print_json({"computers": told, "open_receipts": open_now, "closed": closed.id if closed else None})
        return 2 if left else 0
    if closed:
        print(words.phrase("cli-computer_closed", id=closed.id, alone=closed.only_there, waiting=closed.waiting))
        print(words.phrase("cli-computer_receipts", left=left))
    for one in known:
        case = "gone" if one.gone else "here" if one.id == here else "other"
        seen = moment(one.seen) if one.seen else "-"
        counts = {"to_delete": one.to_delete, "alone": one.only_there, "waiting": one.waiting}
        print(words.phrase("cli-computer", id=one.id, called=one.called or "-", case=case, seen=seen, **counts))
    if not known:
        print(words.phrase("cli-no_computers"))
    return 2 if left else 0


def run_rebuild(arguments: argparse.Namespace) -> int:
    """Say what was made, what could not be read and what is lost; a damaged database is set aside first. Raises GaitError."""
    from gait import words
    from gait.records.folders import rebuild, set_aside

    data, aside, far = data_folder(arguments.reports), None, list[str]()
    try:
        records = open_records(arguments)
    except GaitError as error:
        if error.code != "records_damaged":
            raise
        aside = set_aside(data, datetime.now())
        records = open_records(arguments)
    with records:
        depot = files_of(arguments, records).depot
        if depot is not None and depot.on:  # what only the object store has comes first
            depot.adopt()
            far = depot.bring_all_results()
        with records.writing() as at:
            done = rebuild(at, reports_root(arguments.reports))
    if arguments.json:
        print_json({"rebuilt": done, "set_aside": str(aside) if aside else None})
        return 0
    if aside:
        print(words.phrase("cli-records_aside", file=str(aside)))
    made = {"customers": done.customers, "visits": done.visits, "runs": done.runs, "refreshed": done.refreshed}
    print(words.phrase("cli-records_rebuilt", **made))
    for name in (*done.unreadable, *far):
        print(words.phrase("cli-records_unreadable", name=name))
    if done.lost:
        print(words.phrase("cli-records_lost", what=", ".join(words.phrase(f"lost-{code}") for code in done.lost)))
    return 0
