"""Analyses outlive the program: what waited goes on, what a dead program had is taken up, and whoever asked can cancel from anywhere."""

import contextlib
import os
import signal
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gait.errors import Cancelled, GaitError
from gait.records import jobs as rows
from gait.records import visits
from gait.records.folders import Found
from gait.results.folder import ResultFolder
from gait.services import board, fit, queue
from gait.services.asked import AnalysisRequest
from gait.services.engine import Engine
from gait.services.settings import StoreSettings
from tests.builders.results import example_result, result_folder

ALL = AnalysisRequest(
    clip=Path("in/run.mp4"),
    standing=Path("/elsewhere/standing.mp4"),
    speed_kmh=9.7,
    runner="Anna",
    shoe_size=42.5,
    uploads=Path("in"),
    slow_motion=2.0,
    runner_at=(0.25, 0.5),
    recording=Path("rec"),
    mirrored=None,
    clip_name="IMG.MOV",
    owner="tab",
    shoe_worn="Guide",
    puts_right="a-result",
    run_id="0" * 16,
    who="anna",
)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(board, "POLL_S", 0.02)
    monkeypatch.setattr(board, "BEAT_S", 0.02)
    monkeypatch.delenv("GAIT_DATABASE_URL", raising=False)


@pytest.fixture
def work(monkeypatch):
    """Analyses that wait until they may end; what was analysed, in its order."""

    class Work:
        def __init__(self):
            self.free, self.begun, self.order = threading.Event(), threading.Event(), []

        def analyse(self, clip, out, choices, progress, cancelled, published, pictured, followed, **_):
            self.order.append(choices.runner)
            self.begun.set()
            while not self.free.wait(0.01):
                if cancelled():
                    raise Cancelled
            folder = ResultFolder(result_folder(out))
            published(folder)
            return folder

    made = Work()
    monkeypatch.setattr("gait.services.publish.analyse_to_folder", made.analyse)
    return made


def program(tmp_path):
    return Engine(StoreSettings(tmp_path / "reports"))


def clip_of(engine):
    folder = engine.uploads.new_folder()
    (folder / "run.mp4").write_bytes(b"a clip")
    return folder


def ended(engine, name, timeout_s=120):
    end = time.monotonic() + timeout_s
    while True:
        job = engine.jobs.get(name)
        if job is not None and job.wait(0.05):
            return job
        assert time.monotonic() < end


def test_a_request_is_kept_whole_wherever_the_folder_of_results_goes(tmp_path):
    there = AnalysisRequest(
        **(vars(ALL) | {"clip": tmp_path / ALL.clip, "uploads": tmp_path / "in", "recording": None})
    )
    told = queue.told(there, tmp_path)
    assert told["clip"] == "in/run.mp4"
    assert queue.meant(told, tmp_path) == there
    moved = queue.meant(told | {"of another version": 1}, tmp_path / "moved")
    assert (moved.clip, moved.standing) == (tmp_path / "moved" / "in" / "run.mp4", ALL.standing)


def test_a_fault_is_kept_with_its_words():
    fault = GaitError("bad_slow_motion", most=40.0, given=50.0)
    again = queue.fault_meant(queue.fault_told(fault))
    assert str(again) == str(fault)
    assert queue.fault_meant(queue.fault_told(None)) is None


def test_what_waits_or_is_at_work_when_the_program_ends_goes_on_with_the_next_one(tmp_path, work):
    with program(tmp_path) as first:
        folders = [clip_of(first) for _ in range(2)]
        asked = [
            first.jobs.start(AnalysisRequest(folder / "run.mp4", runner=name, uploads=folder, owner="tab"))
            for folder, name in zip(folders, ("Anna", "Berta"), strict=True)
        ]
        assert work.begun.wait(120)
    assert [job.state for job in asked] == ["waiting", "waiting"]
    assert all((folder / "run.mp4").exists() for folder in folders)
    work.free.set()
    with program(tmp_path) as second:
        assert [job.name for job in second.jobs.of("tab")] == [job.name for job in asked]
        assert [ended(second, job.name).state for job in asked] == ["done", "done"]
        assert second.jobs.queue.all()[0].attempts == 1, "an orderly end is no failed try"
    assert work.order == ["Anna", "Anna", "Berta"]
    assert not any(folder.exists() for folder in folders)


