"""A result written in the forms of other programs and read back: the same points, angles and steps, at the right place and side."""

import json
import shutil
from pathlib import Path

import ezc3d
import numpy as np
import pandas as pd
import pyarrow.parquet
import pypdfium2
import pytest

from gait import words
from gait.cli.main import main
from gait.errors import GaitError
from gait.export.c3d import MOST_FRAMES
from gait.landmarks import Landmark
from gait.model import Trajectories
from gait.pose import MARKERS, read_points
from gait.results.result import Result
from gait.results.trajectories import write_trajectories
from gait.services.exporting import FORMS, export_result
from gait.settings import PointsTold
from tests.builders.points import runner
from tests.builders.results import analysis_json, result_folder

HEIGHT_PX = 1280
ALL = tuple(FORMS)


def points_px(n=40):
    """(n, 33, 2) of a drawn runner, whose left heel and whose last marker, the right heel, are hidden in a few frames each."""
    points = np.array(runner(n))[..., :2]
    points[3:5, Landmark.LEFT_HEEL] = np.nan
    points[-1, Landmark.RIGHT_HEEL] = np.nan
    return points


def finished(folder: Path, result: Result | None = None, *, times_s=None, metres_per_px=None) -> Path:
    result_folder(folder, result)
    points = points_px()
    times = np.arange(len(points)) / 30 if times_s is None else times_s
    moves = Trajectories(times, points, np.zeros(points.shape[:2], bool), 10.0, 0, 720, HEIGHT_PX)
    write_trajectories(folder, moves, metres_per_px)
    return folder


@pytest.fixture
def result(tmp_path):
    return finished(tmp_path / "result")


def marks(path):
    """(names, unit, times, (n, k, 3)) of a TRC file, cell by cell."""
    lines = [line.split("\t") for line in path.read_text().splitlines()]
    names = [name for name in lines[3][2:] if name]
    rows = np.array([[float(c) for c in line] for line in lines[5:]])
    told = dict(zip(lines[1], lines[2], strict=True))
    return names, told, rows[:, 1], rows[:, 2:].reshape(len(rows), len(names), 3)


def test_trc_read_back_is_the_same_points(result, tmp_path):
    export_result(result, ["trc"], tmp_path / "out")
    track = read_points(tmp_path / "out" / "trajectories.trc", PointsTold(size_px=(720, HEIGHT_PX)))
    known = [int(landmark) for _, landmark in MARKERS]
    assert np.nanmax(np.abs(track.landmarks_px[:, known] - points_px()[:, known])) <= 0.001
    np.testing.assert_array_equal(np.isnan(track.landmarks_px[:, known]), np.isnan(points_px()[:, known]))
    np.testing.assert_allclose(track.times_s, np.arange(40) / 30, atol=1e-6)


def test_trc_says_its_unit_and_rate_and_counts_y_upward_from_the_lower_edge(result, tmp_path):
    export_result(result, ["trc"], tmp_path / "out")
    names, told, _, places = marks(tmp_path / "out" / "trajectories.trc")
    assert (told["Units"], told["DataRate"], told["NumFrames"], told["NumMarkers"]) == (
        "px",
        "30",
        "40",
        str(len(names)),
    )
    head, heel = (places[0, names.index(name)] for name in ("Nose", "RHeel"))
    assert head[1] > heel[1] > 0
    np.testing.assert_allclose(heel, [*(points_px()[0, Landmark.RIGHT_HEEL] * [1, -1] + [0, HEIGHT_PX]), 0], atol=1e-3)
    hip = {side: places[0, names.index(f"{side}Hip"), 0] for side in "LR"}
    assert hip["L"] < hip["R"]  # from behind, the runner's right is the picture's


def test_no_cell_of_trc_is_empty(result, tmp_path):
    """OpenSim refuses a row whose last cells are."""
    export_result(result, ["trc"], tmp_path / "out")
    rows = (tmp_path / "out" / "trajectories.trc").read_text().splitlines()[5:]
    assert {len(row.split("\t")) for row in rows} == {2 + 3 * len(MARKERS)}
    assert not [row for row in rows if "" in row.split("\t")]
    assert rows[-1].endswith("nan\tnan\tnan")


