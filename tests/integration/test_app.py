"""Every page, run without a browser on drawn results; and the background job by itself."""

import html
import json
import os
import re
import threading
import time
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from gait.errors import Cancelled, GaitError
from gait.landmarks import Side
from gait.places import sample_run, sample_standing
from gait.progress import Progress
from gait.results.folder import ResultFolder
from gait.services import jobs, uploads
from gait.ui.app import SCRIPT
from gait.ui.engine import engine
from gait.ui.pages import new, result
from gait.ui.parts import pictures, steps, words
from tests.builders import ROOT, analysis_json, result_folder

FORBIDDEN = re.compile(r"prevents? injur|correct(s|ed|ion)\b|abnormal|you need|\d\s?% match", re.IGNORECASE)
PAGE_TIMEOUT_S = 60


@pytest.fixture(autouse=True)
def reports(tmp_path, monkeypatch):
    monkeypatch.setenv("GAIT_REPORTS_DIR", str(tmp_path))
    engine.clear()
    yield tmp_path
    engine.clear()


def page(name, **query):
    def run(which):
        import importlib

        importlib.import_module(f"gait.ui.pages.{which}").show()

    app = AppTest.from_function(run, args=(name,), default_timeout=PAGE_TIMEOUT_S)
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception, app.exception
    return app


def text(app):
    """All words on the page, tags taken out."""
    bodies = [e.proto.body for e in app.get("html")]
    return html.unescape(re.sub(r"<[^>]+>", " ", " ".join(b for b in bodies if "/* The dashboard" not in b)))


def pretend(monkeypatch, work):
    monkeypatch.setattr("gait.services.publish.analyse_to_folder", work)


# -- the entry ---------------------------------------------------------------------------------------------------------


def test_the_entry_shows_the_form_with_its_footer():
    app = AppTest.from_file(str(SCRIPT), default_timeout=PAGE_TIMEOUT_S).run()
    assert not app.exception
    assert words.FOOTER in text(app)
    assert app.button(key="go").disabled


def test_settings_keep_clips_in_the_store_and_take_large_ones():
    import tomllib

    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["maxUploadSize"] == 2048
    assert config["server"]["address"] == "localhost"
    assert config["browser"]["gatherUsageStats"] is False


# -- result ------------------------------------------------------------------------------------------------------------


def test_result_shows_the_numbers_of_the_file(reports):
    result_folder(reports / "r1")
    app = page("result", id="r1")
    said = text(app)
    assert "Neutral" in said
    assert "Over-pronating" in said
    assert "your heel tilted in by about 10° (likely 9–11°) from how you stand" in said
    assert "your heel tilted in by about 17° (likely 16–18°) from how you stand" in said
    assert "10.1°" in said
    assert "17.0°" in said
    assert "167" in said
    assert "Example Guide 3" in said
    assert words.SIGN in said
    assert not FORBIDDEN.search(said)


def test_the_left_foot_stands_on_the_left(reports):
    result_folder(reports / "r1")
    bodies = " ".join(e.proto.body for e in page("result", id="r1").get("html"))
    assert re.findall(r'data-side="(\w+)"', bodies) == ["left", "right"]
    assert re.findall(r'data-label="(\w+)"', bodies) == ["neutral", "over"]


def test_a_refused_clip_shows_why_and_nothing_else(reports):
    doc = analysis_json()
    doc["status"] = "refused"
    doc["findings"] = [
        {"code": "view", "severity": "refuse", "value": "side", "limit": "rear", "message": "The runner is filmed from the side.",
         "advice": "Put the camera behind the treadmill."},
        {"code": "dark", "severity": "warn", "value": 1, "limit": 2, "message": "It is dark.", "advice": "Light."},
    ]  # fmt: skip
    result_folder(reports / "r1", doc)
    app = page("result", id="r1")
    said = text(app)
    assert "The runner is filmed from the side." in said
    assert "Put the camera behind the treadmill." in said
    for absent in ("It is dark", "Neutral", "Over-pronating", "10.1", "Example Guide"):
        assert absent not in said
    assert not app.get("plotly_chart")


