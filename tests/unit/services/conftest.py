"""A store with an object store: see `tests.builders.shop`."""

from dataclasses import replace

import pytest

from gait.services import object_store
from gait.services.depot import Depot
from gait.services.object_store import ObjectStore
from tests.builders import buckets
from tests.builders.kept import Store, store
from tests.builders.shop import Computer, computer


@pytest.fixture
def keys(monkeypatch, tmp_path):
    for name, value in buckets.KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GAIT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(object_store, "AGAIN_S", 0.0)


@pytest.fixture
def line(s3_server):
    line = buckets.Line(s3_server)
    yield line
    line.cut()


@pytest.fixture
def url(s3_server, line):
    return line.url(s3_server.bucket())


@pytest.fixture
def shop(records, tmp_path, keys, url) -> Store:
    """Two customers, with an object store that has nothing yet."""
    filled = store(records, tmp_path)
    depot = Depot(lambda: records, filled.reports, filled.data, lambda: "one", ObjectStore(url))
    return replace(filled, depot=depot)


@pytest.fixture
def other(records, tmp_path, url, shop) -> Computer:
    """A second computer on the same records and store; nothing is on it."""
    return computer(records, tmp_path / "other", "two", url)