def test_a_known_scale_makes_millimetres(tmp_path):
    folder = finished(tmp_path / "result", metres_per_px=0.002)
    export_result(folder, ["trc", "c3d", "csv"], tmp_path / "out")
    names, told, _, places = marks(tmp_path / "out" / "trajectories.trc")
    assert told["Units"] == "mm"
    heel = points_px()[0, Landmark.RIGHT_HEEL]
    expected = [heel[0] * 2, (HEIGHT_PX - heel[1]) * 2]
    np.testing.assert_allclose(places[0, names.index("RHeel"), :2], expected, atol=1e-2)
    c3d = ezc3d.c3d(str(tmp_path / "out" / "trajectories.c3d"))
    assert c3d["parameters"]["POINT"]["UNITS"]["value"] == ["mm"]
    np.testing.assert_allclose(c3d["data"]["points"][:2, names.index("RHeel"), 0], expected, atol=1e-2)
    table = pd.read_csv(tmp_path / "out" / "trajectories.csv").set_index(["frame", "landmark"])
    np.testing.assert_allclose(table.loc[(0, "right_heel"), ["x_m", "y_m"]].astype(float), heel * 0.002, atol=1e-5)


def test_points_without_a_picture_count_from_its_upper_edge(tmp_path):
    document = analysis_json()
    document["clip"] |= {"height_px": None, "width_px": None}
    folder = finished(tmp_path / "result")
    (folder / "analysis.json").write_text(json.dumps(document))
    export_result(folder, ["trc"], tmp_path / "out")
    names, *_, places = marks(tmp_path / "out" / "trajectories.trc")
    assert places[0, names.index("RHeel"), 1] == pytest.approx(-points_px()[0, Landmark.RIGHT_HEEL, 1], abs=1e-3)


def test_c3d_read_back_is_the_same_points_with_the_events_of_each_foot(result, tmp_path):
    export_result(result, ["c3d"], tmp_path / "out")
    c3d = ezc3d.c3d(str(tmp_path / "out" / "trajectories.c3d"))
    point = {name: c3d["parameters"]["POINT"][name]["value"] for name in ("LABELS", "UNITS", "X_SCREEN", "Y_SCREEN")}
    assert (point["UNITS"], point["X_SCREEN"], point["Y_SCREEN"]) == (["px"], ["+X"], ["+Y"])
    assert point["LABELS"] == [name for name, _ in MARKERS]
    assert c3d["header"]["points"]["frame_rate"] == pytest.approx(30)
    known = [int(landmark) for _, landmark in MARKERS]
    expected = points_px()[:, known] * [1, -1] + [0, HEIGHT_PX]
    np.testing.assert_allclose(c3d["data"]["points"][:2].transpose(2, 1, 0), expected, atol=1e-3)
    residuals = c3d["data"]["meta_points"]["residuals"][0, point["LABELS"].index("LHeel")]
    np.testing.assert_array_equal(np.flatnonzero(residuals < 0), [3, 4])  # not seen
    event = c3d["parameters"]["EVENT"]
    told = list(zip(event["CONTEXTS"]["value"], event["LABELS"]["value"], event["TIMES"]["value"][1], strict=True))
    # The film is 1.3 s long: what comes later is left out.
    assert [(side, what, round(float(t), 4)) for side, what, t in told] == [
        ("Left", "Foot Strike", 0.3),
        ("Left", "Foot Strike", 1.0167),
        ("Left", "Foot Off", 0.559),
        ("Left", "Foot Off", 1.2757),
        ("Right", "Foot Strike", 0.6583),
        ("Right", "Foot Off", 0.9173),
    ]


def test_uneven_frames_are_not_moved_and_an_event_stays_between_its_frames(tmp_path):
    times_s = np.arange(40) / 30
    times_s[20:] += 0.5  # frames were lost
    folder = finished(tmp_path / "result", times_s=times_s)
    export_result(folder, ["c3d"], tmp_path / "out")
    c3d = ezc3d.c3d(str(tmp_path / "out" / "trajectories.c3d"))
    np.testing.assert_allclose(c3d["data"]["analogs"][0, 0], times_s, atol=1e-5)
    assert c3d["parameters"]["ANALOG"]["LABELS"]["value"] == ["time_s"]
    rate = 39 / times_s[-1]
    assert c3d["header"]["points"]["frame_rate"] == pytest.approx(rate)
    first = float(c3d["parameters"]["EVENT"]["TIMES"]["value"][1][0])
    assert first * rate == pytest.approx(9, abs=1e-3)  # 0.3 s is frame 9


def test_a_clip_that_c3d_cannot_count_is_said(result, tmp_path):
    n = MOST_FRAMES + 1
    points = np.zeros((n, 33, 2))
    moves = Trajectories(np.arange(n) / 60, points, np.zeros((n, 33), bool), 10.0, 0, 720, HEIGHT_PX)
    write_trajectories(result, moves)
    done = export_result(result, ["c3d"], tmp_path / "out")
    assert not done.files
    assert done.lacking["c3d"].code == "export_too_long"