def test_warnings_are_shown_before_the_curves(reports):
    doc = analysis_json()
    doc["findings"] = [
        {"code": "roll", "severity": "warn", "message": "The camera is rolled by 4°.", "advice": "Level it."}
    ]
    result_folder(reports / "r1", doc)
    said = text(page("result", id="r1"))
    assert said.index("The camera is rolled by 4°.") < said.index("How your heel tilts")


def test_an_undetermined_foot_is_cannot_tell_and_never_neutral(reports):
    doc = analysis_json()
    doc["feet"]["left"] |= {
        "label": "undetermined", "probability": {}, "peak_eversion_deg": None, "reasons": ["Only 3 clean steps."], "n_strides": 3,
    }  # fmt: skip
    result_folder(reports / "r1", doc)
    (reports / "r1" / "peak_left.png").unlink()
    card = result.foot_card(ResultFolder(reports / "r1"), doc, Side.LEFT)
    assert "Cannot tell" in card
    assert "Neutral" not in card
    assert "Only 3 clean steps." in card
    assert "could not be seen well enough" in card
    assert not page("result", id="r1").exception


def test_without_standing_the_roll_in_is_judged_and_said(reports):
    doc = analysis_json()
    doc["reference"]["zero"] = "none"
    result_folder(reports / "r1", doc)
    said = text(page("result", id="r1"))
    assert "rolled in by about 14° after landing" in said
    assert "from how you stand" not in said
    # the limits are of the tilt from standing: the excursion must not be drawn on their scale
    card = result.foot_card(ResultFolder(reports / "r1"), doc, Side.LEFT)
    assert "g-scale" not in card
    doc["reference"]["zero"] = "standing"
    assert "g-scale" in result.foot_card(ResultFolder(reports / "r1"), doc, Side.LEFT)


def test_a_result_with_only_analysis_json_still_opens(reports):
    (reports / "r1").mkdir()
    (reports / "r1" / "analysis.json").write_text(json.dumps(analysis_json()), encoding="utf-8")
    assert "Over-pronating" in text(page("result", id="r1"))


def test_names_cannot_leave_the_reports_folder(reports):
    result_folder(reports / "r1")
    for name in ("../r1", "..", "/etc", "r1/../r1", ".uploads", ""):
        assert engine().library.find(name) is None
    assert engine().library.find("r1") is not None
    assert "not on this computer" in text(page("result", id="../../etc"))


def test_the_figures_behind_stand_left_then_right_with_their_ranges():
    doc = analysis_json()
    doc["meaning_3d"] = {"left": {"peak_eversion_3d_deg": {"value": 9.04, "ci95": [6.5, 11.6]}}}
    said = html.unescape(re.sub(r"<[^>]+>", " ", result._more(doc)))
    assert re.search(r"Furthest heel tilt\s+10.1°\s+likely 8.9–11.3°\s+17.0°", said)
    assert re.search(r"motion capture in 3D would likely show\s+9.0°\s+likely 6.5–11.6°\s+–", said)
    assert "Toes point out" not in said


def test_an_unreadable_result_says_so(reports):
    (reports / "r1").mkdir()
    (reports / "r1" / "analysis.json").write_text("{", encoding="utf-8")
    assert "no readable result" in text(page("result", id="r1"))
    assert engine().library.entries() == []


def test_what_people_type_cannot_become_markup(reports):
    doc = analysis_json()
    doc["runner"] = "<img src=x onerror=alert(1)>"
    result_folder(reports / "r1", doc)
    for name in ("result", "earlier"):
        bodies = " ".join(e.proto.body for e in page(name).get("html"))
        assert "<img src=x" not in bodies


# -- contact sheet -----------------------------------------------------------------------------------------------------


def test_contact_sheet_has_every_step_and_says_why_one_is_left_out(reports):
    sheet = steps.data(ResultFolder(result_folder(reports / "r1")), Side.LEFT)
    assert len(sheet) == 26
    assert [s["stance"] for s in sheet if not s["used"]] == [3]
    assert sheet[3]["note"] == "the other leg hides the heel"


def test_lines_lie_where_the_table_says_in_the_pictures_pixels(reports):
    folder = ResultFolder(result_folder(reports / "r1"))
    assert steps.data(folder, Side.LEFT)[0]["lines"]["shank"] == [100, 170, 100, 40]
    table = pd.read_csv(folder.path / "steps" / "steps.csv")
    table[["x0_px", "y0_px", "scale"]] = [50.0, 20.0, 2.0]
    table.to_csv(folder.path / "steps" / "steps.csv", index=False)
    enlarged = ResultFolder(folder.path)
    assert steps.data(enlarged, Side.LEFT)[0]["lines"]["shank"] == [100, 300, 100, 40]


