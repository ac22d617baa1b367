"""A short run of the fuzzer, and that the fuzzer itself can tell."""

import itertools
import random
from dataclasses import replace

import av
import pytest

from validation import fuzz_clips as fuzz


def test_the_same_seed_makes_the_same_files():
    slow = {fuzz.frame_flood, fuzz.packed_bomb, fuzz.odd_sizes, fuzz.large_frames}
    source = {"mp4": fuzz.video("mp4", "libx264"), "mkv": fuzz.video("matroska", "libx264")}
    source |= {"hevc": source["mp4"], "mov": fuzz.video("mov", "libx264")}
    for mutation in set(fuzz.MUTATIONS) - slow:
        one, two = (mutation(random.Random(3), source) for _ in range(2))
        assert one == two, mutation.__name__


def test_what_is_written_by_hand_is_a_real_video_before_it_is_broken(tmp_path):
    path = tmp_path / "hand.mkv"
    path.write_bytes(fuzz.matroska(fuzz.VFW_PNG, (160, 240), [(17 * i, fuzz.png(160, 240)) for i in range(5)]))
    with av.open(str(path)) as c:
        assert [(f.width, f.height) for f in c.decode(video=0)] == [(160, 240)] * 5


def test_boxes_cover_the_file():
    data = fuzz.video("mp4", "libx264")
    found = list(fuzz.boxes(data))
    assert found[0][0] == 0
    assert found[-1][1] == len(data)
    assert all(a[1] == b[0] for a, b in itertools.pairwise(found))
    assert {b"stsz", b"tkhd", b"stsd"} <= {name for _, _, name in fuzz.all_boxes(data)}


@pytest.mark.parametrize(
    ("said", "peak_mb", "wrong"),
    [
        ("refused: The clip lasts only 0.7 s. Record 20 s of steady running.", 300.0, False),
        ("refused: Too short", 300.0, True),
        ("refused: First line is this one.\nAnd a second.", 300.0, True),
        ("refused: " + 300 * "long " + ".", 300.0, True),
        ("refused: The clip lasts only 0.7 s. Record 20 s of steady running.", 1501.0, True),
        ("measured: Only 4 steps of the left foot could be measured; 7 are needed.", 600.0, False),
        ("measured: ", 600.0, True),
        ("label: left neutral", 600.0, True),
        ("crash: IndexError: list index out of range", 300.0, True),
        ("hang: no answer in 60 s", 0.0, True),
    ],
)
def test_what_counts_as_a_failure(said, peak_mb, wrong):
    assert bool(fuzz.fault({"said": said, "seconds": 0.1, "peak_mb": peak_mb})) is wrong


def test_a_worker_that_dies_is_noticed_and_replaced(tmp_path):
    text = tmp_path / "text.mp4"
    text.write_text("no video", encoding="utf-8")
    worker = fuzz.Worker()
    try:
        worker._start()
        assert worker._process is not None
        worker._process.kill()
        worker._process.wait()
        assert str(worker.ask(text)["said"]).startswith("crash")
        assert str(worker.ask(text)["said"]).startswith("refused")
    finally:
        worker.stop()


@pytest.mark.parametrize("limit", ["PROCESSOR_LIMIT_S", "CLOCK_LIMIT_S"])
def test_a_worker_that_takes_too_long_is_stopped(tmp_path, monkeypatch, limit):
    # A new worker needs seconds to load its libraries, so that any file exceeds a limit of nothing.
    monkeypatch.setattr(fuzz, limit, 0.0)
    path = tmp_path / "runner.mp4"
    path.write_bytes(fuzz.runner())
    worker = fuzz.Worker()
    answer = worker.ask(path)
    assert str(answer["said"]).startswith("hang")
    assert worker._process is None


def test_a_short_run_finds_nothing(tmp_path):
    # Two files of every kind but the largest; the long run is `python -m validation.fuzz_clips`.
    source, rng = fuzz.seeds(), random.Random(1)
    worker, found = fuzz.Worker(), []
    try:
        for mutation in fuzz.MUTATIONS:
            if mutation in (fuzz.frame_flood, fuzz.packed_bomb, fuzz.large_frames):
                continue
            for suffix in (".mp4", ".mkv"):
                path = tmp_path / f"case{suffix}"
                path.write_bytes(mutation(rng, source))
                wrong = fuzz.fault(worker.ask(path))
                found += [(mutation.__name__, wrong)] if wrong else []
    finally:
        worker.stop()
    assert found == []


def test_the_undamaged_runner_is_measured_but_never_judged(tmp_path):
    # Otherwise the run would not reach the stages behind the door, or its "no label" would say nothing of a label's safeguards.
    path = tmp_path / "runner.mp4"
    path.write_bytes(fuzz.runner())
    said = fuzz.door(path)
    assert said.startswith("measured: ")
    assert fuzz.fault({"said": said, "peak_mb": 0.0}) is None


def test_a_stopped_run_goes_on_and_reports_the_whole(tmp_path, monkeypatch):
    answers = {"said": "refused: FILE is empty. Copy it from the camera again.", "seconds": 0.1, "peak_mb": 100.0}
    asked = []
    monkeypatch.setattr(fuzz.Worker, "ask", lambda self, path: asked.append(path) or answers)
    monkeypatch.setattr(fuzz, "MUTATIONS", {fuzz.other_kinds: 1, fuzz.truncation: 1})
    log = tmp_path / "run.jsonl"
    fuzz.run(3, 1, log=log)
    results = fuzz.run(5, 1, log=log)
    assert len(asked) == 5
    assert [r.case for r in results] == [0, 1, 2, 3, 4]
    text = fuzz.report(results, 1)
    assert "5 files" in text
    assert "**0 failed**" in text
    assert "| all | 5 | 5 | 0 | 0 | 0.1 | 100 |" in text
    assert "**1 failed**" in fuzz.report([replace(results[0], fault="crash")], 1)
