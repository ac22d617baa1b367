"""Every door of a running dashboard, as the published table tries them."""

import subprocess
import sys

import pytest

from tests.builders import ROOT
from validation import doors

pytestmark = pytest.mark.slow


def assert_as_they_should_be(rows):
    assert not [f"{r.door.method} {r.door.path}: {r.got}, not {r.wanted}" for r in rows if r.got != r.wanted]


def test_for_this_computer_alone(tmp_path):
    with doors.dashboard(tmp_path, "127.0.0.1", "127.0.0.1", trace=True) as running:
        assert_as_they_should_be(doors.alone(running))
        with doors.session(running) as (own, cookie):
            assert doors.upload(running, own, cookie, 2 << 20)[0] == 204
            assert doors.upload(running, own, "gait_visit_1=x", 1000)[0] == 403
            assert doors.upload(running, own, cookie.replace("visitor", "stranger"), 1000)[0] == 403
            assert doors.upload(running, own, cookie, 3 << 30)[0] == 413
            assert doors.upload(running, "unknown", cookie, 1000)[0] == 403
        assert [p.stat().st_size for p in tmp_path.glob(".uploads/*/clip.mp4")] == [2 << 20]
        assert not [p for p in tmp_path.rglob(".uploads/**/*") if p.stat().st_mode & 0o077]
    assert not list(tmp_path.glob(".uploads/*/clip.mp4")), "what nobody took goes with the program"
    if running.traced:
        assert doors.outward(running.traced) == []


def test_for_the_network_with_a_pin(tmp_path):
    address = doors.own_address()
    if address is None:
        pytest.skip("this computer is in no network")
    with doors.dashboard(tmp_path, "0.0.0.0", address, doors.PIN, trace=True) as running:
        assert_as_they_should_be(doors.network(running))
        assert running.enter("000000") == ""
        said = running.said.read_text()
        assert "read along" in said
        assert doors.PIN not in said
    if running.traced:
        assert doors.outward(running.traced) == []


def test_beyond_this_computer_needs_a_pin(tmp_path):
    command = [sys.executable, "-m", "gait.cli", "app", "--address", "0.0.0.0", "--reports", str(tmp_path)]
    done = subprocess.run(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "0.0.0.0 needs a PIN" in done.stderr
    direct = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.address", "0.0.0.0", "--server.port", "0"]
    done = subprocess.run(
        direct, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode != 0, "Streamlit's own command goes round gait's"


def test_a_trace_tells_of_what_leaves(tmp_path):
    trace = tmp_path / "trace"
    trace.write_text(
        '7 connect(5, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("8.8.8.8")}, 16) = 0\n'
        '7 connect(5, {sa_family=AF_INET6, inet_pton(AF_INET6, "2001:db8::1", &sin6_addr)}, 28) = -1\n'
        '7 connect(5, {sa_family=AF_INET, sin_addr=inet_addr("127.0.0.1")}, 16) = 0\n'
    )
    assert doors.outward(trace) == ["2001:db8::1", "8.8.8.8"]
