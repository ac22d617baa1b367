"""What the commands on the store's records share: the options that say where they are, and JSON."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from gait.cli.arguments import add_reports
from gait.places import data_folder, reports_root

if TYPE_CHECKING:
    from gait.records import database
    from gait.services import keeper as keeping
    from gait.services import store_files


def add_store(parser: argparse.ArgumentParser, *, prints: bool = True) -> None:
    """Add `--reports DIR`, which chooses the records too, and `--json` for what prints."""
    add_reports(parser)
    if prints:
        parser.add_argument("--json", action="store_true", help="print JSON, for scripts")


def open_records(arguments: argparse.Namespace, *, upgrade: bool = True) -> "database.Records":
    """The records that are meant: see `gait.places.data_folder`. Raises GaitError."""
    from gait.records.database import Records

    return Records.open(data_folder(arguments.reports), upgrade=upgrade)


def keeper(arguments: argparse.Namespace, records: "database.Records") -> "keeping.Keeper":
    """What deletes and exports in these records and the folder of results that goes with them."""
    from gait.services.keeper import Keeper

    return Keeper(lambda: records, files_of(arguments, records))


def files_of(arguments: argparse.Namespace, records: "database.Records") -> "store_files.StoreFiles":
    """The files that these records speak of, on this computer and in the object store. Raises GaitError for an address that is none."""
    from gait.services.depot import Depot
    from gait.services.store_files import StoreFiles

    reports, data = reports_root(arguments.reports), data_folder(arguments.reports)
    return StoreFiles(reports, data, Depot.of(records, reports, data))


def print_written(file: Path, said: str, *, as_json: bool) -> None:
    """Where a file is that was asked for: as JSON, or in that sentence."""
    if as_json:
        print_json({"file": str(file)})
    else:
        print(said)


def print_json(value: object) -> None:
    """A value, or several, of the records as JSON; moments as ISO 8601 with their zone."""
    from gait.records.values import plain

    print(json.dumps(plain(value), ensure_ascii=False, indent=2))
