"""The results of a folder by their names."""

import json
import os
import re
import shutil
from datetime import datetime

import pytest

from gait.results.folder import ResultFolder
from gait.services import library
from gait.services.library import Library, entry
from tests.builders.results import analysis_json, result_folder


def test_two_results_never_share_a_folder(tmp_path):
    now = datetime(2026, 1, 15, 10, 30)
    first = Library(tmp_path).new_name("Zoë / Ünal", now)
    (tmp_path / first).mkdir()
    assert Library(tmp_path).new_name("Zoë / Ünal", now) != first
    assert re.fullmatch(r"[\w.-]+", first)


def test_a_result_is_read_for_the_list_once_until_it_changes(tmp_path, monkeypatch):
    reads = []
    monkeypatch.setattr(library, "ResultFolder", lambda path: reads.append(path.name) or ResultFolder(path))
    one, two = (result_folder(tmp_path / name) for name in ("one", "two"))
    ours = Library(tmp_path)
    assert {e.name for e in ours.entries()} == {"one", "two"}
    assert len(ours.entries()) == 2
    assert sorted(reads) == ["one", "two"]
    os.utime(one / "analysis.json", (0, 0))
    shutil.rmtree(two)
    assert [e.name for e in ours.entries()] == ["one"]
    assert reads.count("one") == 2
    (one / "analysis.json").write_text("{", encoding="utf-8")
    assert ours.entries() == []


ODD = {
    "nul": b"\0" * 500,
    "no-utf-8": json.dumps(analysis_json() | {"runner": "Zoë"}, ensure_ascii=False).encode("latin-1"),
    "deep": b"[" * 100_000 + b"]" * 100_000,
    "long-number": b'{"schema": ' + b"9" * 5000 + b"}",
    "infinite": json.dumps(analysis_json()).replace("9.7", "1e999").encode(),
    "a-list": b"[]",
    "other-types": json.dumps(analysis_json() | {"feet": 7, "runner": ["x"]}).encode(),
    "year-1": json.dumps(analysis_json() | {"created": "0001-01-01T00:00:00+14:00"}).encode(),
    "year-9999": json.dumps(analysis_json() | {"created": "9999-12-31T23:59:59-14:00"}).encode(),
    "empty": b"",
}


def test_an_odd_folder_costs_its_own_line_of_the_list(tmp_path, caplog):
    for name, content in ODD.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "analysis.json").write_bytes(content)
    (tmp_path / "folder" / "analysis.json").mkdir(parents=True)
    (tmp_path / "pipe").mkdir()
    os.mkfifo(tmp_path / "pipe" / "analysis.json")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    result_folder(tmp_path / "2026-01-15-103000-anna")
    shown = {e.name for e in Library(tmp_path).entries()}
    assert shown == {"2026-01-15-103000-anna", "year-1", "year-9999"}
    for name in (*ODD, "folder", "pipe", "loop"):
        Library(tmp_path).find(name)


def test_a_fault_in_reading_one_folder_is_not_the_lists(tmp_path, monkeypatch, caplog):
    result_folder(tmp_path / "2026-01-15-103000-anna")
    result_folder(tmp_path / "good")

    def read(folder):
        if folder.path.name != "good":
            raise PermissionError(folder.path)
        return entry(folder)

    monkeypatch.setattr(library, "entry", read)
    assert [e.name for e in Library(tmp_path).entries()] == ["good"]
    monkeypatch.setattr(library, "entry", lambda folder: 1 / 0)
    assert Library(tmp_path / ".").entries() == []
    assert "2026-01-15-103000" in caplog.text
    assert "anna" not in caplog.text


@pytest.mark.parametrize("name", ["x" * 5000, "ü" * 200, "a\0b", "a/b", "..", ".uploads", "", None])
def test_a_name_that_is_none_finds_nothing(tmp_path, name):
    assert Library(tmp_path).find(name) is None


def test_the_log_knows_a_result_by_its_time_alone():
    assert library.said_of("2026-01-15-103000-anna-müller") == "2026-01-15-103000"
    assert library.said_of("2026-01-15-1030009-anna") == "a result"
    assert library.said_of("anna") == "a result"


def test_with_a_result_go_the_tracks_of_its_clips_and_no_others(tmp_path, monkeypatch):
    monkeypatch.setenv("GAIT_CACHE_DIR", str(tmp_path / "cache"))
    reports = tmp_path / "reports"
    folder = result_folder(reports / "one")
    document = json.loads((folder / "analysis.json").read_text(encoding="utf-8"))
    document["clip"]["sha256"], document["standing"] = "ab" * 32, {"sha256": "cd" * 32}
    (folder / "analysis.json").write_text(json.dumps(document), encoding="utf-8")
    tracks = tmp_path / "cache" / "tracks"
    tracks.mkdir(parents=True)
    for whose in ("ab", "cd", "ef"):
        (tracks / f"{whose * 12}-{'1' * 64}.npz").write_bytes(b"track")
    Library(reports).delete("one")
    assert [p.name[:2] for p in tracks.iterdir()] == ["ef"]
    assert not any(reports.iterdir())
