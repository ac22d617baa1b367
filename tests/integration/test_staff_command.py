"""`gait staff`, as a manager types it and as a script calls it."""

import json
import os
import subprocess
import sys

import pytest

from tests.builders import ROOT

GOOD = "correct horse battery"


@pytest.fixture
def staff(tmp_path, monkeypatch):
    """Calls it: (exit status, printed, error)."""

    def call(*arguments, typed=""):
        done = subprocess.run(
            [sys.executable, "-m", "gait.cli", "staff", *arguments], input=typed, capture_output=True, text=True,
            cwd=ROOT, env=os.environ | {"GAIT_DATA": str(tmp_path), "GAIT_REPORTS_DIR": ""}, timeout=60, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    return call


def test_accounts_are_made_listed_and_closed(staff):
    assert staff("list")[0] == 0
    status, said, _ = staff("add", "Eva", "--role", "manager", "--name", "Eva B", typed=f"{GOOD}\n")
    assert (status, "eva  manager  Eva B" in said) == (0, True)
    assert staff("add", "bob", typed=f"{GOOD}\n")[0] == 0
    status, said, _ = staff("list", "--json")
    found = json.loads(said)
    assert [(one["username"], one["role"], one["disabled"]) for one in found] == [("bob", "staff", None), ("eva", "manager", None)]  # fmt: skip
    assert "argon2" not in said
    assert staff("disable", "bob")[0] == 0
    assert "disabled on" in staff("list")[1]
    assert staff("enable", "BOB", "--json")[0] == 0
    assert json.loads(staff("role", "bob", "manager", "--json")[1])["role"] == "manager"
    assert staff("password", "bob", typed="another horse battery\n")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "typed", "says"),
    [
        (("add", "eva"), f"{GOOD}\n", "already"),
        (("add", "bob"), "short\n", "10 to 128"),
        (("add", "bob"), "", "10 to 128"),
        (("add", " "), f"{GOOD}\n", "has a letter"),
        (("disable", "nobody"), "", "Nobody of that name"),
        (("disable", "eva"), "", "only manager"),
        (("role", "eva", "staff"), "", "only manager"),
    ],
)
def test_what_cannot_be_done_is_said(staff, arguments, typed, says):
    staff("add", "eva", "--role", "manager", typed=f"{GOOD}\n")
    status, _, error = staff(*arguments, typed=typed)
    assert (status, says in error) == (2, True), error
