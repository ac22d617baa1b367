"""Clips are tracked while they are recorded."""

import itertools
import json
import time

import pytest

from gait.clip import open_clip
from gait.pipeline import Choices
from tests.integration.recording.conftest import BEGIN
from tests.integration.recording.sent import browser_clip


def used(own, path):
    """Whether an analysis would take over what was tracked of the file."""
    during = own.followed.take(path, Choices().pose)
    found = during.finished(open_clip(path), None, None) if during else None
    if found:
        found[1].close()
    return found is not None


@pytest.mark.parametrize("kind", [".mp4", ".webm"])
@pytest.mark.parametrize("part", ["standing", "run"])
def test_a_clip_is_tracked_while_its_pieces_come(own, call, folder, tmp_path, followed, kind, part):
    data = browser_clip(tmp_path / "sent", kind)
    cuts = [0, 1500, len(data) // 3, len(data) // 2, len(data)]
    for a, b in itertools.pairwise(cuts):
        assert call("PUT", f"{part}/1?offset={a}", data[a:b])[0] == 200
        time.sleep(0.1)
    path = folder / f"{part}-1{kind}"
    assert path in followed
    assert followed[path]._thread.is_alive(), "more may come"
    assert call("POST", f"{part}/1?size={len(data)}")[0] == 200
    assert used(own, path)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_on_the_same_computer_tracking_waits_for_the_end(own, call, folder, tmp_path, followed, host):
    """The browser needs the cores for the recording itself."""
    data = browser_clip(tmp_path / "sent", ".mp4")
    here = {"client": (host, 5)}
    for part in ("standing", "run"):
        for a, b in ((0, 1500), (1500, len(data))):
            assert call("PUT", f"{part}/1?offset={a}", data[a:b], **here)[0] == 200
        assert not followed
        assert call("POST", f"{part}/1?size={len(data)}", **here)[0] == 200
    assert list(followed) == [folder / "run-1.mp4"]
    call("PUT", "run/2?offset=0", data[:1500], **here)
    assert not followed, "the retake needs them again"
    call("PUT", "run/2?offset=1500", data[1500:], **here)
    call("POST", f"run/2?size={len(data)}", **here)
    assert used(own, folder / "run-2.mp4")


def test_a_retake_takes_the_place_of_its_own_part_only(own, call, folder, tmp_path, followed):
    data = browser_clip(tmp_path / "sent", ".mp4")
    for part, take in (("standing", 1), ("run", 1), ("run", 2)):
        call("PUT", f"{part}/{take}?offset=0", data)
        call("POST", f"{part}/{take}?size={len(data)}")
    assert sorted(p.name for p in followed) == ["run-2.mp4", "standing-1.mp4"]
    assert used(own, folder / "standing-1.mp4")
    assert used(own, folder / "run-2.mp4")


def test_an_analysis_does_not_wait_for_pieces_of_a_closed_tab(own, call, folder, tmp_path, followed):
    data = browser_clip(tmp_path / "sent", ".mp4")
    call("PUT", "run/1?offset=0", data[: len(data) * 2 // 3])
    (path,) = folder.glob("run-1.*")
    own.head_start.settle(folder)
    followed[path]._thread.join(10)
    assert not followed[path]._thread.is_alive()


def test_a_head_start_that_fails_costs_no_piece(call, folder, tmp_path, followed, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("no model, no memory, anything")

    monkeypatch.setattr("gait.pipeline.track_while_recorded", broken)
    data = browser_clip(tmp_path / "sent", ".mp4")
    assert call("PUT", "run/1?offset=0", data)[0] == 200
    assert call("POST", f"run/1?size={len(data)}")[0] == 200


def test_heels_are_remembered_of_the_standing_clip_only(own, tmp_path, monkeypatch):
    given = {}
    monkeypatch.setattr(
        "gait.pipeline.track_while_recorded", lambda _, path, __, standing: given.update({path.name: standing})
    )
    for name in ("standing-1.webm", "run-1.webm", "run-12.mp4"):
        BEGIN(own.head_start, tmp_path / name, lambda: True)
    assert given == {"standing-1.webm": True, "run-1.webm": False, "run-12.mp4": False}


def test_the_stores_camera_is_tracked_while_it_records(own, folder, call, followed):
    call("POST", "camera/open", json.dumps({"address": "stand-in"}).encode())
    try:
        for take in (1, 2):
            assert call("POST", "camera/begin", b'{"part": "run"}')[0] == 200
            for _ in range(200):
                if call("GET", "camera/status")[1]["phase"] == "ready":
                    break
                time.sleep(0.1)
            assert [p.name for p in followed] == [f"run-{take}.mp4"]
    finally:
        call("POST", "camera/close", b"{}")
    assert used(own, folder / "run-2.mp4")
