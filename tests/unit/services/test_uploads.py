"""Uploads on their way to the disk."""

import io
import os
from types import SimpleNamespace

import pytest

from gait.errors import GaitError
from gait.services import uploads
from gait.services.uploads import Uploads


def test_an_upload_reaches_the_disk_whole_under_our_own_name(tmp_path):
    folder = Uploads(tmp_path).new_folder()
    data = bytes(range(256)) * 9000
    sent = io.BytesIO(data)
    sent.name, sent.file_id = "../../evil name.MOV", "1"
    saved = uploads.save(sent, folder, "run")
    assert saved == folder / "run.mov"
    assert saved.read_bytes() == data
    assert saved.is_relative_to(tmp_path)


@pytest.fixture
def place(tmp_path):
    return Uploads(tmp_path)


def folders(place):
    """What lies there beside the program's sign of life."""
    return [p for p in place.folder.iterdir() if p.is_dir()]


def arrived(place, file_id="f", size=1000, visit="v", declared=None, name="clip.MOV"):
    arriving = place.begin(visit, file_id, declared)
    try:
        arriving.write(b"x" * size)
        arriving.finish(name)
    finally:
        arriving.close()
    return arriving


def test_a_clip_that_arrived_is_moved_not_copied(place):
    arriving = arrived(place)
    inode = arriving.path.stat().st_ino
    folder = place.new_folder()
    taken = place.take("f", folder, "run")
    assert taken == folder / "run.mov"
    assert taken.stat().st_ino == inode
    assert folders(place) == [folder]
    taken.unlink()
    with pytest.raises(GaitError, match="no longer"):
        place.take("f", folder, "run")
    arrived(place, "g")
    taken = place.take("g", folder, "run")
    place.forget("g")
    assert taken.exists(), "it is its taker's"
    assert place.take("unknown", folder, "run") is None


def test_a_clip_cut_off_on_its_way_leaves_nothing(place):
    arriving = place.begin("v", "f", None)
    arriving.write(b"x" * 10)
    arriving.close()
    assert folders(place) == []
    assert place.take("f", place.new_folder(), "run") is None


def test_a_clip_without_a_length_is_cut_off_where_it_grows_too_large(place, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_BYTES", 1500)
    with pytest.raises(GaitError) as caught:
        arrived(place, size=1501)
    assert caught.value.code == "clip_too_large"
    with pytest.raises(GaitError) as caught:
        place.begin("v", "g", 1501)
    assert caught.value.code == "clip_too_large"
    assert folders(place) == []


def test_one_visitor_and_all_together_have_only_so_much_room(place, monkeypatch):
    monkeypatch.setattr(uploads, "VISITOR_BYTES", 2500)
    for name in "ab":
        arrived(place, name)
    with pytest.raises(GaitError) as caught:
        arrived(place, "c")
    assert caught.value.code == "too_many_clips"
    arrived(place, "c", visit="another")
    monkeypatch.setattr(uploads, "ALL_BYTES", 3500)
    with pytest.raises(GaitError) as caught:
        arrived(place, "d", visit="a third", declared=1000)
    assert caught.value.code == "too_many_clips"
    place.close()
    assert folders(place) == []


def test_a_disk_that_would_be_full_refuses_before_anything_is_sent(place, monkeypatch):
    free = 1000
    monkeypatch.setattr(uploads.shutil, "disk_usage", lambda _: SimpleNamespace(free=uploads.MIN_FREE_BYTES + free))
    arrived(place, "a", size=900, declared=900)
    with pytest.raises(GaitError) as caught:
        place.begin("v", "b", 1001)
    assert caught.value.code == "cannot_save"
    waiting = place.begin("v", "c", 600)
    with pytest.raises(GaitError):
        place.begin("v", "d", 600)  # two that come at once do not both count on the same room
    waiting.close()


def test_clips_of_a_program_that_ended_go_and_those_of_one_that_lives_stay_whatever_their_dates(place):
    other, dead = Uploads(place.folder.parent), Uploads(place.folder.parent)
    living, left, recording = other.new_folder(), dead.new_folder(), place.folder / "rec-0"
    recording.mkdir()
    (left / "run.mp4").write_bytes(b"clip")
    for folder in (living, recording):
        os.utime(folder, (0, 0))
    dead.alive.end()
    place.drop_dead()
    assert sorted(folders(place)) == sorted([living, recording])
    assert len([p for p in place.folder.iterdir() if p.is_file()]) == 1, "the sign of life of the one that lives"


def test_whoever_takes_a_clip_that_was_refused_is_told_why_until_the_page_lets_go_of_it(place, tmp_path):
    place.refuse("a", GaitError("too_many_clips"))
    for _ in range(2):
        with pytest.raises(GaitError, match="Too many clips wait"):
            place.take("a", tmp_path, "run")
    place.forget("a")
    assert place.take("a", tmp_path, "run") is None


def test_refusals_of_pages_that_never_come_back_do_not_pile_up(place, tmp_path):
    for n in range(uploads.MOST_REFUSED + 1):
        place.refuse(f"{n}", GaitError("cannot_save"))
    assert place.take("0", tmp_path, "run") is None
    with pytest.raises(GaitError):
        place.take("1", tmp_path, "run")
