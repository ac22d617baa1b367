"""A small store with everything that can be kept of a person: results with films, kept clips, a recording, tracks, records."""

import json
import os
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from gait.records import consents, customers, folders, purchases, visits
from gait.records.database import Records
from gait.records.values import PURPOSES
from gait.results.codec import encode
from gait.services.depot import Depot
from gait.services.keeper import Keeper
from gait.services.store_files import StoreFiles
from tests.builders.results import example_result

DAY = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
NAMED = "Zuleika Qwertz"
"""A name that stands in no other file."""


@dataclass(frozen=True)
class Store:
    """Two customers with one visit each; the first is the one with the name above."""

    records: Records
    reports: Path
    data: Path
    anna: str
    bob: str
    depot: Depot | None = None
    """The way to its object store, where it has one."""

    @property
    def keeper(self) -> Keeper:
        """What deletes in this store."""
        return Keeper(lambda: self.records, StoreFiles(self.reports, self.data, self.depot))

    def files(self) -> dict[str, bytes]:
        """All files of the store besides its database."""
        roots = (self.reports, self.data / "clips", Path(os.environ["GAIT_CACHE_DIR"]) / "tracks")
        return {str(p): p.read_bytes() for root in roots for p in root.rglob("*") if p.is_file()}

    def bytes_that_hold(self, text: str) -> list[str]:
        """Where that text stands in any file, SQLite's own too, or in a name."""
        found = [
            str(p)
            for p in self.reports.parent.rglob("*")
            if p.is_file() and (text.encode() in p.read_bytes() or text.lower() in str(p).lower())
        ]
        return sorted(found)


def result(reports: Path, name: str, runner: str, clip_sha256: str, film: bool = True) -> Path:
    """A result folder with a film."""
    path = reports / name
    path.mkdir(parents=True)
    known = example_result()
    shown = replace(known, runner=runner, created=DAY, clip=replace(known.clip, sha256=clip_sha256), standing=None)
    (path / "analysis.json").write_text(json.dumps(encode(shown)), encoding="utf-8")
    (path / "report.pdf").write_bytes(f"PDF of {runner}".encode())
    (path / "steps").mkdir()
    (path / "steps" / "left_001.jpg").write_bytes(b"heel")
    (path / f"of {runner}.txt").write_bytes(b"somebody's own")
    if film:
        (path / "overlay.mp4").write_bytes(f"film of {runner}".encode())
    return path


def track(sha256: str) -> Path:
    """A kept track of that clip."""
    folder = Path(os.environ["GAIT_CACHE_DIR"]) / "tracks"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{sha256[:24]}-{'a' * 64}.npz"
    path.write_bytes(b"track")
    return path


def store(records: Records, root: Path, started: datetime = DAY) -> Store:
    """Fill the records and the folders below `root`."""
    reports, data = root / "reports", root / "data"
    ids = []
    for number, name in enumerate((NAMED, "Bob Example"), 1):
        folder = result(reports, f"2026-03-02-12000{number}-{name.split()[0].lower()}", name, f"{number}" * 64)
        track(f"{number}" * 64)
        (data / "clips").mkdir(parents=True, exist_ok=True)
        (data / "clips" / f"{number}.mp4").write_bytes(f"clip of {name}".encode())
        recording = reports / ".uploads" / f"rec-{number:032}"
        recording.mkdir(parents=True)
        (recording / "run-1.webm").write_bytes(f"recording of {name}".encode())
        (recording / "analysed").write_text(json.dumps({"program": "dead", "result": folder.name}))
        with records.writing() as at:
            whose = customers.make(at, name, f"{name.split()[0]}@example.org", created=started)
            visit = visits.start(at, whose.id, started=started)
            visits.note(at, visit.id, f"a note on {name}")
            run = visits.add_run(at, visit.id, shoe="=Guide 3", clip=f"{number}.mp4", created=started)
            folders.attach(at, run.id, folder)
            for purpose in PURPOSES:
                consents.give(at, visit.id, consents.set_text(at, purpose, f"May we {purpose}?"), given=started)
            purchases.buy(at, visit.id, "Guide 3", date(2026, 3, 2), run_id=run.id)
            visits.finish(at, visit.id, finished=started)
        ids.append(whose.id)
    return Store(records, reports, data, *ids)