def test_an_answer_from_the_sheet_becomes_edits_and_back(reports):
    path = result_folder(reports / "r1")
    table = pd.read_csv(path / "steps" / "steps.csv")
    table[["x0_px", "y0_px", "scale"]] = [50.0, 20.0, 2.0]
    table.to_csv(path / "steps" / "steps.csv", index=False)
    folder = ResultFolder(path)
    lines = {"shank": [100.0, 300.0, 100.0, 40.0], "heel": [100.0, 400.0, 90.0, 310.0]}
    moved = steps.edited(folder, Side.LEFT, {"stance": 2, "action": "lines", "lines": lines})
    assert moved == [
        {
            "side": "left", "stance": 2, "rejected": False,
            "shank_px": (100.0, 170.0, 100.0, 40.0), "heel_px": (100.0, 220.0, 95.0, 175.0),
        }
    ]  # fmt: skip
    folder.analysis["edits"] = [moved[0] | {"angle_change_deg": 1.0}]
    assert steps.data(folder, Side.LEFT)[2]["lines"]["heel"] == lines["heel"]
    assert steps.data(folder, Side.LEFT)[2]["edited"]
    both = steps.edited(folder, Side.LEFT, {"stance": 2, "action": "reject"})
    assert both == [moved[0] | {"rejected": True}]
    assert steps.edited(folder, Side.LEFT, {"stance": 2, "action": "reset"}) == []
    assert len(steps.edited(folder, Side.RIGHT, {"stance": 2, "action": "reject"})) == 2
    with pytest.raises(ValueError, match="no step"):
        steps.edited(folder, Side.LEFT, {"stance": 99, "action": "reject"})
    with pytest.raises(ValueError, match="unknown action"):
        steps.edited(folder, Side.LEFT, {"stance": 2, "action": "explode"})


# -- words -------------------------------------------------------------------------------------------------------------


def test_a_likely_range_is_written_in_the_unit_shown():
    assert words.likely({"value": 0.259, "ci95": [0.253, 0.265]}, " ms", 0, 1000) == "likely 253–265 ms"
    assert words.likely(None, "°") == ""
    assert words.number({"value": -0.2, "ci95": [-1, 1]}, 1) == "−0.2"
    assert words.number(None) == "–"


def test_a_heel_that_tilts_out_is_said_to_tilt_out():
    foot = {"peak_eversion_deg": {"value": -3.2, "ci95": [-4.4, -2.0]}}
    assert words.sentence(foot, "standing") == (
        "From behind, your heel tilted out by about 3° (likely 2–4°) from how you stand."
    )


def test_certainty_is_in_words_and_not_in_per_cent():
    for p, said in ((0.99, "Very sure"), (0.9, "Quite sure"), (0.75, "Fairly sure")):
        assert words.certainty({"label": "over", "probability": {"over": p, "neutral": 1 - p, "under": 0}}) == said
    between = words.certainty({"label": "undetermined", "probability": {"over": 0.55, "neutral": 0.45, "under": 0.0}})
    assert between == "Between over-pronating and neutral"


def test_the_scale_keeps_order_and_interval():
    drawn = pictures.scale({"value": 10.1, "ci95": [8.9, 11.3]}, {"under": 7.87, "over": 13.4}, Side.LEFT)
    place = {k: float(v) for k, v in re.findall(r"<(s|em) style=\"left:([\d.]+)%", drawn)}
    ticks = [float(v) for v in re.findall(r"<u style=\"left:([\d.]+)%", drawn)]
    assert ticks[0] < place["s"] < place["em"] < ticks[1]
    outside = pictures.scale({"value": 30.0, "ci95": [28.0, 33.0]}, {"under": 7.87, "over": 13.4}, Side.LEFT)
    assert all(0 <= float(v) <= 100 for v in re.findall(r"left:([\d.]+)%", outside))


# -- earlier results ---------------------------------------------------------------------------------------------------


