"""What is kept of a camera's calibrations, and what is said of them: knocked cameras, prints of the wrong size, light."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import cv2
import numpy as np
import pytest

from gait import words
from gait.calibration import Calibration, CameraCalibration, Light, WedgeRead
from gait.cli.main import main
from gait.errors import GaitError
from gait.model import Clip, Estimate
from gait.results.calibration import calibration_document, read_calibration
from gait.services.calibrating import calibrate
from gait.services.calibration_told import changes, figures, notes
from gait.services.calibrations import FILE, Calibrations
from gait.services.cameras import CameraId
from gait.services.doctor import check_up
from tests.builders import ruler_page

CAMERA = CameraId("counter", 1080, 1920)
DAY = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


def reading(roll=0.5, mm_per_px=1.2, off=0.1, **changed):
    wedges = tuple(
        WedgeRead(deg, Estimate.from_sd(deg * (1 + off / 10), 0.1), deg * (1 + off / 20)) for deg in (-5.0, 5.0, 10.0)
    )
    read = Calibration(
        wedges=wedges,
        error=Estimate.from_sd(0.05, 0.1),
        roll=Estimate.from_sd(roll, 0.06),
        mm_per_px=Estimate.from_sd(mm_per_px, 0.004),
        lens_k1=None,
        light=Light(180.0, 150.0, 200.0),
        blur_mm=0.6,
        ruler_mm=100.0,
        n_pictures=12,
        width_px=1080,
        height_px=1920,
    )
    return replace(read, **changed)


def made(read, days=0):
    return CameraCalibration("counter", DAY + timedelta(days=days), read)


def codes(said):
    return [one.code for one in said]


def test_the_first_stays_what_later_ones_are_held_against_until_the_camera_is_set_up_anew(tmp_path):
    kept = Calibrations(tmp_path / "data")
    assert kept.of(CAMERA) is None
    for days, roll, anew in ((0, 0.0, False), (1, 0.6, False), (2, 1.2, False)):
        kept.keep(CAMERA, made(reading(roll), days), anew)
    found = Calibrations(tmp_path / "data").of(CAMERA)
    assert (found.set_up.read.roll.value, found.latest.read.roll.value) == (0.0, 1.2)
    kept.keep(CAMERA, made(reading(2.4), 3), True)
    assert kept.of(CAMERA).set_up.made == DAY + timedelta(days=3)
    assert kept.of(CameraId("counter", 720, 1280)) is None


def test_a_clip_has_the_calibration_of_the_camera_that_it_names_or_that_it_is_said_to_be_of(tmp_path):
    kept = Calibrations(tmp_path)
    kept.keep(CameraId("Apple iPhone 13", 1080, 1920), made(reading(1.0)), False)
    kept.keep(CAMERA, made(reading(2.0)), False)
    clip = Clip(tmp_path / "a.mp4", "", np.arange(2) / 30, 1920, 1080, 0, "h264", camera="Apple iPhone 13")
    assert kept.of_clip(clip).read.roll.value == 1.0
    assert kept.of_clip(clip, "counter").read.roll.value == 2.0
    assert kept.of_clip(clip, "another") is None
    assert kept.of_clip(replace(clip, camera="")) is None


@pytest.mark.parametrize("damaged", ["", "[1]", '{"counter|1080x1920": {"set_up": {}}}'])
def test_a_damaged_file_says_nothing_and_is_replaced(tmp_path, damaged):
    (tmp_path / FILE).write_text(damaged)
    kept = Calibrations(tmp_path)
    assert kept.every() == []
    kept.keep(CAMERA, made(reading()), False)
    assert len(kept.every()) == 1


def test_what_cannot_be_kept_is_said(tmp_path):
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(GaitError):
        Calibrations(tmp_path / "data").keep(CAMERA, made(reading()), False)


def test_a_calibration_is_read_back_as_it_was_written():
    one = made(reading(lens_k1=Estimate(-0.05, (-0.06, -0.04)), ruler_mm=None))
    document = calibration_document(one)
    assert calibration_document(read_calibration(document)) == document
    assert read_calibration(document).read.lens_k1 == Estimate(-0.05, (-0.06, -0.04))


@pytest.mark.parametrize(
    ("roll", "mm_per_px", "said"),
    [
        (0.5, 1.2, []),
        (1.1, 1.23, []),
        (2.5, 1.2, ["calibrate_knocked"]),
        (-1.5, 1.2, ["calibrate_knocked"]),
        (0.5, 1.3, ["calibrate_moved"]),
        (0.5, 1.1, ["calibrate_moved"]),
    ],
)
def test_a_camera_that_was_knocked_by_two_degrees_is_noticed_and_a_page_stood_up_again_is_not(roll, mm_per_px, said):
    assert codes(changes(made(reading(roll, mm_per_px)), made(reading()))) == said


def test_nothing_is_held_against_a_first_calibration():
    assert changes(made(reading(5.0)), None) == ()


@pytest.mark.parametrize(
    ("read", "said"),
    [
        (reading(), []),
        (reading(ruler_mm=96.0), ["calibrate_print"]),
        (reading(ruler_mm=99.5), []),
        (reading(ruler_mm=None), ["calibrate_not_measured"]),
        (reading(off=0.8), ["calibrate_off"]),
        (reading(roll=-3.0), ["calibrate_rolled"]),
        (reading(lens_k1=Estimate(-0.08, (-0.1, -0.06))), ["calibrate_lens"]),
        (reading(light=Light(60.0, 55.0, 65.0)), ["calibrate_dark"]),
        (reading(light=Light(230.0, 200.0, 255.0)), ["calibrate_burnt"]),
        (reading(light=Light(150.0, 80.0, 180.0)), ["calibrate_uneven"]),
        (reading(n_pictures=1), ["calibrate_photo"]),
    ],
)
def test_what_is_wrong_is_said(read, said):
    assert codes(notes(read)) == said


def test_every_figure_reads_as_a_sentence_in_both_languages():
    read = reading(lens_k1=Estimate(-0.05, (-0.06, -0.04)))
    with words.speaking("en"):
        lines = [words.say(said) for said in figures(read)]
    assert lines[2] == "Heel printed at 10°: read as 10.1° (likely 9.9 to 10.3°), 0.1° off."
    assert any("1.20 mm" in line for line in lines)
    with words.speaking("de"):
        assert any("1,20 mm" in words.say(said) for said in figures(read))


def test_a_photo_is_read_kept_and_held_against_the_next(tmp_path):
    kept = Calibrations(tmp_path / "data")
    for name, roll in (("first", 0.0), ("knocked", 2.0)):
        shot = ruler_page.picture(ruler_page.place(roll))
        cv2.imwrite(str(tmp_path / f"{name}.png"), shot[..., ::-1])
    first = calibrate(tmp_path / "first.png", kept, camera="counter", ruler_mm=100.0)
    assert first.before is None
    assert codes(first.notes) == ["calibrate_photo"]
    second = calibrate(tmp_path / "knocked.png", kept, camera="counter", ruler_mm=100.0)
    assert second.before.made == first.made.made.replace(microsecond=0)
    assert second.notes[0].code == "calibrate_knocked"
    assert second.notes[0].values["turned_deg"] == pytest.approx(2.0, abs=0.1)
    anew = calibrate(tmp_path / "knocked.png", kept, camera="counter", ruler_mm=100.0, anew=True)
    assert anew.before is None
    assert kept.of(anew.camera).set_up.read.roll.value == pytest.approx(2.0, abs=0.1)


def test_what_is_no_picture_is_refused_and_nothing_is_kept(tmp_path):
    (tmp_path / "page.jpg").write_bytes(b"no picture")
    kept = Calibrations(tmp_path / "data")
    with pytest.raises(GaitError) as refused:
        calibrate(tmp_path / "page.jpg", kept)
    assert refused.value.code == "no_photo"
    with pytest.raises(GaitError):
        calibrate(tmp_path / "none.jpg", kept)
    assert kept.every() == []


def test_the_command_reads_and_keeps_and_says_what_is_wrong(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("GAIT_DATA", str(tmp_path / "data"))
    shot = ruler_page.picture(ruler_page.place(1.0))
    cv2.imwrite(str(tmp_path / "page.png"), shot[..., ::-1])
    asked = ["calibrate", str(tmp_path / "page.png"), "--camera", "counter", "--ruler-mm", "96,0"]
    assert main([*asked, "--language", "de"]) == 0
    said = capsys.readouterr().out
    assert "counter, 720 x 960, gelesen in einem Bild:" in said
    assert "Das Blatt wurde mit 96\N{NO-BREAK SPACE}% gedruckt." in said
    assert main([*asked, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["roll_deg"]["value"] == pytest.approx(1.0, abs=0.1)
    assert document["before"]["camera"] == "counter"
    assert [note["code"] for note in document["notes"]] == ["calibrate_print", "calibrate_photo"]
    assert main(["calibrate"]) == 2
    assert capsys.readouterr().err.startswith("gait: Say either")


def test_the_check_up_reminds_where_a_camera_was_never_calibrated_or_long_ago(tmp_path, monkeypatch):
    monkeypatch.setenv("GAIT_DATA", str(tmp_path))

    def line():
        (found,) = (one for one in check_up(tmp_path / "reports") if one.name.code == "doctor_calibration")
        return found

    assert (line().ok, line().optional, line().advice.code) == (False, True, "doctor_calibrate")
    kept, now = Calibrations(tmp_path), datetime.now(UTC)
    kept.keep(CAMERA, CameraCalibration("counter", now - timedelta(days=40), reading()), False)
    assert line().ok
    kept.keep(CAMERA, CameraCalibration("counter", now - timedelta(days=50), reading()), False)
    assert (line().ok, line().advice.code) == (False, "doctor_calibrate_again")
    assert "counter" in words.say(line().found)