def test_the_clips_of_what_waits_survive_a_program_that_was_killed_and_others_go(tmp_path, work):
    first = program(tmp_path)
    kept, nobodys = clip_of(first), clip_of(first)
    first.jobs.queue.enter(AnalysisRequest(kept / "run.mp4", uploads=kept))
    first.uploads.alive.end()  # as the system does with a program that is killed
    with program(tmp_path) as second:
        assert not nobodys.exists()
        assert kept.exists()
        work.free.set()
        assert ended(second, second.jobs.queue.all()[0].id).state == "done"


@pytest.mark.parametrize(("tries", "state", "code"), [(1, "done", ""), (2, "done", ""), (3, "failed", "job_given_up")])
def test_a_job_whose_program_died_is_taken_up_so_often_and_no_more(tmp_path, work, tries, state, code):
    work.free.set()
    first = program(tmp_path)
    folder = clip_of(first)
    name = first.jobs.queue.enter(AnalysisRequest(folder / "run.mp4", uploads=folder, run_id="")).id
    for number in range(tries):
        worker = f"dead{number}"
        with first.records.writing() as at:
            row = rows.claim(at, first.uploads.place(), worker)
        if number + 1 < tries:
            assert first.jobs.queue.put_back(row, counted=True)
    first.uploads.alive.end()
    with program(tmp_path) as second:
        job = ended(second, name)
        assert (job.state, job.fault.code if job.fault else "") == (state, code)
        assert not folder.exists()
    if code:
        assert "ended 3 times while it analysed this clip" in str(job.fault)
        assert work.order == []


def test_a_living_program_takes_up_what_another_one_left(tmp_path, work):
    work.free.set()
    with program(tmp_path) as alive:
        other = program(tmp_path)
        folder = clip_of(other)
        name = other.jobs.queue.enter(AnalysisRequest(folder / "run.mp4", uploads=folder)).id
        with other.records.writing() as at:
            rows.claim(at, other.uploads.place(), other.uploads.alive.token())
        assert alive.jobs.get(name).state == "running"
        other.uploads.alive.end()
        assert ended(alive, name).state == "done"


def test_a_result_that_stood_whole_when_its_program_died_is_done_and_not_made_again(tmp_path, work):
    first = program(tmp_path)
    name = first.jobs.queue.enter(AnalysisRequest(Path("a.mp4"), runner="Anna")).id
    with first.records.writing() as at:
        rows.claim(at, first.uploads.place(), "dead")
    (result_folder(first.store.reports / name) / "report.pdf").write_bytes(b"pdf")
    with program(tmp_path) as second:
        assert ended(second, name).state == "done"
    assert work.order == []


def test_a_job_of_another_program_is_seen_and_its_owner_alone_stops_it(tmp_path, work):
    with program(tmp_path) as one, program(tmp_path) as two:
        job = one.jobs.start(AnalysisRequest(Path("a.mp4"), runner="Anna", owner="tab", who="anna"))
        assert work.begun.wait(120)
        seen = two.jobs.get(job.name)
        assert seen is not job
        with pytest.raises(GaitError, match="Another station"):
            two.jobs.cancel(job.name, "another tab", "berta")
        two.jobs.cancel(job.name, "another tab", "anna")
        assert job.wait(120)
        assert ended(two, job.name).state == "cancelled"


def test_one_that_waits_is_cancelled_at_once_with_its_clips(tmp_path, work):
    with program(tmp_path) as engine:
        engine.jobs.start(AnalysisRequest(Path("a.mp4"), owner="tab"))
        assert work.begun.wait(120)
        folder = clip_of(engine)
        second = engine.jobs.start(AnalysisRequest(folder / "run.mp4", uploads=folder, owner="tab"))
        engine.jobs.cancel(second.name, "tab")
        assert second.wait(0)
        assert (second.state, folder.exists()) == ("cancelled", False)
        work.free.set()