def test_earlier_lists_newest_first_and_deletes_on_the_second_click(reports):
    for name, made in (("old", "2026-01-01T10:00:00+00:00"), ("young", "2026-02-01T10:00:00+00:00")):
        doc = analysis_json()
        doc |= {"created": made, "runner": name}
        result_folder(reports / name, doc)
    app = page("earlier")
    said = text(app)
    assert said.index("young") < said.index("old")
    assert "Left: Neutral" in said
    assert "Right: Over-pronating" in said
    app.button(key="delete-old").click().run()
    assert (reports / "old").is_dir()
    app.button(key="really").click().run()
    assert not (reports / "old").exists()
    assert (reports / "young").is_dir()


def test_earlier_without_results_says_so():
    assert "No results yet" in text(page("earlier"))


# -- a job, from the button to the result ------------------------------------------------------------------------------


def test_the_example_run_from_button_to_result(reports, monkeypatch):
    asked = {}

    def analyse(clip, out, choices, progress, cancelled, published, pictured, followed):
        asked.update(vars(choices), clip=clip)
        progress(Progress("Finding the runner", 300, 1200, 5.0, 5.0))
        return ResultFolder(result_folder(out))

    pretend(monkeypatch, analyse)
    app = page("new")
    app.button_group(key="source").set_value(new.EXAMPLE).run()
    app.text_input(key="runner").set_value("Anna B").run()
    app.button(key="go").click().run()
    assert asked["clip"] == sample_run()
    assert asked["standing"] == sample_standing()
    assert asked["speed_kmh"] == pytest.approx(9.7)
    assert asked["runner"] == "Anna B"
    until(lambda: [p for p in reports.iterdir() if not p.name.startswith(".")])
    made = [p.name for p in reports.iterdir() if not p.name.startswith(".")]
    assert len(made) == 1
    assert made[0].endswith("-anna-b")


def test_progress_is_shown_and_cancel_stops_the_work(reports, monkeypatch):
    at_work, free = threading.Event(), threading.Event()

    def analyse(clip, out, choices, progress, cancelled, published, pictured, followed):
        progress(Progress("Finding the runner", 300, 1200, 5.0, 5.0))
        at_work.set()
        free.wait(20)
        if cancelled():
            raise Cancelled
        return ResultFolder(result_folder(out))

    pretend(monkeypatch, analyse)
    job = engine().jobs.start(jobs.AnalysisRequest(Path("clip.mp4"), runner="Anna"))
    assert at_work.wait(10)
    with pytest.raises(GaitError, match="Another run"):
        engine().jobs.start(jobs.AnalysisRequest(Path("other.mp4")))
    app = page("new")  # a fresh page without any address finds the running job
    said = text(app)
    assert "Finding the runner" in said
    assert "300 of 1,200 frames" in said
    assert "about 15 s left" in said
    app.button(key="cancel").click().run()
    free.set()
    assert job.wait(10)
    assert job.state == "cancelled"
    assert "cancelled" in text(page("new", job=job.name))
    assert not (reports / job.name).exists()


class Studio:
    """An analysis that publishes at once, has its pictures when it may and then draws frames of its film for as long as it is let."""

    def __init__(self, then=None, pictures=True):
        self.drawn, self.enough, self.then = 0, threading.Event(), then
        self.may_picture = threading.Event()
        if pictures:
            self.may_picture.set()

    def analyse(self, clip, out, choices, progress, cancelled, published, pictured, followed):
        """In place of the pipeline's."""
        whole = result_folder(out.with_name(f".{out.name}"))
        out.mkdir()
        for name in ("analysis.json", "strides.csv", "curves.csv", "rearfoot.csv", "pose.npz"):
            (whole / name).rename(out / name)
        folder = ResultFolder(out)
        published(folder)
        while not self.may_picture.wait(0.002):
            if cancelled():
                raise Cancelled
        for name in ("steps", "peak_left.png", "peak_right.png"):
            (whole / name).rename(out / name)
        (out / "report.pdf").write_bytes(b"report")
        pictured(folder)
        while not self.enough.is_set():
            if cancelled():
                raise Cancelled
            self.drawn += 1
            progress(Progress("overlay", min(self.drawn, 1199), 1200, 5.0, 5.0))
            time.sleep(0.002)
        if self.then:
            raise self.then
        (out / "overlay.mp4").write_bytes(b"film")
        return folder


