"""Fixtures of recordings that are tracked while they come."""

import pytest

from gait.pose import LiveTrackings
from tests.builders import SAMPLES
from tests.builders.recorder import recorded
from tests.builders.trackers import use_canned


@pytest.fixture(scope="session")
def pieces(tmp_path_factory):
    """The first 40 frames of the sample as a recorder writes them, as bytes."""
    return recorded(SAMPLES / "treadmill_rear.mp4", tmp_path_factory.mktemp("live") / "run.mp4", 40).read_bytes()


@pytest.fixture
def trackings():
    """What a program that records owns."""
    own = LiveTrackings()
    yield own
    own.close()


@pytest.fixture
def canned(monkeypatch):
    """No networks."""
    use_canned(monkeypatch)
