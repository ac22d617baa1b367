"""Pieces of a recording on their way to the disk."""

import itertools
import os

import pytest

from gait.clip import frames, open_clip
from gait.services import recordings, uploads
from gait.ui import routes
from tests.integration.recording.sent import browser_clip


@pytest.mark.parametrize("kind", [".mp4", ".webm"])
def test_pieces_become_the_clip_whatever_is_sent_twice(call, folder, tmp_path, kind):
    data = browser_clip(tmp_path / "sent", kind)
    cuts = [0, 1000, 1001, len(data) // 2, len(data)]
    for a, b in itertools.pairwise(cuts):
        assert call("PUT", f"run/1?offset={a}", data[a:b]) == (200, {"size": b})
        assert call("PUT", f"run/1?offset={a}", data[a:b]) == (200, {"size": b}), "a piece sent again is acknowledged"
    assert call("PUT", f"run/1?offset={len(data) - 500}", data[-500:])[1]["size"] == len(data)
    (clip,) = folder.glob("run-1.*")
    assert clip.read_bytes() == data
    assert clip.suffix == kind
    status, answer = call("POST", f"run/1?size={len(data)}")
    assert status == 200
    assert answer["n_frames"] == 90
    assert answer["length_s"] == pytest.approx(3.0, abs=0.05)


def test_a_missing_piece_is_asked_for(call, tmp_path):
    data = browser_clip(tmp_path / "sent", ".mp4")
    call("PUT", "run/1?offset=0", data[:1000])
    status, answer = call("PUT", "run/1?offset=2000", data[2000:])
    assert (status, answer["size"]) == (409, 1000)
    status, answer = call("POST", f"run/1?size={len(data)}")
    assert (status, answer["size"]) == (409, 1000)


@pytest.mark.parametrize("kind", [".mp4", ".webm"])
def test_a_closed_tab_leaves_a_clip(call, folder, tmp_path, kind):
    data = browser_clip(tmp_path / "sent", kind)
    call("PUT", "run/1?offset=0", data[: len(data) * 2 // 3])
    clip = recordings.takes(folder)["run"]
    assert 1.2 < clip.length_s < 2.2
    assert sum(1 for _ in frames(open_clip(clip.path))) >= clip.n_frames - 1


def test_what_is_no_video_is_refused_by_its_content(call, folder):
    for data in (b"\xff\xd8\xff\xe0 a picture", b"GET / HTTP/1.1", b"MZ\x90\x00", b"\0" * 64):
        assert call("PUT", "run/1?offset=0", data)[0] == 415
    assert list(folder.iterdir()) == []
    nonsense = b"\x1a\x45\xdf\xa3 and then nonsense"
    call("PUT", "run/1?offset=0", nonsense)
    status, answer = call("POST", f"run/1?size={len(nonsense)}")
    assert status == 422
    assert answer["message"]
    assert recordings.takes(folder) == {}


def test_only_the_own_page_with_its_ticket_gets_through(call, ticket):
    for who in ("x" * 32, "..", "%2e%2e", ticket[:-1]):
        assert call("PUT", "run/1?offset=0", b"\x1a\x45\xdf\xa3", who=who)[0] in (403, 404)
    assert call("PUT", "run/1?offset=0", b"\x1a\x45\xdf\xa3")[0] == 200


def test_tickets_cannot_be_read_off_the_disk(own, ticket, folder):
    assert ticket not in str(folder)
    assert own.recordings.new_ticket() != ticket


@pytest.mark.parametrize("path", ["walk/1?offset=0", "run/1?offset=-1", "run/1?offset=x", "run/1000?offset=0", "run/1"])
def test_nonsense_is_refused(call, folder, path):
    assert call("PUT", path, b"\x1a\x45\xdf\xa3")[0] == 400
    assert list(folder.iterdir()) == []


def test_a_recording_without_end_is_stopped_and_kept(call, folder, tmp_path, monkeypatch):
    data = browser_clip(tmp_path / "sent", ".mp4")
    monkeypatch.setattr(recordings, "MAX_BYTES", len(data) // 2)
    assert call("PUT", "run/1?offset=0", data[: len(data) // 2])[0] == 200
    status, answer = call("PUT", f"run/1?offset={len(data) // 2}", data[len(data) // 2 :])
    assert status == 413
    assert "kept" in answer["message"]
    assert "run" in recordings.takes(folder)
    monkeypatch.setattr(routes, "MAX_PIECE_BYTES", 1000)
    assert call("PUT", f"run/1?offset={len(data) // 2}", data[:5000])[0] == 413


def test_a_full_disk_keeps_what_was_there(call, folder, tmp_path, monkeypatch):
    data = browser_clip(tmp_path / "sent", ".mp4")
    half = len(data) // 2
    call("PUT", "run/1?offset=0", data[:half])
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    status, answer = call("PUT", f"run/1?offset={half}", data[half:])
    assert (status, answer["size"]) == (507, half)
    assert "full" in answer["message"]
    (path,) = folder.glob("run-1.*")
    assert path.stat().st_size == half
    monkeypatch.undo()
    assert call("PUT", f"run/1?offset={half}", data[half:])[0] == 200


def test_recordings_are_counted_among_all_that_waits(own, folder, call, tmp_path, monkeypatch):
    data = browser_clip(tmp_path / "sent", ".mp4")
    half = len(data) // 2
    assert call("PUT", "run/1?offset=0", data[:half])[0] == 200
    monkeypatch.setattr(uploads, "ALL_BYTES", half)
    other = own.recordings.new_ticket()
    status, answer = call("PUT", "run/1?offset=0", data[:half], who=other)
    assert (status, answer["size"]) == (507, 0)
    assert answer["message"].startswith("Too many clips and recordings wait")
    assert not list(own.recordings.folder_of(other).iterdir())
    assert call("PUT", f"run/1?offset={half}", data[half:])[0] == 200, "what had begun comes to its end"
    own.recordings.drop(folder)
    assert call("PUT", "run/1?offset=0", data[:half], who=other)[0] == 200


def test_the_latest_take_counts_unless_it_was_cut_off(own, folder, call, tmp_path):
    for number, length in ((1, 2.0), (2, 3.0), (3, 0.5)):
        (folder / f"run-{number}.mp4").write_bytes(browser_clip(tmp_path / "sent", ".mp4", length))
    assert recordings.takes(folder)["run"].path.name == "run-2.mp4"
    assert call("GET", "run") == (200, {"take": 4})
    own.recordings.drop_replaced(folder, "run")
    assert sorted(p.name for p in folder.glob("run-*")) == ["run-2.mp4", "run-3.mp4"]
