"""Two programs on one result: each correction is judged from all there are, and none is lost."""

import subprocess
import sys

import pytest

from gait.landmarks import Side
from gait.results.folder import ResultFolder
from gait.results.result import StepEdit
from gait.services.edits import edits_of
from tests.builders import ROOT
from tests.builders.results import result_folder

REJECT = """
import sys
from pathlib import Path
from gait.landmarks import Side
from gait.results.result import StepEdit
from gait.services.edits import change_step
folder, side = Path(sys.argv[1]), Side(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
for stance in (1, 2, 3):
    change_step(folder, StepEdit(side, stance, rejected=True))
"""


@pytest.fixture
def folder(tmp_path):
    return result_folder(tmp_path / "run")


def test_two_programs_that_correct_at_once_keep_each_others_corrections(folder):
    both = [
        subprocess.Popen(
            [sys.executable, "-c", REJECT, str(folder), side.value],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for side in Side
    ]
    for program in both:
        assert program.stdout.readline() == "ready\n"
    for program in both:
        program.stdin.write("go\n")
        program.stdin.flush()
    assert [program.wait(120) for program in both] == [0, 0]
    kept = {(e.side, e.stance) for e in edits_of(folder) if e.rejected}
    assert kept == {(side, stance) for side in Side for stance in (1, 2, 3)}
    rows = ResultFolder(folder).strides
    assert (rows["note"] == "rejected by hand").sum() == len(kept), "the tables are of the same judgement"
    assert [p.name for p in folder.parent.iterdir()] == [folder.name]
    assert StepEdit(Side.LEFT, 1, True) in edits_of(folder)
