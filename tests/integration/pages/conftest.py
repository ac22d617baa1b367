"""A folder of results and an engine of its own for every test of a page."""

import pytest

from gait.ui.engine import engine


@pytest.fixture(autouse=True)
def reports(tmp_path, monkeypatch):
    monkeypatch.setenv("GAIT_REPORTS_DIR", str(tmp_path))
    engine.clear()
    yield tmp_path
    engine.clear()


@pytest.fixture
def goes(monkeypatch):
    """The pages that were left for."""
    went = []
    monkeypatch.setattr("gait.ui.nav.go", lambda name, **query: went.append((name, query)))
    return went
