"""The numbers stand before anything is drawn, the pictures before the film, whatever becomes of what is still owed."""

import contextlib
import json
import shutil
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from gait import pipeline
from gait.calibration import Calibration, CameraCalibration, Light, WedgeRead
from gait.cli.main import main
from gait.errors import Cancelled, GaitError
from gait.landmarks import Side
from gait.model import Crop, Estimate, StrideTable
from gait.results import tables
from gait.results.folder import ResultFolder
from gait.services import edits, publish
from gait.services.calibrations import Calibrations
from gait.services.cameras import CameraId
from tests.builders.pictures import leg_picture
from tests.builders.results import example_result, result_folder


@pytest.fixture
def measured(monkeypatch):
    """An analysis that takes no time, of a clip whose film can be drawn."""
    analysis = SimpleNamespace(
        refused=False, clip=SimpleNamespace(codec="h264", camera="", width_px=720, height_px=1280)
    )
    monkeypatch.setattr(publish, "measure", lambda *_: (analysis, object()))
    monkeypatch.setattr(
        publish, "result_of", lambda *_, calibration, **__: replace(example_result(), calibration=calibration)
    )
    monkeypatch.setattr(publish, "write_tables", lambda folder, _, result: tables.write_result(folder, result))
    monkeypatch.setattr(publish, "write_pictures", lambda folder, *_: (folder / "steps").mkdir())
    monkeypatch.setattr(publish, "write_report", lambda folder: (folder / "report.pdf").write_text("report"))
    return analysis


def test_everything_but_the_film_stands_before_the_film_is_begun(tmp_path, monkeypatch, measured):
    seen = []

    def draw(folder, analysis, tell, encoder):
        assert folder != out, "whoever corrects meanwhile need not wait, and another result may take this one's place"
        seen.append(sorted(p.name for p in out.iterdir()))
        (folder / "overlay.mp4").write_text("film")

    out = tmp_path / "run"
    monkeypatch.setattr(publish, "write_overlay", draw)

    def published(folder):
        assert not folder.result.refused
        seen.append(sorted(p.name for p in folder.path.iterdir()))

    publish.analyse_to_folder(Path("clip.mp4"), out, published=published, pictured=published)
    assert seen == [["analysis.json"], *[["analysis.json", "report.pdf", "steps"]] * 2]
    assert (out / "overlay.mp4").is_file()


def test_the_command_writes_the_calibration_of_the_camera_that_it_names(tmp_path, monkeypatch, measured):
    monkeypatch.setenv("GAIT_DATA", str(tmp_path / "data"))
    wedges = (WedgeRead(5.0, Estimate(5.1, (4.8, 5.4)), 5.0),)
    one = Estimate(1.0, (0.9, 1.1))
    read = Calibration(wedges, one, one, one, None, Light(200.0, 180.0, 220.0), 0.5, 100.0, 12, 720, 1280)
    kept = CameraCalibration("counter", datetime(2026, 11, 3, 9, 0, tzinfo=UTC), read)
    Calibrations(tmp_path / "data").keep(CameraId("counter", 720, 1280), kept, False)
    for camera, found in (("counter", kept), ("another", None)):
        out = tmp_path / camera
        assert main(["analyze", "clip.mp4", "--out", str(out), "--camera", camera, "--no-overlay"]) == 0
        assert ResultFolder(out).result.calibration == found


def test_the_film_is_packed_as_was_chosen(tmp_path, monkeypatch, measured):
    packed = []
    monkeypatch.setattr(publish, "write_overlay", lambda folder, analysis, tell, encoder: packed.append(encoder))
    with contextlib.suppress(FileNotFoundError, GaitError):  # no film was drawn to put in place
        publish.analyse_to_folder(Path("clip.mp4"), tmp_path / "run", pipeline.Choices(encoder="libvpx-vp9"))
    assert packed == ["libvpx-vp9"]


@pytest.mark.parametrize("error", [Cancelled(), GaitError("disk_full"), RuntimeError("a fault")])
@pytest.mark.parametrize(
    ("stage", "left"), [("write_pictures", ["analysis.json"]), ("write_report", ["analysis.json", "steps"])]
)
def test_pictures_or_a_pdf_that_fail_leave_the_numbers(tmp_path, monkeypatch, measured, stage, left, error):
    def draw(*_):
        raise error

    monkeypatch.setattr(publish, stage, draw)
    monkeypatch.setattr(publish, "write_overlay", lambda *_: pytest.fail("nothing is drawn after a failure"))
    out, told = tmp_path / "run", []
    with pytest.raises(type(error)):
        publish.analyse_to_folder(Path("clip.mp4"), out, published=told.append, pictured=lambda _: pytest.fail("not"))
    assert len(told) == 1
    assert sorted(p.name for p in out.iterdir()) == left
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


