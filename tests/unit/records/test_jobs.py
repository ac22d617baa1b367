"""Whose turn it is, and that one job is one program's: on SQLite and PostgreSQL, with two processes that fight."""

import json
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gait.errors import GaitError
from gait.records import jobs, visits
from gait.records.database import Records
from gait.records.values import QueuedJob

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def ask(records, name, key="", place="here", most=20, run_id=""):
    with records.writing() as at:
        return jobs.ask(at, name, place=place, request={"clip": name}, turn_key=key, run_id=run_id, most=most)


def claim(records, worker="one", place="here"):
    with records.writing() as at:
        return jobs.claim(at, place, worker)


def known(records, place="here"):
    with records.reading() as at:
        return jobs.of_place(at, place)


def waiting(name, key, minute, **more):
    return QueuedJob(name, "here", "waiting", NOON + timedelta(minutes=minute), turn_key=key, **more)


def test_the_queue_goes_round_between_those_who_ask():
    first = QueuedJob("a1", "here", "running", NOON, turn_key="a")
    rest = [waiting("a2", "a", 1), waiting("a3", "a", 2), waiting("b", "b", 3), waiting("c", "c", 4)]
    assert [job.id for job in jobs.in_turn([first, *rest])] == ["b", "c", "a2", "a3"]


def test_whoever_had_a_turn_stands_behind_those_who_waited_meanwhile_and_before_those_who_came_later():
    had = QueuedJob("a1", "here", "done", NOON, turn_key="a", over=NOON + timedelta(minutes=10))
    rest = [waiting("a2", "a", 1), waiting("b", "b", 5), waiting("c", "c", 11)]
    assert [job.id for job in jobs.in_turn([had, *rest])] == ["b", "a2", "c"]


def test_a_film_that_is_still_drawn_is_no_turn_any_more():
    drawn = QueuedJob("a1", "here", "drawing", NOON, turn_key="a", over=NOON + timedelta(minutes=2))
    rest = [waiting("b", "b", 3), waiting("a2", "a", 1)]
    assert [job.id for job in jobs.in_turn([drawn, *rest])] == ["a2", "b"]


@dataclass
class Store:
    """A queue that people put runs into, minute by minute."""

    rows: dict[str, QueuedJob] = field(default_factory=dict)

    def put(self, key, minute):
        """That person asks."""
        name = f"{key}{len(self.rows):03d}"
        self.rows[name] = waiting(name, key, minute)

    def serve(self, minute):
        """The next one has its turn, which is over at once; it, and whoever waited."""
        order = jobs.in_turn(self.rows.values())
        if not order:
            return None
        one = order[0]
        self.rows[one.id] = QueuedJob(
            one.id, "here", "done", one.asked, turn_key=one.turn_key, over=NOON + timedelta(minutes=minute)
        )
        return one, {job.turn_key for job in order}


@given(st.lists(st.one_of(st.none(), st.sampled_from("abc")), max_size=40))
def test_nobody_is_passed_over_twice_by_one_person_and_each_ones_runs_keep_their_order(events):
    """Each event is a minute: somebody asks, or (None) the next one is served. Then all the rest is served."""
    store, passed, served = Store(), {}, []
    for minute, key in enumerate([*events, *[None] * len(events)]):
        if key is not None:
            store.put(key, minute)
            continue
        done = store.serve(minute)
        if done is None:
            continue
        one, there = done
        served.append(one.id)
        for other in there - {one.turn_key}:
            passed.setdefault(other, []).append(one.turn_key)
            assert passed[other].count(one.turn_key) <= 1, (other, passed[other])
        passed[one.turn_key] = []
    assert len(served) == sum(key is not None for key in events)
    for key in "abc":
        own = [name for name in served if name.startswith(key)]
        assert own == sorted(own, key=lambda name: name[1:])


def test_a_job_is_asked_for_claimed_and_ends_and_what_is_kept_says_so(records):
    asked = ask(records, "run-a", "anna")
    assert (asked.state, asked.attempts, asked.request) == ("waiting", 0, {"clip": "run-a"})
    mine = claim(records)
    assert (mine.id, mine.state, mine.worker, mine.attempts) == ("run-a", "running", "one", 1)
    assert claim(records, "two") is None
    with records.writing() as at:
        assert not jobs.end(at, "run-a", "two", "done", {}, {}), "it is not the other's to end"
        jobs.note_state(at, "run-a", "one", "picturing")
    assert known(records)[0].over is not None
    with records.writing() as at:
        assert jobs.end(at, "run-a", "one", "failed", {"code": "bad_times"}, {})
        assert not jobs.end(at, "run-a", "one", "done", {}, {})
    ended = known(records)[0]
    assert (ended.state, ended.worker, ended.fault, ended.request) == ("failed", None, {"code": "bad_times"}, {})
    assert ended.ended >= ended.over