def test_mot_has_each_foots_usable_frames_eversion_positive(result, tmp_path):
    export_result(result, ["mot"], tmp_path / "out")
    frames = pd.read_csv(result / "rearfoot.csv")
    for side in ("left", "right"):
        head, rows = (tmp_path / "out" / f"angles_{side}.mot").read_text().split("endheader\n")
        own = frames[(frames["side"] == side) & frames["usable"]].sort_values("time_s")
        told = np.array([[float(c) for c in row.split("\t")] for row in rows.splitlines()[1:]])
        assert rows.splitlines()[0] == f"time\trearfoot_eversion_{side[0]}"
        assert head.splitlines()[1:] == ["version=1", f"nRows={len(told)}", "nColumns=2", "inDegrees=yes"]
        np.testing.assert_allclose(told, own[["time_s", "angle_deg"]], atol=1e-5)
        assert told[:, 1].max() > 9
        assert len(told) < (frames["side"] == side).sum()  # some frames are not usable
        assert np.isfinite(told).all()


def test_mot_of_one_foot(result, tmp_path):
    frames = pd.read_csv(result / "rearfoot.csv")
    frames.loc[frames["side"] == "left", "angle_deg"] = np.nan
    frames.to_csv(result / "rearfoot.csv", index=False)
    done = export_result(result, ["mot"], tmp_path / "out")
    assert [file.name for file in done.files] == ["angles_right.mot"]


def test_tables_are_the_same_in_csv_and_parquet(result, tmp_path):
    export_result(result, ["csv", "parquet"], tmp_path / "out")
    for name in ("steps", "curves", "angles", "trajectories"):
        csv, parquet = (
            pd.read_csv(tmp_path / "out" / f"{name}.csv"),
            pd.read_parquet(tmp_path / "out" / f"{name}.parquet"),
        )
        pd.testing.assert_frame_equal(csv, parquet, check_dtype=False, atol=1e-5)
    pd.testing.assert_frame_equal(
        pd.read_csv(tmp_path / "out" / "steps.csv"), pd.read_csv(result / "strides.csv"), atol=1e-5
    )
    schema = pyarrow.parquet.read_schema(tmp_path / "out" / "trajectories.parquet")
    about = json.loads(schema.metadata[b"PANDAS_ATTRS"])
    assert (about["fps_hz"], about["height_px"], about["metres_per_px"]) == (60.0, HEIGHT_PX, None)
    assert "Example Runner" not in str(schema.metadata)


def test_exported_trajectories_are_read_as_key_points(result, tmp_path):
    export_result(result, ["csv"], tmp_path / "out")
    track = read_points(tmp_path / "out" / "trajectories.csv", PointsTold(size_px=(720, HEIGHT_PX)))
    assert np.nanmax(np.abs(track.landmarks_px - points_px())) <= 0.001


def test_no_cell_of_csv_is_run_by_a_spreadsheet(result, tmp_path):
    steps = pd.read_csv(result / "strides.csv", keep_default_na=False)
    steps["note"] = "=HYPERLINK(1)"
    steps["touchdown_deg"] = -4.0
    steps.to_csv(result / "strides.csv", index=False)
    export_result(result, ["csv"], tmp_path / "out")
    told = pd.read_csv(tmp_path / "out" / "steps.csv")
    assert set(told["note"]) == {"'=HYPERLINK(1)"}
    assert set(told["touchdown_deg"]) == {-4.0}


def test_pictures_and_pdf(result, tmp_path):
    done = export_result(result, ["png", "pdf"], tmp_path / "out")
    assert [file.name for file in done.files] == ["peak_left.png", "peak_right.png", "report.pdf"]
    assert (tmp_path / "out" / "peak_left.png").read_bytes() == (result / "peak_left.png").read_bytes()
    with pypdfium2.PdfDocument(tmp_path / "out" / "report.pdf") as pdf:
        assert len(pdf) == 2
    assert not (result / "report.pdf").exists()  # the result stays as it is


def test_a_pdf_that_is_there_is_taken_as_it_is(result, tmp_path):
    (result / "report.pdf").write_bytes(b"%PDF-as it was given out")
    export_result(result, ["pdf"], tmp_path / "out")
    assert (tmp_path / "out" / "report.pdf").read_bytes() == b"%PDF-as it was given out"


def refused() -> dict[str, object]:
    whole = analysis_json()
    return {k: whole[k] for k in ("schema", "created", "runner", "clip", "versions")} | {
        "status": "refused",
        "findings": [
            {"code": "x", "severity": "refuse", "value": 1, "limit": 2, "message": "Too dark.", "advice": "Light."}
        ],
    }


