"""Which clips are kept: those whose customer agreed to it and still does, with a record from then on, and nothing half."""

import json
import zipfile

import pytest

from gait.errors import Cancelled
from gait.records import consents, customers, folders, visits
from gait.services.backup import back_up, look
from gait.services.engine import Engine
from gait.services.keeper import Keeper
from gait.services.kept_clips import KeptClips
from gait.services.settings import StoreSettings
from gait.services.store_files import StoreFiles
from gait.services.store_records import StoreRecords
from tests.builders.results import result_folder
from tests.builders.seen import drawn_analysis


class _Shop:
    """A visit with one run, whose customer agreed to these purposes."""

    def __init__(self, root, agreed=("analyse", "keep_video")):
        self.reports = root / "reports"
        self.reports.mkdir()
        self.records = StoreRecords(root / "data", self.reports)
        with self.records.writing() as at:
            self.customer = customers.make(at, "Anna Example").id
            self.visit = visits.start(at, self.customer).id
            self.run = visits.add_run(at, self.visit).id
            for purpose in agreed:
                consents.give(at, self.visit, consents.set_text(at, purpose, "May we?"))
        self.kept = KeptClips(self.records)
        self.files = StoreFiles(self.reports, self.records.data)

    def clip(self):
        with self.records.reading() as at:
            return visits.run(at, self.run).clip

    def names(self):
        return sorted(p.name for p in self.kept.folder.glob("*")) if self.kept.folder.exists() else []

    def withdraw(self, *_):
        with self.records.writing() as at:
            for tick in consents.of_visit(at, self.visit):
                if tick.purpose == "keep_video" and tick.withdrawn is None:
                    consents.withdraw(at, tick.id)

    def troubles(self):
        clips = [name for name in self.names() if name.endswith(".mp4")]
        return folders.check(self.records.opened(), self.reports, clips)


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    return drawn_analysis(tmp_path_factory.mktemp("seen"))


def test_the_clip_of_a_customer_who_agreed_is_kept_with_its_track(tmp_path, seen):
    shop = _Shop(tmp_path)
    shop.kept.keep(shop.run, seen)
    assert shop.names() == [f"{shop.run}.mp4", f"{shop.run}.npz"]
    assert shop.clip() == f"{shop.run}.mp4"
    assert shop.troubles() == []


def test_nothing_is_kept_without_the_consent_or_without_a_visit(tmp_path, seen):
    shop = _Shop(tmp_path, agreed=("analyse", "keep_numbers"))
    shop.kept.keep(shop.run, seen)
    shop.kept.keep("", seen)
    shop.kept.keep("0123456789abcdef", seen)
    assert (shop.names(), shop.clip()) == ([], None)


def test_a_consent_that_is_withdrawn_while_it_is_written_holds(tmp_path, seen):
    shop = _Shop(tmp_path)
    shop.kept.keep(shop.run, seen, shop.withdraw)
    assert (shop.names(), shop.clip()) == ([], None)


def test_whoever_cancels_leaves_nothing_behind(tmp_path, seen):
    shop = _Shop(tmp_path)

    def cancel(done, total):
        if done > 5:
            raise Cancelled

    with pytest.raises(Cancelled):
        shop.kept.keep(shop.run, seen, cancel)
    assert (shop.names(), list(shop.kept.folder.iterdir()), shop.clip()) == ([], [], None)


def test_what_a_killed_program_left_is_named_or_goes(tmp_path, seen):
    shop = _Shop(tmp_path)
    shop.kept.keep(shop.run, seen)
    with shop.records.writing() as at:  # killed before the records named it
        visits.set_clips(at, shop.run, None, None)
    (shop.kept.folder / ".x.mp4.part").write_bytes(b"half")
    (shop.kept.folder / "fedcba9876543210.npz").write_bytes(b"its clip was never whole")
    KeptClips(shop.records).settle()
    assert shop.clip() == f"{shop.run}.mp4"
    assert len(list(shop.kept.folder.iterdir())) == 2
    with shop.records.writing() as at:
        visits.set_clips(at, shop.run, None, None)
    shop.withdraw()
    KeptClips(shop.records).settle()
    assert shop.names() == []


def test_it_is_exported_backed_up_and_deleted_with_its_track_and_a_receipt(tmp_path, seen):
    shop = _Shop(tmp_path)
    shop.kept.keep(shop.run, seen)
    keeper = Keeper(shop.records.opened, shop.files)
    with zipfile.ZipFile(keeper.export(shop.customer, tmp_path / "a.zip")) as opened:
        assert {f"clips/{name}" for name in shop.names()} <= set(opened.namelist())
    back_up(shop.records.opened(), shop.files, tmp_path / "b.zip")
    assert look(tmp_path / "b.zip").clips == 1
    with zipfile.ZipFile(tmp_path / "b.zip") as opened:
        assert {f"clips/{name}" for name in shop.names()} <= set(opened.namelist())
    receipt = keeper.delete_video(shop.visit, "app", "asked")
    assert sorted(file.name for file in receipt.files) == ["clip/1.mp4", "clip/1.npz"]
    assert (shop.names(), shop.clip()) == ([], None)


def test_a_result_is_measured_again_from_the_kept_clip_which_stays_where_it_is(tmp_path, seen, monkeypatch):
    shop = _Shop(tmp_path)
    written = result_folder(shop.reports / "a") / "analysis.json"
    document = json.loads(written.read_text())
    document["tracking"] |= {"tracker": "posenet", "model": "mobilenet-0.75/8"}
    written.write_text(json.dumps(document))
    with shop.records.writing() as at:
        folders.attach(at, shop.run, shop.reports / "a")
    shop.kept.keep(shop.run, seen)
    monkeypatch.setenv("GAIT_DATA", str(tmp_path / "data"))
    engine = Engine(StoreSettings(shop.reports))
    desk = engine.desk()
    desk.folder = engine.uploads.new_folder()
    monkeypatch.setattr(desk, "path", {"standing": desk.folder / "standing.mp4"}.get)
    asked = []
    monkeypatch.setattr(engine.jobs, "start", asked.append)
    place = engine.clip_of("a")
    assert place == shop.kept.folder / f"{shop.run}.mp4"
    engine.measure_again("a", desk)
    (request,) = asked
    assert (request.clip, request.track, request.puts_right) == (place, place.with_suffix(".npz"), "a")
    assert request.tracker == "posenet-fine", (
        "what followed the run follows the standing clip, whatever the store's own is now"
    )
    assert not list(desk.folder.iterdir()), "the kept clip is no upload, and does not go with the analysis"
    engine.close()
