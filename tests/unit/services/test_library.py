"""The results of a folder by their names."""

import os
import re
import shutil
from datetime import datetime

from gait.results.folder import ResultFolder
from gait.services import library
from gait.services.library import Library
from tests.builders.results import result_folder


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