def test_no_more_wait_than_said_and_one_name_waits_once(records):
    ask(records, "a", most=1)
    with pytest.raises(GaitError, match="just being written"):
        ask(records, "a", most=1)
    ask(records, "b", most=1)
    with pytest.raises(GaitError, match="waiting already"):
        ask(records, "c", most=1)
    ask(records, "c", place="elsewhere", most=1)
    claim(records)
    with records.writing() as at:
        jobs.end(at, "a", "one", "done", {}, {})
    assert ask(records, "a", most=1).attempts == 0, "one that has ended gives way"


def test_a_program_takes_only_what_lies_where_it_is(records):
    ask(records, "a", place="elsewhere")
    assert claim(records) is None
    assert claim(records, place="elsewhere").id == "a"


def test_one_that_is_let_go_waits_again_and_counts_only_where_the_program_died(records):
    ask(records, "a")
    for counted, attempts in ((False, 1), (True, 1), (True, 2)):
        assert claim(records).attempts == attempts
        with records.writing() as at:
            assert not jobs.wait_again(at, "a", "two", counted=counted)
            assert jobs.wait_again(at, "a", "one", counted=counted)
    assert [(job.state, job.attempts, job.worker) for job in known(records)] == [("waiting", 2, None)]


def test_whoever_has_it_sees_that_it_is_to_stop(records):
    ask(records, "a")
    with records.writing() as at:
        assert jobs.cancel(at, "a"), "nobody has it"
    ask(records, "b")
    for _ in range(2):
        claim(records)
    moment = NOON
    with records.writing() as at:
        assert not jobs.cancel(at, "b"), "a program has it"
        assert jobs.beat(at, "one", {"b": moment, "gone": moment}) == {"b", "gone"}
    assert {job.id: job.heartbeat for job in known(records)}["b"] == moment


def test_what_had_ended_is_forgotten_and_what_waits_is_not(records):
    for name in ("a", "b"):
        ask(records, name)
    claim(records)
    with records.writing() as at:
        jobs.end(at, "a", "one", "done", {}, {})
        jobs.forget(at, ["b"])
        jobs.forget_ended(at, NOON - timedelta(days=9999))
    assert [job.id for job in known(records)] == ["a", "b"]
    with records.writing() as at:
        jobs.forget_ended(at, datetime.now(UTC) + timedelta(minutes=1))
    assert [job.id for job in known(records)] == ["b"]


def test_a_job_goes_with_its_run(records):
    with records.writing() as at:
        visit = visits.start(at)
        run = visits.add_run(at, visit.id)
    ask(records, "a", run_id=run.id)
    with records.writing() as at:
        visits.delete_row(at, visit.id)
    assert known(records) == []
    with pytest.raises(GaitError):
        ask(records, "b", run_id=run.id)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="two processes are forked")
def test_two_processes_fight_and_no_job_is_taken_twice(records):
    names = {f"job-{number:02d}" for number in range(24)}
    for name in sorted(names):
        ask(records, name, most=100)
    address = records.address.render_as_string(hide_password=False)
    records.close()
    children = [forked(address, worker) for worker in ("one", "two")]
    taken = {}
    for worker, (child, listen) in zip(("one", "two"), children, strict=True):
        with os.fdopen(listen) as told:
            taken[worker] = json.loads(told.read())
        assert os.waitpid(child, 0)[1] == 0
    assert sorted(taken["one"] + taken["two"]) == sorted(names)
    with Records(address) as after, after.reading() as at:
        assert {job.state for job in jobs.of_place(at, "here")} == {"done"}
        assert {job.attempts for job in jobs.of_place(at, "here")} == {1}


def forked(address, worker):
    """A process that takes jobs until there is none; what it took comes through the pipe."""
    listen, speak = os.pipe()
    child = os.fork()
    if child:
        os.close(speak)
        return child, listen
    status = 1
    try:
        mine = []
        with Records(address) as records:
            while (job := claim(records, worker)) is not None:
                mine.append(job.id)
                with records.writing() as at:
                    assert jobs.end(at, job.id, worker, "done", {}, {})
        with os.fdopen(speak, "w") as out:
            out.write(json.dumps(mine))
        status = 0
    finally:
        os._exit(status)
