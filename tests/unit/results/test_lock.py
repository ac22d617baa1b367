"""One writer at a time, threads and programs alike, and no trace of it afterwards."""

import subprocess
import sys
import threading
import time

import pytest

from gait.errors import GaitError
from gait.results.lock import one_writer

COUNT = """
import sys, time
from pathlib import Path
from gait.results.lock import one_writer
folder = Path(sys.argv[1])
for _ in range(20):
    with one_writer(folder):
        counter = folder / "counter"
        n = int(counter.read_text())
        time.sleep(0.002)
        counter.write_text(str(n + 1))
"""
HOLD = """
import sys, time
from pathlib import Path
from gait.results.lock import one_writer
with one_writer(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def program(code, folder):
    return subprocess.Popen([sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, text=True)


def test_two_programs_lose_no_change_of_one_another_and_leave_no_lock(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "counter").write_text("0")
    both = [program(COUNT, folder) for _ in range(2)]
    assert [p.wait(60) for p in both] == [0, 0]
    assert (folder / "counter").read_text() == "40"
    assert [p.name for p in folder.iterdir()] == ["counter"]
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_another_programs_writing_is_waited_for_and_a_killed_one_holds_nobody_up(tmp_path):
    folder = tmp_path / "run"
    other = program(HOLD, folder)
    try:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(GaitError, match="just being written"), one_writer(folder, timeout_s=0.2):
            pass
        with one_writer(tmp_path / "another", timeout_s=5):
            pass
    finally:
        other.kill()
        other.wait(10)
    left = [p.name for p in tmp_path.iterdir()]
    assert left, "what this test is about"
    assert not any("run" in name for name in left), "a lock that stays names nobody"
    with one_writer(folder, timeout_s=5):
        pass
    assert list(tmp_path.iterdir()) == []


def test_threads_of_one_program_wait_for_each_other_by_folder(tmp_path):
    order = []

    def write(name):
        with one_writer(tmp_path / name):
            order.append(name)

    with one_writer(tmp_path / "a"):
        same, other = (threading.Thread(target=write, args=(name,), daemon=True) for name in ("a", "b"))
        same.start()
        other.start()
        other.join(10)
        time.sleep(0.2)
        assert order == ["b"]
    same.join(10)
    assert order == ["b", "a"]


def test_a_place_that_cannot_be_written_to_is_told(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(GaitError, match="Cannot write to"), one_writer(tmp_path / "file" / "run"):
        pass