def test_no_name_is_kept_of_what_has_ended_and_with_its_result_it_is_forgotten(tmp_path, work):
    work.free.set()
    with program(tmp_path) as engine:
        job = engine.jobs.start(AnalysisRequest(Path("a.mp4"), runner="Anna Secret", clip_name="secret.mov"))
        assert job.wait(120)
        row = engine.jobs.queue.all()[0]
        assert "ecret" not in str(row.request)
        engine.delete_result(job.name)
        assert engine.jobs.queue.all() == []


def test_while_the_records_are_away_work_goes_on_and_is_told_when_they_answer(tmp_path, work, monkeypatch):
    with program(tmp_path) as engine:
        job = engine.jobs.start(AnalysisRequest(Path("a.mp4")))
        assert work.begun.wait(120)
        with monkeypatch.context() as away:
            away.setattr(type(engine.records), "writing", gone)
            away.setattr(type(engine.records), "reading", gone)
            work.free.set()
            assert job.wait(120)
            assert engine.jobs.get(job.name).state == "done"
            with pytest.raises(GaitError, match="do not answer"):
                engine.jobs.start(AnalysisRequest(Path("b.mp4")))
        until(lambda: engine.jobs.queue.all()[0].state == "done")


@contextlib.contextmanager
def gone(_):
    raise GaitError("records_away", place="there")
    yield


def test_while_the_disk_takes_nothing_runs_wait_say_why_and_go_on_by_themselves(tmp_path, work, monkeypatch):
    work.free.set()
    with program(tmp_path) as engine:
        folder = clip_of(engine)
        with monkeypatch.context() as full:
            full.setattr("gait.services.uploads.MIN_FREE_BYTES", 1 << 62)
            job = engine.jobs.start(AnalysisRequest(folder / "run.mp4", uploads=folder))
            until(lambda: engine.jobs.held_up is not None)
            assert "the disk is full or cannot be written" in str(engine.jobs.held_up)
            assert (job.state, work.order) == ("waiting", [])
        assert job.wait(120)
        assert (job.state, engine.jobs.held_up) == ("done", None)


@pytest.mark.parametrize(("failures", "state", "attempts"), [(1, "done", 2), (2, "done", 3), (3, "failed", 3)])
def test_an_analysis_that_could_not_be_written_is_made_again_and_keeps_its_clip_meanwhile(
    tmp_path, work, monkeypatch, failures, state, attempts
):
    work.free.set()
    left = [GaitError("not_written", folder="there")] * failures

    def analyse(clip, *given, **more):
        assert clip.is_file()
        if left:
            raise left.pop()
        return work.analyse(clip, *given, **more)

    monkeypatch.setattr("gait.services.publish.analyse_to_folder", analyse)
    with program(tmp_path) as engine:
        folder = clip_of(engine)
        job = engine.jobs.start(AnalysisRequest(folder / "run.mp4", uploads=folder))
        assert job.wait(120)
        assert (job.state, engine.jobs.queue.all()[0].attempts) == (state, attempts)
        assert (job.fault is None) == (state == "done")
        assert not folder.exists()


@pytest.mark.parametrize(("failures", "attempts"), [(1, 2), (2, 3), (3, 3)])
def test_a_result_whose_pictures_could_not_be_written_is_made_again_and_stands_meanwhile(
    tmp_path, monkeypatch, failures, attempts
):
    left, drawn = [GaitError("cannot_write", "pdf", folder="there")] * failures, []

    def analyse(clip, out, choices, progress, cancelled, published, pictured, followed, keep, **_):
        assert clip.is_file()
        made_again = replace(example_result(), created=datetime(2026, 12, 1, 12, 5 - len(left), tzinfo=UTC))
        folder = ResultFolder(result_folder(out, made_again))
        published(folder)
        if left:
            raise left.pop()
        drawn.append(out.name)
        pictured(folder)
        return folder

    monkeypatch.setattr("gait.services.publish.analyse_to_folder", analyse)
    with program(tmp_path) as engine:
        folder = clip_of(engine)
        with engine.records.writing() as at:
            run = visits.add_run(at, visits.start(at).id)
        job = engine.jobs.start(AnalysisRequest(folder / "run.mp4", uploads=folder, run_id=run.id))
        assert job.wait(120)
        assert (job.state, engine.jobs.queue.all()[0].attempts) == ("done", attempts)
        assert drawn == ([job.name] if failures < queue.MOST_ATTEMPTS else []), (
            "the last failure leaves it as it stands"
        )
        assert (job.fault is None) == bool(drawn)
        assert not folder.exists()
        until(lambda: engine.jobs.queue.all()[0].state == "done")
        assert fit.check(engine.records.opened(), engine.store.reports, engine.records.data) == []


