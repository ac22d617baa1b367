"""`gait backup` and `gait restore`: everything a store keeps in one file, and back."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from gait.cli.store import add_store, files_of, open_records, print_json
from gait.cli.visit_lines import moment
from gait.places import data_folder, reports_root

if TYPE_CHECKING:
    from gait.cli.arguments import Commands
    from gait.services import backup


def add(commands: "Commands") -> None:
    """Describe both commands and their options."""
    out = commands.add_parser(
        "backup", help="write the records, results and kept clips into one file, while the program runs"
    )
    out.add_argument(
        "file", type=Path, metavar="FILE", help="must not be there yet; keep it as safe as the store's computer"
    )
    out.add_argument(
        "--every",
        type=int,
        metavar="DAYS",
        help="from now on gait doctor names a backup that is older; 7 unless the manager set another limit",
    )
    add_store(out)
    out.set_defaults(run=run_backup)
    back = commands.add_parser("restore", help="put a backup into an empty place; stop the program first")
    back.add_argument("file", type=Path, metavar="FILE")
    add_store(back)
    back.set_defaults(run=run_restore)


def run_backup(arguments: argparse.Namespace) -> int:
    """Say what is in it. Raises GaitError."""
    from gait.services.backup import back_up

    with open_records(arguments) as records:
        done = back_up(records, files_of(arguments, records), arguments.file, arguments.every)
    return _say(arguments, done, "made")


def run_restore(arguments: argparse.Namespace) -> int:
    """Say what came back. Raises GaitError."""
    from gait.records.database import Records
    from gait.services.backup import restore
    from gait.services.store_files import StoreFiles

    files = StoreFiles(reports_root(arguments.reports), data_folder(arguments.reports))
    with Records.at(files.data) as records:
        done = restore(records, files, arguments.file)
    return _say(arguments, done, "restored")


def _say(arguments: argparse.Namespace, done: "backup.Backup", case: str) -> int:
    from gait import words

    if arguments.json:
        print_json(done)
    else:
        counts = {"results": done.results, "clips": done.clips, "rows": done.rows, "mb": done.bytes / 1e6}
        print(words.phrase("cli-backup", case=case, file=str(arguments.file), made=moment(done.made), **counts))
        if done.only_in_store:
            print(words.phrase("cli-backup_store", case=case, things=done.only_in_store))
    return 0
