"""A store whose computers share an object store: two results and two clips, a second computer, and what lies where."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

from gait.records.database import Records
from gait.results.codec import encode
from gait.results.folder import ResultFolder
from gait.results.lock import one_writer
from gait.services.depot import Depot
from gait.services.object_store import ObjectStore
from tests.builders.kept import Store

ANNA, BOB = "results/2026-03-02-120001-zuleika", "results/2026-03-02-120002-bob"


@dataclass(frozen=True)
class Computer:
    """One of the store's computers: its folders, and its way to what they share."""

    records: Records
    reports: Path
    data: Path
    depot: Depot

    def result(self, name: str) -> Path:
        """Where that result lies here."""
        return self.reports / name.partition("/")[2]


def computer(records: Records, root: Path, place: str, url: str) -> Computer:
    reports, data = root / "reports", root / "data"
    return Computer(records, reports, data, Depot(lambda: records, reports, data, lambda: place, ObjectStore(url)))


def files_of(path: Path) -> dict[str, bytes]:
    return {p.relative_to(path).as_posix(): p.read_bytes() for p in path.rglob("*") if p.is_file()}


def in_store(shop: Store, name: str = "") -> list[str]:
    return shop.depot.store.keys(name)


def bytes_in_store(shop: Store, name: str) -> list[bytes]:
    return [shop.depot.store.read(key) or b"" for key in in_store(shop, name)]


def correct(path: Path, version: int, **files: bytes) -> None:
    """The next version of that result, as a correction writes it."""
    from gait.results.place import next_version

    with one_writer(path), next_version(path, of_present=True) as new:
        result = replace(ResultFolder(path).result, version=version)
        (new / "analysis.json").unlink()
        (new / "analysis.json").write_text(json.dumps(encode(result)), encoding="utf-8")
        for name, content in files.items():
            (new / name.replace("_", ".")).unlink(missing_ok=True)
            (new / name.replace("_", ".")).write_bytes(content)
