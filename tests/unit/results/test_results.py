"""The result folder: what is written is whole, valid and readable again."""

import json

import jsonschema
import pytest

from gait.errors import GaitError
from gait.landmarks import Side
from gait.results.folder import ResultFolder
from gait.results.place import next_version
from gait.results.schema import schema
from tests.builders.results import analysis_json, result_folder


def test_the_schema_is_itself_valid_and_accepts_a_complete_result():
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(analysis_json(), schema())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.pop("status"),
        lambda d: d.update(status="fine"),
        lambda d: d["feet"]["left"].update(label="normal"),
        lambda d: d["feet"]["left"].update(peak_eversion_deg=10.0),
        lambda d: d["feet"].pop("right"),
        lambda d: d["feet"]["left"].update(probability={"over": 2}),
        lambda d: d.update(status="refused"),
    ],
    ids=[
        "no status",
        "unknown status",
        "unknown label",
        "no interval",
        "one foot",
        "bad probability",
        "refused for nothing",
    ],
)
def test_the_schema_refuses_what_breaks_the_contract(spoil):
    doc = analysis_json()
    spoil(doc)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(doc, schema())


def test_a_folder_reads_back(tmp_path):
    folder = ResultFolder(result_folder(tmp_path / "run"))
    assert folder.result.runner == "Example Runner"
    assert set(folder.strides["side"]) == {"left", "right"}
    assert folder.curves.groupby("side").size().tolist() == [101, 101]
    assert folder.pose["world_m"].shape[1:] == (33, 3)
    assert folder.peak_picture(Side.LEFT) is not None
    assert folder.file("overlay.mp4") is None


def test_a_missing_or_foreign_result_is_one_clear_sentence(tmp_path):
    with pytest.raises(GaitError, match="no readable result"):
        _ = ResultFolder(tmp_path).result
    (tmp_path / "analysis.json").write_text(json.dumps({"schema": "other/9"}))
    with pytest.raises(GaitError, match="another version"):
        _ = ResultFolder(tmp_path).result


def test_nothing_half_written_is_left_when_the_work_fails(tmp_path):
    out = tmp_path / "run"
    with pytest.raises(RuntimeError), next_version(out) as work:
        (work / "analysis.json").write_text("{}")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_a_second_result_replaces_the_first_wholly(tmp_path):
    out = tmp_path / "run"
    with next_version(out) as work:
        (work / "steps").mkdir()
        (work / "steps" / "old.png").write_text("x")
        (work / "report.pdf").write_text("old")
    with next_version(out) as work:
        (work / "steps").mkdir()
        (work / "analysis.json").write_text("{}")
    assert sorted(p.name for p in out.rglob("*")) == ["analysis.json", "steps"]


def test_a_persons_own_files_in_the_folder_stay(tmp_path):
    out = tmp_path / "run"
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    with next_version(out) as work:
        (work / "analysis.json").write_text("{}")
    assert (out / "notes.txt").read_text() == "mine"


def test_an_unwritable_place_is_one_clear_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(GaitError, match="Cannot write"), next_version(tmp_path / "file" / "run"):
        pass