class Legs:
    """The same lower leg in every frame."""

    def crop(self, frame):
        """Of a frame."""
        return Crop(leg_picture(Side.LEFT, 10.0), 0, 0)

    def crops(self, frames):
        """Of several."""
        yield from ((int(f), self.crop(f)) for f in frames)


@pytest.fixture
def undrawn(tmp_path):
    """A result folder with its numbers only, and the analysis its pictures are drawn from."""
    folder = result_folder(tmp_path / "run")
    result = ResultFolder(folder)
    frames, rows = result.rearfoot, result.strides
    for name in ("peak_left.png", "peak_right.png"):
        (folder / name).unlink()
    for picture in (folder / "steps").iterdir():
        picture.unlink()
    (folder / "steps").rmdir()
    frames["frame"] = frames["frame"] * 100 + frames.index % 11  # one row a frame
    for k, row in rows.iterrows():
        own = frames[(frames["side"] == row["side"]) & (frames["stance"] == row["stance"])]
        rows.loc[k, "peak_frame"] = int(own["frame"].iloc[3])
    frames.to_csv(folder / "rearfoot.csv", index=False)
    feet = {
        side: SimpleNamespace(
            stance=own["stance"].to_numpy(),
            frame=own["frame"].to_numpy(),
            shank_px=publish.lines_of(own, "shank"),
            heel_px=publish.lines_of(own, "heel"),
        )
        for side in Side
        for own in [frames[frames["side"] == side.value]]
    }
    peaks = {s: result.result.judged.feet[s].peak_eversion_deg for s in Side}
    summaries = {s: SimpleNamespace(peak_eversion_deg=peaks[s]) for s in Side}
    strides = StrideTable(rows, summaries)
    return folder, SimpleNamespace(strides=strides, rearfoot=SimpleNamespace(feet=feet))


def test_step_pictures_appear_together_and_nothing_half_written_stays(undrawn):
    folder, analysis = undrawn
    seen = []
    publish.write_pictures(folder, analysis, Legs(), lambda done, total: seen.append((done, total)))
    result = ResultFolder(folder)
    assert len(result.steps) == len(analysis.strides.rows) == seen[-1][1] == len(seen)
    assert {p.name for p in (folder / "steps").iterdir()} == {"steps.csv", *result.steps["file"]}
    assert all(result.peak_picture(side) for side in Side)
    assert not [p for p in folder.iterdir() if p.name.startswith(".")]


def test_step_pictures_stopped_half_way_are_not_there(undrawn):
    folder, analysis = undrawn
    before = sorted(p.name for p in folder.iterdir())

    def stop(done, total):
        assert not (folder / "steps").exists()
        if done == 5:
            raise Cancelled

    with pytest.raises(Cancelled):
        publish.write_pictures(folder, analysis, Legs(), stop)
    assert sorted(p.name for p in folder.iterdir()) == before


def test_pictures_that_cannot_be_written_are_one_clear_sentence(undrawn, monkeypatch):
    folder, analysis = undrawn

    def full(path, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publish, "put", full)
    with pytest.raises(GaitError, match="pictures of the steps cannot be written"):
        publish.write_pictures(folder, analysis, Legs())
    assert not (folder / "steps").exists()


def test_a_correction_made_while_pictures_are_drawn_comes_after_them(tmp_path, monkeypatch, measured):
    out = tmp_path / "run"
    order, correcting = [], threading.Event()

    def correct():
        correcting.set()
        with pytest.raises(GaitError):  # the folder of this test has no measured steps; that is found out in turn
            edits.apply(out, [])
        order.append("corrected")

    def draw(folder, *_):
        at_work = threading.Thread(target=correct)
        at_work.start()
        assert correcting.wait(10)
        at_work.join(0.2)
        order.append("drawn")
        threads.append(at_work)

    threads = []
    monkeypatch.setattr(publish, "write_pictures", draw)
    publish.analyse_to_folder(
        Path("clip.mp4"), out, pipeline.Choices(overlay=False), pictured=lambda _: order.append("pictured")
    )
    threads[0].join(10)
    assert order[0] == "drawn"
    assert "corrected" in order