@pytest.mark.skipif(not hasattr(os, "getpriority"), reason="this system has no niceness")
def test_a_film_is_drawn_behind_other_work_and_never_by_a_thread_that_goes_on_after_it(tmp_path, monkeypatch):
    seen = []

    def analyse(clip, out, choices, progress, cancelled, published, pictured, followed, **_):
        folder = ResultFolder(result_folder(out))
        published(folder)
        pictured(folder)
        seen.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        return folder

    monkeypatch.setattr("gait.services.publish.analyse_to_folder", analyse)
    usual = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    with program(tmp_path) as engine:
        assert engine.jobs.start(AnalysisRequest(Path("a.mp4"))).wait(120)
        assert seen == [max(usual, 10)]
    engine = program(tmp_path)
    engine.jobs.queue.enter(AnalysisRequest(Path("b.mp4")))
    engine.jobs.work_off()
    assert seen[1:] == [usual]


def until(true, timeout_s=120):
    end = time.monotonic() + timeout_s
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_the_heartbeat_says_when_the_job_last_moved(tmp_path, monkeypatch):
    hangs, free = threading.Event(), threading.Event()

    def analyse(clip, out, choices, progress, cancelled, *_, **__):
        cancelled()
        hangs.set()
        free.wait(120)
        return ResultFolder(result_folder(out))

    monkeypatch.setattr("gait.services.publish.analyse_to_folder", analyse)
    with program(tmp_path) as engine:
        engine.jobs.start(AnalysisRequest(Path("a.mp4")))
        assert hangs.wait(120)
        moved = datetime.now(UTC)
        time.sleep(0.3)
        beats = {engine.jobs.queue.all()[0].heartbeat for _ in range(20) if not time.sleep(0.02)}
        assert all(beat <= moved for beat in beats)
        free.set()


def test_a_clip_without_its_job_and_a_job_without_its_clip_are_named(tmp_path):
    engine = program(tmp_path)
    kept, lost, dead = clip_of(engine), clip_of(engine), engine.uploads.folder / "0000-dead"
    names = [
        engine.jobs.queue.enter(AnalysisRequest(folder / "run.mp4", uploads=folder, runner=name)).id
        for folder, name in ((kept, "a"), (lost, "b"))
    ]
    known = engine.records.opened(), engine.store.reports, engine.records.data
    assert fit.check(*known) == []
    (lost / "run.mp4").unlink()
    dead.mkdir()
    assert fit.check(*known) == [Found("job_without_clip", names[1]), Found("clip_without_job", dead.name)]
    engine.uploads.alive.end()
    assert fit.check(*known) == [Found("job_without_clip", names[1]), Found("clip_without_job", dead.name)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is forked")
def test_a_process_that_is_killed_loses_neither_the_job_nor_the_clip(tmp_path, work):
    listen, speak = os.pipe()
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            engine = program(tmp_path).start()
            folder = clip_of(engine)
            engine.jobs.start(AnalysisRequest(folder / "run.mp4", runner="Anna", uploads=folder))
            work.begun.wait(120)
            os.write(speak, b"at work")
            signal.pause()
        os._exit(1)
    assert os.read(listen, 7) == b"at work"
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    work.free.set()
    with program(tmp_path) as engine:
        row = engine.jobs.queue.all()[0]
        assert ended(engine, row.id).state == "done"
        assert engine.jobs.queue.all()[0].attempts == 2
        assert engine.library.find(row.id) is not None
