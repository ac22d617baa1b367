"""Several engines in one program: each with results, jobs, recordings and clips of its own, and each ends alone."""

import io
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from gait.errors import Cancelled, GaitError
from gait.results.folder import ResultFolder
from gait.services import engine as engines
from gait.services.engine import Engine
from gait.services.jobs import AnalysisRequest
from gait.services.settings import StoreSettings
from gait.services.sign_in import STORE
from tests.builders.results import result_folder


class Upload(io.BytesIO):
    """What streamlit hands over."""

    def __init__(self, data=b"x", name="a.mp4", file_id="1"):
        super().__init__(data)
        self.name, self.file_id = name, file_id


@pytest.fixture
def pair(tmp_path):
    """Two engines side by side."""
    with Engine(StoreSettings(tmp_path / "one")) as one, Engine(StoreSettings(tmp_path / "two")) as two:
        yield one, two


def pretend(monkeypatch, work):
    monkeypatch.setattr("gait.services.publish.analyse_to_folder", work)


def test_each_analyses_at_the_same_time_into_its_own_folder_by_its_own_tables(tmp_path, monkeypatch):
    together = threading.Barrier(2)

    def analyse(clip, out, choices, progress, cancelled, published, pictured, followed, **_):
        together.wait(10)  # neither waits for the other's to end
        asked[out.parent.name] = (choices.shelf, choices.limits, followed)
        return ResultFolder(result_folder(out))

    asked = {}
    pretend(monkeypatch, analyse)
    stores = [StoreSettings(tmp_path / n, Path(f"shelf {n}.csv"), Path(f"limits {n}.csv")) for n in ("one", "two")]
    with Engine(stores[0]) as one, Engine(stores[1]) as two:
        jobs = [engine.jobs.start(AnalysisRequest(Path("clip.mp4"), runner="Anna")) for engine in (one, two)]
        assert all(job.wait(10) for job in jobs)
        assert [job.state for job in jobs] == ["done", "done"]
        for engine, job, other in ((one, jobs[0], two), (two, jobs[1], one)):
            assert [e.name for e in engine.library.entries()] == [job.name]
            assert engine.jobs.get(job.name) is job
            assert other.jobs.get(job.name) is not job
            assert asked[engine.store.reports.name] == (engine.store.shelf, engine.store.limits, engine.followed)


def test_runs_of_one_engine_wait_in_their_order_and_another_engine_for_nobody(pair, monkeypatch):
    free, order = threading.Event(), []

    def analyse(clip, out, *_, **__):
        order.append(clip.name)
        free.wait(10)
        return ResultFolder(result_folder(out))

    pretend(monkeypatch, analyse)
    one, two = pair
    mine = [one.jobs.start(AnalysisRequest(Path(f"{k}.mp4"), runner="Anna", owner=f"tab {k}")) for k in range(3)]
    assert len({job.name for job in mine}) == 3
    assert [job.place for job in mine] == [0, 1, 2]
    assert one.jobs.awaited() == mine
    assert two.jobs.running() is None
    with pytest.raises(GaitError, match="Another station"):
        one.jobs.cancel(mine[1].name, "tab 2")
    one.jobs.cancel(mine[1].name, "tab 1")
    assert mine[1].wait(10)
    assert mine[1].state == "cancelled"
    assert [mine[0].place, mine[2].place] == [0, 1]
    free.set()
    assert all(job.wait(10) for job in mine)
    assert [job.state for job in mine] == ["done", "cancelled", "done"]
    assert order == ["0.mp4", "2.mp4"]


def test_a_second_stations_run_leaves_the_firsts_question_and_clip_alone(tmp_path, pair, monkeypatch):
    one, _ = pair
    first = one.jobs.start(AnalysisRequest(tmp_path / "gone.mp4", uploads=one.uploads.new_folder(), owner="one"))
    assert first.wait(10)
    first.slow_factor, folder = 4.0, one.uploads.new_folder()
    first.request = replace(first.request, uploads=folder)
    assert one.jobs.start(AnalysisRequest(tmp_path / "gone.mp4", owner="two")).wait(10)
    assert folder.exists(), "the first station is still asked"
    assert one.jobs.start(AnalysisRequest(tmp_path / "gone.mp4", owner="one")).wait(10)
    assert not folder.exists()


def test_no_more_wait_than_a_store_can_have(pair, monkeypatch):
    free = threading.Event()
    pretend(monkeypatch, lambda *_, **__: free.wait(10))
    one, _ = pair
    monkeypatch.setattr("gait.services.queue.MOST_WAITING", 1)
    jobs = [one.jobs.start(AnalysisRequest(Path("a.mp4"))) for _ in range(2)]
    with pytest.raises(GaitError, match="waiting already"):
        one.jobs.start(AnalysisRequest(Path("a.mp4")))
    free.set()
    assert all(job.wait(10) for job in jobs)