def until(true, timeout_s=10.0):
    end = time.monotonic() + timeout_s
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def goes(monkeypatch):
    """The pages that were left for."""
    went = []
    monkeypatch.setattr("gait.ui.nav.go", lambda name, **query: went.append((name, query)))
    return went


def polls(app):
    """Whether the page asks the server again by itself."""
    return bool(app.get("progress")) or "being drawn" in text(app)


def test_a_result_opens_while_its_film_is_drawn_and_the_upload_stays_until_then(reports, monkeypatch, goes):
    drawing = Studio()
    pretend(monkeypatch, drawing.analyse)
    folder = engine().uploads.new_folder()
    (folder / "run.mp4").write_bytes(b"x")
    job = engine().jobs.start(jobs.AnalysisRequest(folder / "run.mp4", runner="Anna", uploads=folder))
    until(lambda: job.state == "drawing")
    page("new", job=job.name)
    assert goes == [("result", {"id": job.name})]
    app = page("result", id=job.name)
    assert "The overlay video is being drawn" in text(app)
    assert polls(app)
    assert not job.wait(0.05)
    assert folder.exists()
    drawing.enough.set()
    assert job.wait(10)
    assert job.state == "done"
    assert not folder.exists()
    after = app.run()
    assert not after.exception
    assert not polls(after)
    assert (reports / job.name / "overlay.mp4").is_file()


def test_a_result_opens_with_its_numbers_and_the_pictures_fill_in(reports, monkeypatch, goes):
    drawing = Studio(pictures=False)
    pretend(monkeypatch, drawing.analyse)
    job = engine().jobs.start(jobs.AnalysisRequest(Path("clip.mp4"), runner="Anna"))
    until(lambda: job.state == "picturing")
    page("new", job=job.name)
    assert goes == [("result", {"id": job.name})]
    app = page("result", id=job.name)
    said = text(app)
    assert "Over-pronating" in said
    assert "The pictures of the steps are being drawn." in said
    assert said.count("is being drawn") == 2, "a place for each foot's freeze frame"
    assert "The overlay video comes next" in said
    assert app.button(key="pdf-comes").disabled
    assert "make-pdf" not in {b.key for b in app.button}, "two would write the same file"
    drawing.may_picture.set()
    until(lambda: job.state == "drawing")
    app.run()
    said = text(app)
    assert "pictures of the steps are" not in said
    assert "pdf-comes" not in {b.key for b in app.button}
    assert "The overlay video is being drawn" in said
    drawing.enough.set()
    assert job.wait(10)


def test_a_result_whose_drawing_ended_early_reads_well_and_polls_nothing(reports, monkeypatch):
    drawing = Studio(pictures=False)
    pretend(monkeypatch, drawing.analyse)
    job = engine().jobs.start(jobs.AnalysisRequest(Path("clip.mp4"), runner="Anna"))
    until(lambda: job.state == "picturing")
    job.cancel()
    assert job.wait(10)
    assert job.state == "done"
    app = page("result", id=job.name)
    said = text(app)
    assert "Over-pronating" in said
    assert "This result has no pictures of its steps." in said
    assert "Tap a step" not in said
    assert not polls(app)
    assert app.button(key="make-pdf")
    assert "Example Runner" in text(page("earlier"))


def test_a_film_left_out_or_failed_costs_the_film_only(reports, monkeypatch):
    drawing = Studio()
    pretend(monkeypatch, drawing.analyse)
    job = engine().jobs.start(jobs.AnalysisRequest(Path("clip.mp4")))
    until(lambda: job.state == "drawing")
    page("result", id=job.name).button(key="no-film").click().run()
    assert job.wait(10)
    assert job.state == "done"
    assert "This result has no overlay video." in text(page("result", id=job.name))

    failing = Studio(GaitError("The overlay video cannot be written."))
    failing.enough.set()
    pretend(monkeypatch, failing.analyse)
    job = engine().jobs.start(jobs.AnalysisRequest(Path("clip.mp4")))
    assert job.wait(10)
    assert job.state == "done"
    app = page("result", id=job.name)
    assert "This result has no overlay video." in text(app)
    assert "Over-pronating" in text(app)
    assert not polls(app)