@pytest.mark.parametrize("error", [Cancelled(), GaitError("disk_full"), RuntimeError("a fault")])
def test_a_film_that_fails_leaves_the_result(tmp_path, monkeypatch, measured, error):
    def draw(folder, analysis, tell, encoder):
        raise error

    monkeypatch.setattr(publish, "write_overlay", draw)
    out = tmp_path / "run"
    with pytest.raises(type(error)):
        publish.analyse_to_folder(Path("clip.mp4"), out)
    assert sorted(p.name for p in out.iterdir()) == ["analysis.json", "report.pdf", "steps"]
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_an_earlier_film_does_not_pass_for_the_new_runs(tmp_path, monkeypatch, measured):
    out = tmp_path / "run"
    out.mkdir()
    (out / "overlay.mp4").write_text("of another run")

    def stop(folder, analysis, tell, encoder):
        raise Cancelled

    monkeypatch.setattr(publish, "write_overlay", stop)
    with pytest.raises(Cancelled):
        publish.analyse_to_folder(Path("clip.mp4"), out)
    assert not (out / "overlay.mp4").exists()


def test_a_reader_never_sees_an_old_result_with_new_tables(tmp_path, monkeypatch, measured):
    out = tmp_path / "run"
    out.mkdir()
    for name in ("analysis.json", "strides.csv", "peak_left.png", "report.pdf"):
        (out / name).write_text("of another run")
    (out / ".steps.part").mkdir()

    def stop(*_):
        raise Cancelled

    monkeypatch.setattr(publish, "write_pictures", stop)
    with pytest.raises(Cancelled):
        publish.analyse_to_folder(Path("clip.mp4"), out)
    assert [p.name for p in out.iterdir()] == ["analysis.json"]
    assert json.loads((out / "analysis.json").read_text())["status"] == "ok"


def test_the_command_names_all_that_is_missing(tmp_path, monkeypatch, capsys, measured):
    def draw(*_):
        raise GaitError("cannot_write", "steps", folder="run")

    monkeypatch.setattr(publish, "write_pictures", draw)
    assert main(["analyze", "clip.mp4", "--out", str(tmp_path / "run")]) == 0
    said = capsys.readouterr()
    assert "Right foot: over-pronating" in said.out
    assert "The result is whole but for the PDF and the overlay video." in said.err


def test_the_command_says_the_labels_before_the_film_and_counts_it_as_analysed(tmp_path, monkeypatch, capsys, measured):
    said_before = []

    def draw(folder, analysis, tell, encoder):
        said_before.append(capsys.readouterr().out)
        raise GaitError("cannot_write", "overlay", folder="run")

    monkeypatch.setattr(publish, "write_overlay", draw)
    assert main(["analyze", "clip.mp4", "--out", str(tmp_path / "run")]) == 0
    assert "Right foot: over-pronating" in said_before[0]
    after = capsys.readouterr()
    assert "foot:" not in after.out
    assert "overlay.mp4" not in after.out
    assert "report.pdf" in after.out
    assert "whole but for the overlay video" in after.err
    assert json.loads((tmp_path / "run" / "analysis.json").read_text())["status"] == "ok"


def test_stopping_the_command_while_the_film_is_drawn_keeps_the_result(tmp_path, monkeypatch, capsys, measured):
    def draw(folder, analysis, tell, encoder):
        raise KeyboardInterrupt

    monkeypatch.setattr(publish, "write_overlay", draw)
    assert main(["analyze", "clip.mp4", "--out", str(tmp_path / "run")]) == 130
    said = capsys.readouterr()
    assert "nothing was written" not in said.err
    assert "analysis.json" in said.out


@pytest.mark.parametrize("meanwhile", ["another analysis", "deleted", "corrected"])
def test_a_film_lands_in_its_own_result_or_nowhere(tmp_path, monkeypatch, measured, meanwhile):
    out = tmp_path / "run"

    def draw(folder, analysis, tell, encoder):
        (folder / "overlay.mp4").write_text("film")
        if meanwhile == "deleted":
            shutil.rmtree(out)
        else:  # by another program: nothing waits for the film
            changed = example_result() if meanwhile == "corrected" else replace(example_result(), created=None)
            tables.write_result(out, replace(changed, version=2))

    monkeypatch.setattr(publish, "write_overlay", draw)
    publish.analyse_to_folder(Path("clip.mp4"), out)
    assert (out / "overlay.mp4").exists() == (meanwhile == "corrected")
    assert [p.name for p in tmp_path.iterdir()] == (["run"] if meanwhile != "deleted" else [])