def test_a_visit_and_its_clips_belong_to_one_engine(pair):
    one, two = pair
    ticket = one.recordings.new_ticket()
    assert one.recordings.folder_of(ticket).is_relative_to(one.store.reports)
    assert two.recordings.folder_of(ticket) is None


def test_a_guide_has_its_own_memory_and_its_engines_tracker(pair):
    one, two = pair
    assert one._guide() is not one._guide()
    assert one._guide()._tracker is one._guide()._tracker
    assert one._guide()._tracker is not two._guide()._tracker


def test_closing_one_stops_its_work_and_leaves_the_other_alone(tmp_path, monkeypatch):
    begun = threading.Barrier(3)

    def analyse(clip, out, choices, progress, cancelled, *_, **__):
        begun.wait(10)
        while not cancelled():
            pass
        raise Cancelled

    pretend(monkeypatch, analyse)
    one, two = (Engine(StoreSettings(tmp_path / n)).start() for n in ("one", "two"))
    jobs = [engine.jobs.start(AnalysisRequest(Path("clip.mp4"))) for engine in (one, two)]
    begun.wait(10)
    desks = [engine.desk() for engine in (one, two)]
    chosen = [desk.hold("run", Upload()) for desk in desks]
    one.close()
    assert jobs[0].state == "waiting", "the next program begins it anew"
    assert jobs[1].state == "running"
    assert [path.exists() for path in chosen] == [False, True]
    two.close()
    assert jobs[1].state == "waiting"
    assert not chosen[1].exists()


def test_clips_that_were_handed_over_stay_when_the_program_ends(tmp_path):
    with Engine(StoreSettings(tmp_path)) as engine:
        desk = engine.desk()
        path = desk.hold("run", Upload())
        desk.hand_over()
    assert path.exists()


def test_no_lock_is_kept_for_a_visit_that_is_over(pair):
    one, _ = pair
    for _ in range(5):
        folder = one.recordings.folder_of(one.recordings.new_ticket())
        one.recordings.put(folder, "run", 1, 0, b"\x1a\x45\xdf\xa3 and then nonsense", follow=False)
    assert not one.recordings._locks


def test_a_store_is_set_up_by_its_environment(tmp_path):
    plain = StoreSettings.read({"GAIT_REPORTS_DIR": str(tmp_path)})
    assert plain == StoreSettings(tmp_path)
    assert plain.record_s == {"standing": 3.0, "run": 20.0}
    whole = StoreSettings.read(
        {
            **{"GAIT_REPORTS_DIR": "r", "GAIT_SHELF": "s.csv", "GAIT_LIMITS": "l.csv"},
            **{"GAIT_RECORD_SECONDS": "1,6", "GAIT_VIRTUAL_CAMERA": "c.mp4"},
            "GAIT_ENCODER": " libvpx-vp9",
        }
    )
    assert (whole.reports, whole.shelf, whole.limits) == (Path("r"), Path("s.csv"), Path("l.csv"))
    assert whole.record_s == {"standing": 1.0, "run": 6.0}
    assert whole.virtual_camera == Path("c.mp4")
    assert (plain.encoder, whole.encoder) == ("", "libvpx-vp9")
    assert StoreSettings.read({"GAIT_REPORTS_DIR": "r", "GAIT_RECORD_SECONDS": "soon"}).record_s == plain.record_s


CHANGES_NEVER = {"logging.getLogger", "timedelta", "get_args", "Person", "datetime", "MappingProxyType"}


def test_no_service_keeps_anything_in_its_module():
    """Constants and functions only: what lives longer than a call belongs to an engine."""
    import ast

    with pytest.raises(AttributeError):
        STORE.role = "staff"

    for path in Path(engines.__file__).parent.glob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
            called = ast.unparse(value.func) if isinstance(value, ast.Call) else "logging.getLogger"
            made = called not in CHANGES_NEVER
            empty = isinstance(value, ast.Dict | ast.List | ast.Set) and not ast.unparse(value).strip("[]{}")
            assert not made, f"{path.name}:{node.lineno} keeps an object"
            assert not empty, f"{path.name}:{node.lineno} keeps a table"
            for function in (f for f in ast.walk(node) if isinstance(f, ast.FunctionDef)):
                assert "cache" not in {ast.unparse(d) for d in function.decorator_list}, f"{path.name}: {function.name}"
