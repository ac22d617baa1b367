"""The standing clip put right after the analysis: the run is measured again with it, and the result that comes takes its place."""

import shutil
from dataclasses import replace
from types import SimpleNamespace

import pytest

from gait import clip as clips
from gait.errors import Cancelled, GaitError
from gait.report.content import content
from gait.results.folder import ResultFolder
from gait.results.result import Details, StepEdit
from gait.results.tables import write_result
from gait.services import details, edits, publish
from gait.services.asked import AnalysisRequest
from gait.services.engine import Engine
from gait.services.settings import StoreSettings
from tests.builders.results import example_result, result_folder
from tests.integration.pages.show import pretend
from tests.integration.recording.sent import browser_clip

NAME = "2026-01-15-103000-anna"
TYPED = Details("Anna", "Guide 3", 9.7, None)


@pytest.fixture
def engine(tmp_path):
    with Engine(StoreSettings(tmp_path / "reports")) as one:
        yield one


@pytest.fixture
def run(tmp_path):
    path = tmp_path / "IMG_1.mp4"
    browser_clip(path, ".mp4", 0.5)
    return path


@pytest.fixture
def folder(tmp_path, run):
    """A result of that clip whose name was put right."""
    result = replace(example_result(), runner="Ana")
    path = result_folder(
        tmp_path / "reports" / NAME, replace(result, clip=replace(result.clip, sha256=clips.sha256_of(run)))
    )
    details.put_right(path, TYPED)
    return path


class Upload:
    """As streamlit gives one."""

    def __init__(self, path):
        self._file, self.name, self.file_id = path.open("rb"), path.name, path.name
        self.read, self.seek = self._file.read, self._file.seek


def desk_with(engine, **chosen):
    desk = engine.desk()
    for part, path in chosen.items():
        desk.hold(part, Upload(path))
    return desk


@pytest.fixture
def standing(tmp_path):
    path = tmp_path / "other.mp4"
    browser_clip(path, ".mp4", 0.3)
    return path


def measured(monkeypatch):
    """What the analysis was asked for."""
    asked = []

    def work(clip, out, choices, *_, instead_of=None, **__):
        asked.append(
            SimpleNamespace(
                clip=clip.read_bytes(),
                standing=choices.standing.read_bytes(),
                out=out,
                choices=choices,
                before=instead_of,
            )
        )

    pretend(monkeypatch, work)
    return asked


def test_the_run_that_is_chosen_again_is_measured_by_the_results_own_basis(engine, folder, run, standing, monkeypatch):
    asked, before = measured(monkeypatch), ResultFolder(folder).result
    assert engine.clip_of(NAME) is None, "uploaded clips go after their analysis"
    job = engine.measure_again(NAME, desk_with(engine, run=run, standing=standing))
    assert job.wait(10)
    (one,) = asked
    assert (job.name, one.out) == (NAME, folder)
    assert (one.clip, one.standing) == (run.read_bytes(), standing.read_bytes())
    assert one.before == before
    assert one.choices.basis() == before.judged.basis
    typed = one.choices.runner, one.choices.shoe_worn, one.choices.speed_kmh, one.choices.shoe_size
    assert typed == (TYPED.runner, TYPED.shoe_worn, TYPED.speed_kmh, TYPED.shoe_size)
    assert not job.request.uploads.exists(), "and they go again"


def test_another_run_is_refused_and_the_clips_stay_for_the_next_try(engine, folder, standing, monkeypatch):
    asked = measured(monkeypatch)
    desk = desk_with(engine, run=standing, standing=standing)
    with pytest.raises(GaitError, match="not the running clip"):
        engine.measure_again(NAME, desk)
    assert desk.path("standing").is_file()
    assert not asked


def test_without_the_run_one_sentence_says_so(engine, folder, standing):
    with pytest.raises(GaitError, match="The run's clip is on this computer no longer"):
        engine.measure_again(NAME, desk_with(engine, standing=standing))