def test_a_new_run_starts_at_once_and_the_earlier_film_waits_for_it(reports, monkeypatch):
    first = Studio()
    pretend(monkeypatch, first.analyse)
    board = engine().jobs
    one = board.start(jobs.AnalysisRequest(Path("one.mp4")))
    until(lambda: one.state == "drawing")
    at_work, free = threading.Event(), threading.Event()

    def analyse(clip, out, choices, progress, cancelled, published, pictured, followed):
        at_work.set()
        free.wait(20)
        return ResultFolder(result_folder(out))

    pretend(monkeypatch, analyse)
    two = board.start(jobs.AnalysisRequest(Path("two.mp4")))
    assert at_work.wait(10)
    assert board.running() is two
    time.sleep(0.05)  # the frame that was being drawn
    drawn = first.drawn
    time.sleep(0.3)
    assert first.drawn == drawn
    assert "It goes on when the other run is analysed." in text(page("result", id=one.name))
    free.set()
    assert two.wait(10)
    until(lambda: first.drawn > drawn)
    first.enough.set()
    assert one.wait(10)


def test_what_a_crash_left_half_drawn_goes_and_what_is_being_drawn_stays(reports):
    result_folder(reports / "crashed")
    result_folder(reports / "drawing")
    for name, age_s in (("crashed", 7200), ("drawing", 0)):
        (reports / name / ".steps.part").mkdir()
        (reports / name / ".steps.part" / "left_000.jpg").write_bytes(b"half")
        (reports / name / ".overlay.mp4.part").write_bytes(b"half")
        for part in (reports / name).glob(".*.part"):
            os.utime(part, (time.time() - age_s,) * 2)
    engine()
    assert not list((reports / "crashed").glob(".*.part"))
    assert len(list((reports / "drawing").glob(".*.part"))) == 2


def test_deleting_a_result_ends_its_film(reports, monkeypatch):
    drawing = Studio()
    pretend(monkeypatch, drawing.analyse)
    job = engine().jobs.start(jobs.AnalysisRequest(Path("clip.mp4")))
    until(lambda: job.state == "drawing")
    app = page("earlier")
    app.button(key=f"delete-{job.name}").click().run()
    app.button(key="really").click().run()
    assert job.state == "done"
    assert not (reports / job.name).exists()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (GaitError("There is no person in this clip.", "Film the runner from behind."), "Film the runner from behind."),
        (RuntimeError("inner secret"), "Something went wrong inside the program."),
        (MemoryError(), "ran out of memory"),
    ],
)
def test_a_failed_job_says_what_to_do_and_deletes_the_upload(monkeypatch, error, said):
    def analyse(clip, out, choices, progress, cancelled, published, pictured, followed):
        raise error

    pretend(monkeypatch, analyse)
    folder = engine().uploads.new_folder()
    (folder / "run.mp4").write_bytes(b"x")
    job = engine().jobs.start(jobs.AnalysisRequest(folder / "run.mp4", uploads=folder))
    assert job.wait(10)
    shown = text(page("new", job=job.name))
    assert said in shown
    assert "inner secret" not in shown
    assert not folder.exists()


def test_an_upload_reaches_the_disk_whole_under_our_own_name(reports):
    import io

    folder = engine().uploads.new_folder()
    data = bytes(range(256)) * 9000
    sent = io.BytesIO(data)
    sent.name, sent.file_id = "../../evil name.MOV", "1"
    saved = uploads.save(sent, folder, "run")
    assert saved == folder / "run.mov"
    assert saved.read_bytes() == data
    assert saved.is_relative_to(reports)


def test_two_results_never_share_a_folder(reports):
    from datetime import datetime

    now = datetime(2026, 1, 15, 10, 30)
    first = engine().library.new_name("Zoë / Ünal", now)
    (reports / first).mkdir()
    assert engine().library.new_name("Zoë / Ünal", now) != first
    assert re.fullmatch(r"[\w.-]+", first)


def test_streamlit_finds_no_pages_of_its_own_beside_the_script():
    """A folder `pages/` there would be its menu, and a link to a result would show that page's file by itself."""
    assert [p.name for p in SCRIPT.parent.iterdir() if p.suffix != ".pyc" and not p.name.startswith((".", "__"))] == [
        "app.py"
    ]
