"""Where results go and where the samples lie."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import gait
from gait import places
from tests.builders import ROOT


@pytest.fixture(autouse=True)
def _nothing_named(monkeypatch):
    monkeypatch.delenv("GAIT_REPORTS_DIR", raising=False)
    monkeypatch.delenv("GAIT_DATA", raising=False)


def test_what_the_command_names_comes_before_what_the_environment_names(monkeypatch):
    monkeypatch.setenv("GAIT_REPORTS_DIR", "/by/environment")
    assert places.reports_root() == Path("/by/environment")
    assert places.reports_root(Path("by/command")) == Path("by/command")


def test_a_checkout_keeps_its_results_wherever_it_is_called_from(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert places.reports_root() == ROOT / "reports"


def test_an_empty_variable_names_nothing(monkeypatch):
    monkeypatch.setenv("GAIT_REPORTS_DIR", "")
    assert places.reports_root() == ROOT / "reports"


def test_the_records_lie_with_the_results_they_speak_of(monkeypatch):
    assert places.data_folder() == ROOT / "reports" / ".data"
    assert places.data_folder(Path("by/command")) == Path("by/command/.data")
    monkeypatch.setenv("GAIT_REPORTS_DIR", "/by/environment")
    assert places.data_folder() == Path("/by/environment/.data")


def test_a_data_folder_that_is_named_holds_records_and_results(monkeypatch):
    monkeypatch.setenv("GAIT_DATA", "/store")
    assert places.data_folder() == places.data_folder(Path("by/command")) == Path("/store")
    assert places.reports_root() == Path("/store/reports")
    monkeypatch.setenv("GAIT_REPORTS_DIR", "/elsewhere")
    assert places.reports_root() == Path("/elsewhere")


@pytest.mark.skipif(sys.platform != "linux", reason="names the data folder as Linux does")
def test_installed_without_a_checkout_results_go_to_the_users_data_folder(tmp_path):
    """The package as it lies in site-packages: a folder with nothing of the checkout above it."""
    installed = tmp_path / "gait"
    installed.mkdir()
    for name in ("__init__.py", "places.py"):
        shutil.copy(Path(gait.__file__).with_name(name), installed)
    asked = "p.reports_root(), p.sample_run(), p.data_folder(), p.data_folder(p.reports_root())"
    code = f"from gait import places as p; print({asked})"
    own = os.environ | {"XDG_DATA_HOME": "/home/store/data", "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=own, capture_output=True, text=True, check=True
    )
    data = "/home/store/data/gait"
    assert done.stdout.split() == [f"{data}/reports", str(installed / "data/samples/treadmill_rear.mp4"), data, data]


def test_the_sample_clips_are_where_they_are_said_to_be():
    assert places.sample_run().is_file()
    assert places.sample_standing().is_file()


@pytest.mark.skipif(sys.platform != "linux", reason="names the cache folder as Linux does")
def test_the_cache_is_where_the_platform_keeps_such_things_unless_told(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("GAIT_CACHE_DIR")
    assert places.cache_folder() == tmp_path / "gait"
    monkeypatch.setenv("GAIT_CACHE_DIR", "/named")
    assert places.cache_folder() == Path("/named")