def test_of_a_refused_clip_there_is_the_pdf_alone(tmp_path):
    folder = tmp_path / "result"
    folder.mkdir()
    (folder / "analysis.json").write_text(json.dumps(refused()))
    done = export_result(folder, ALL, tmp_path / "out")
    assert [file.name for file in done.files] == ["report.pdf"]
    assert set(done.lacking) == set(ALL) - {"pdf"}
    assert {said.code for said in done.lacking.values()} == {"export_refused"}
    nothing = export_result(folder, ["csv"], tmp_path / "nothing")
    assert not nothing.files
    assert not (tmp_path / "nothing").exists()


def test_of_key_points_alone_there_are_no_angles_and_pictures(result, tmp_path):
    for name in ("rearfoot.csv", "curves.csv", "peak_left.png", "peak_right.png"):
        (result / name).unlink()
    shutil.rmtree(result / "steps")
    done = export_result(result, ALL, tmp_path / "out")
    assert {form: said.code for form, said in done.lacking.items()} == {
        "mot": "export_no_angles",
        "png": "export_no_pictures",
    }
    names = {file.name for file in done.files}
    assert {"steps.csv", "trajectories.csv", "trajectories.trc", "trajectories.c3d", "report.pdf"} <= names
    assert not names & {"angles.csv", "curves.csv", "angles.parquet"}


def test_an_old_result_without_trajectories_says_so(tmp_path):
    done = export_result(result_folder(tmp_path / "result"), ["trc", "c3d", "csv"], tmp_path / "out")
    assert {form: said.code for form, said in done.lacking.items()} == dict.fromkeys(
        ("trc", "c3d"), "export_no_trajectories"
    )
    assert "trajectories.csv" not in {file.name for file in done.files}


def test_nothing_is_overwritten_unless_it_is_asked_for(result, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "steps.csv").write_text("mine")
    with pytest.raises(GaitError) as caught:
        export_result(result, ["csv", "trc"], out)
    assert caught.value.code == "file_there"
    assert [file.name for file in out.iterdir()] == ["steps.csv"]
    assert (out / "steps.csv").read_text() == "mine"
    export_result(result, ["csv", "trc"], out, replace=True)
    assert len(pd.read_csv(out / "steps.csv"))


def test_a_table_that_cannot_be_read_leaves_nothing(result, tmp_path):
    (result / "strides.csv").write_text('side,stance\n"left')
    with pytest.raises(GaitError) as caught:
        export_result(result, ["trc", "csv"], tmp_path / "out")
    assert caught.value.code == "bad_tables"
    assert not (tmp_path / "out").exists()


def test_a_place_that_cannot_be_written_to(result, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(GaitError) as caught:
        export_result(result, ["csv"], tmp_path / "file" / "out")
    assert caught.value.code == "cannot_write"


def test_a_result_that_is_corrected_meanwhile_is_exported_again(result, tmp_path, monkeypatch):
    """The files of an export are of one version."""
    from gait.services import exporting

    times = []

    def corrected_first(folder, out):
        times.append(folder.result.version)
        if len(times) == 1:
            document = analysis_json() | {"version": 2}
            (result / "analysis.json").write_text(json.dumps(document))
        return FORMS["trc"](folder, out)

    monkeypatch.setattr(exporting, "FORMS", {"trc": corrected_first})
    done = export_result(result, ["trc"], tmp_path / "out")
    assert times == [1, 2]
    assert [file.name for file in done.files] == ["trajectories.trc"]


def test_the_command(result, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["export", str(result), "--to", "TRC, mot", "--out", str(out)]) == 0
    told = capsys.readouterr()
    assert [line.strip() for line in told.out.splitlines()[1:]] == [
        str(out / name) for name in ("angles_left.mot", "angles_right.mot", "trajectories.trc")
    ]
    assert main(["export", str(result), "--to", "trc", "--out", str(out)]) == 2
    assert "--replace" in capsys.readouterr().err
    assert main(["export", str(tmp_path / "none"), "--out", str(tmp_path / "other")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    for name in ("peak_left.png", "peak_right.png"):
        (result / name).unlink()
    assert main(["export", str(result), "--to", "png", "--out", str(tmp_path / "other")]) == 2
    lacking = words.phrase("cli-export_lacking", form="PNG", why=words.phrase("export_no_pictures"))
    assert capsys.readouterr().err == f"gait: {lacking}\n"
    with pytest.raises(SystemExit) as wrong:
        main(["export", str(result), "--to", "xls", "--out", str(out)])
    assert wrong.value.code == 2


def test_command_and_service_know_the_same_forms():
    from gait.cli import export

    assert tuple(FORMS) == export.FORMS