def test_a_run_whose_film_is_still_drawn_need_not_be_chosen_again(engine, folder, run, standing, monkeypatch):
    asked = measured(monkeypatch)
    kept = engine.uploads.new_folder()
    shutil.copyfile(run, kept / "run.mp4")
    stopped = []
    job = SimpleNamespace(
        name=NAME,
        here=True,
        state="drawing",
        request=SimpleNamespace(clip=kept / "run.mp4", runner_at=(0.5, 0.5), mirrored=True, owner=""),
        cancel=lambda: stopped.append(1),
        wait=lambda _: setattr(job, "state", "done") or shutil.rmtree(kept, ignore_errors=True),
    )
    engine.jobs._jobs[NAME] = job
    assert engine.clip_of(NAME)
    assert engine.measure_again(NAME, desk_with(engine, standing=standing)).wait(10)
    assert stopped
    assert asked[0].clip == run.read_bytes()
    assert (asked[0].choices.runner_at, asked[0].choices.mirrored) == ((0.5, 0.5), True)


@pytest.fixture
def analysed(monkeypatch):
    """Analyses end with this run's result; what is drawn is left out."""

    def stand_in(result, refused=False):
        analysis = SimpleNamespace(refused=refused, clip=SimpleNamespace(codec="points"))
        monkeypatch.setattr(publish, "measure", lambda *_: (analysis, None))
        monkeypatch.setattr(publish, "result_of", lambda *_, **__: result)
        monkeypatch.setattr(publish, "write_tables", lambda new, _, found: write_result(new, found))
        monkeypatch.setattr(publish, "write_report", lambda folder: (folder / "report.pdf").write_bytes(b"pdf"))

    return stand_in


def test_the_new_result_takes_the_place_and_says_what_was_put_right(folder, run, analysed):
    before = ResultFolder(folder).result
    other = replace(before, standing=replace(before.standing, sha256="9" * 64), given_first=None)
    analysed(other)
    publish.analyse_to_folder(run, folder, instead_of=before)
    after = ResultFolder(folder).result
    assert (after.standing.sha256, after.version) == ("9" * 64, before.version + 1)
    assert after.given_first.runner == "Ana", "what was put right before stays said"
    shown = content(ResultFolder(folder))
    assert [foot["corrected"] for foot in shown["feet"]] == ["Corrected by hand: standing clip."] * 2
    assert dict(shown["reference"])["By hand"] == "name, shoe worn, standing clip"
    details.take_back(folder)
    assert ResultFolder(folder).result.standing_put_right, "only what was typed is taken back"


def test_a_run_that_is_refused_this_time_leaves_the_result_as_it_was(folder, run, analysed):
    before = ResultFolder(folder).result
    analysed(before, refused=True)
    with pytest.raises(GaitError, match="stays as it was"):
        publish.analyse_to_folder(run, folder, instead_of=before)
    assert ResultFolder(folder).result == before


def test_what_somebody_corrected_meanwhile_is_not_lost(folder, run, analysed):
    before = ResultFolder(folder).result
    edits.change_step(folder, StepEdit("left", 5, rejected=True))
    analysed(before)
    with pytest.raises(GaitError, match="Somebody else has changed"):
        publish.analyse_to_folder(run, folder, instead_of=before)
    assert edits.edits_of(folder)


def test_while_another_computer_corrects_it_the_result_stays_as_it_was(folder, run, analysed):
    before = ResultFolder(folder).result
    analysed(before)

    def refuse():
        raise GaitError("changed_elsewhere")

    with pytest.raises(GaitError, match="on another computer"):
        publish.analyse_to_folder(run, folder, instead_of=before, first=refuse)
    assert ResultFolder(folder).result == before


def test_a_job_that_puts_right_asks_first(engine, monkeypatch):
    place, asked = result_folder(engine.store.reports / "r1"), []

    def work(*given, first, **more):
        first()
        raise Cancelled

    monkeypatch.setattr("gait.services.publish.analyse_to_folder", work)
    monkeypatch.setattr(engine.depot, "begin_change", asked.append)
    job = engine.jobs._job("r1", AnalysisRequest(place / "analysis.json", puts_right="r1"))
    monkeypatch.setattr(job, "on_state", lambda job, state: None)
    job.run()
    assert asked == ["results/r1"]
