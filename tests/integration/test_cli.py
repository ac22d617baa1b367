"""The command's manners: exit status, one sentence on stderr, nothing half-written."""

import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request

import pytest

from gait.cli.main import main
from gait.services.settings import StoreSettings
from tests.builders import ROOT, SHARED, needs_shared
from tests.conftest import gait


def refused(tmp_path, clip, *more):
    out = tmp_path / "out"
    done = gait("analyze", clip, "--out", out, *more)
    assert done.returncode == 2, done.stdout + done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert done.stderr.startswith("gait: ")
    return done.stderr, out


def test_a_missing_file(tmp_path):
    words, out = refused(tmp_path, tmp_path / "nothing.mp4")
    assert "nothing.mp4" in words
    assert not out.exists()


@pytest.mark.parametrize(("name", "content"), [("text.mp4", b"no video, only words\n" * 9), ("zero.mp4", b"")])
def test_a_file_that_is_no_video(tmp_path, name, content):
    clip = tmp_path / name
    clip.write_bytes(content)
    words, out = refused(tmp_path, clip)
    assert name in words
    assert not out.exists()
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_a_missing_standing_clip(tmp_path):
    from tests.builders import SAMPLES

    words, out = refused(tmp_path, SAMPLES / "treadmill_rear.mp4", "--standing", tmp_path / "none.mp4")
    assert "none.mp4" in words
    assert not out.exists()


@needs_shared
@pytest.mark.slow
@pytest.mark.parametrize("name", ["empty_treadmill", "feet_cut_off"])
def test_a_clip_that_cannot_be_judged_says_why_and_leaves_the_reason_on_disk(tmp_path, name):
    _, out = refused(tmp_path, SHARED / "clips" / "bad" / f"{name}.mp4")
    doc = json.loads((out / "analysis.json").read_text())
    assert doc["status"] == "refused"
    assert any(f["severity"] == "refuse" and f["advice"] for f in doc["findings"])
    assert [p.name for p in out.iterdir()] == ["analysis.json"]


@pytest.mark.parametrize("speed", ["0", "-3", "500", "98", "3,9", "fast"])
def test_a_senseless_speed_is_refused_before_any_work(speed, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["analyze", "x.mp4", f"--speed-kmh={speed}"])
    assert stop.value.code == 2
    assert "speed" in capsys.readouterr().err


@pytest.mark.parametrize("factor", ["0.5", "41"])
def test_a_senseless_slow_motion_factor_is_refused_before_any_work(factor, capsys, tmp_path):
    assert main(["analyze", str(tmp_path / "x.mp4"), f"--slow-motion={factor}"]) == 2
    assert "between 1 and 40" in capsys.readouterr().err


@pytest.mark.parametrize("by", ["option", "environment"])
@pytest.mark.parametrize("command", [["analyze", "x.mp4"], ["app"]])
def test_an_encoder_that_is_not_here_is_refused_before_any_work(command, by, capsys, tmp_path, monkeypatch):
    monkeypatch.setattr("gait.cli.app.serve", lambda *_: pytest.fail("the program starts"))
    if by == "environment":
        monkeypatch.setenv("GAIT_ENCODER", "mpeg4")
    assert main([*command, *(["--encoder", "mpeg4"] if by == "option" else [])]) == 2
    said = capsys.readouterr().err
    assert "“mpeg4” packs no videos on this computer. Choose one of: libx264" in said
    assert len(said.splitlines()) == 1


def test_a_chosen_encoder_packs_films_and_is_handed_to_the_dashboard(monkeypatch):
    seen = []
    monkeypatch.setattr("gait.cli.analyze.measure", lambda clip, out, choices, *_: seen.append(choices.encoder) or 0)
    monkeypatch.setattr(
        "gait.cli.app.serve",
        lambda _, environment: seen.append(StoreSettings.read(environment).encoder) or 0,
    )
    monkeypatch.setenv("GAIT_ENCODER", "libvpx-vp9")
    for command in (["analyze", "x.mp4"], ["analyze", "x.mp4", "--no-overlay"], ["app"]):
        assert main(command) == 0
    assert main(["app", "--encoder", "libx264"]) == 0
    assert seen == ["libvpx-vp9", "", "libvpx-vp9", "libx264"]


def test_doctor_says_what_is_installed_and_which_model_is_used(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("GAIT_REPORTS_DIR", str(tmp_path))
    main(["doctor"])
    said = capsys.readouterr().out
    for words in (
        "mediapipe: 0.10.21",
        "BlazePose full",
        "camera",
        "video encoder: libx264; this computer has",
        f"results folder {tmp_path}",
    ):
        assert words in said


def test_the_app_tells_of_a_mistake_in_the_stores_table_before_it_starts(tmp_path, capsys):
    shelf = tmp_path / "shelf.csv"
    shelf.write_text("sku,brand\n1,x\n")
    assert main(["app", "--shelf", str(shelf)]) == 2
    assert main(["app", "--limits", str(tmp_path / "none.csv")]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2
    assert "limits" in said[1]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """(certificate, key, key of another one), made by openssl for localhost."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl on this computer to make a certificate with")
    folder = tmp_path_factory.mktemp("certificate")
    for name in ("store", "other"):
        made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
        more = [
            "-addext",
            "subjectAltName=DNS:localhost",
            "-keyout",
            folder / f"{name}.key",
            "-out",
            folder / f"{name}.pem",
        ]
        subprocess.run([*made, *more], check=True, capture_output=True)
    return folder / "store.pem", folder / "store.key", folder / "other.key"


def test_a_certificate_that_cannot_serve_is_told_before_the_app_starts(certificate, tmp_path, capsys):
    cert, key, other = (str(p) for p in certificate)
    assert main(["app", "--cert", cert]) == 2
    assert main(["app", "--key", key]) == 2
    assert main(["app", "--cert", cert, "--key", str(tmp_path / "none.key")]) == 2
    assert main(["app", "--cert", cert, "--key", other]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 4
    assert "both --cert" in said[0]
    assert "none.key" in said[2]
    assert "not a certificate and its key" in said[3]


@pytest.mark.skipif(os.name != "posix", reason="programs are ended by signals")
def test_who_ends_the_app_ends_the_dashboard_too():
    """Started by a service, only `gait app` is told to end; its child went on and kept the port."""
    child = "import os, sys, time; print(os.getpid(), flush=True); time.sleep(600)"
    script = f"import os, sys; from gait.cli.app import serve; sys.exit(serve([sys.executable, '-c', {child!r}], os.environ))"
    app = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        dashboard = int(app.stdout.readline())
        app.terminate()
        assert app.wait(30) == 0
        with pytest.raises(ProcessLookupError):
            os.kill(dashboard, 0)
    finally:
        app.kill()
        app.stdout.close()


def test_the_app_serves_https_with_the_stores_certificate(certificate, tmp_path):
    cert, key, _ = certificate
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "gait.cli",
        "app",
        "--headless",
        "--port",
        str(port),
        "--cert",
        cert,
        "--key",
        key,
    ]
    environment = os.environ | {"GAIT_REPORTS_DIR": str(tmp_path)}
    app = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    trusted = ssl.create_default_context(cafile=str(cert))
    try:
        for _ in range(240):
            try:
                with urllib.request.urlopen(
                    f"https://localhost:{port}/_stcore/health", timeout=2, context=trusted
                ) as answer:
                    assert answer.status == 200
                break
            except OSError:
                assert app.poll() is None
                time.sleep(0.25)
        else:
            pytest.fail("nothing answers by https")
        with pytest.raises((OSError, http.client.HTTPException)):
            urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=5)
    finally:
        os.killpg(app.pid, signal.SIGTERM)
        app.wait(20)


@pytest.mark.parametrize(
    ("given", "environment", "said"),
    [
        (["--language", "de"], {}, "Die Datei"),
        (["--language", "de-AT"], {"GAIT_LANGUAGE": "en"}, "Die Datei"),
        ([], {"GAIT_LANGUAGE": "de"}, "Die Datei"),
        ([], {"LC_ALL": "de_DE.UTF-8"}, "Die Datei"),
        (["--language", "en"], {"GAIT_LANGUAGE": "de"}, "There is no file"),
        ([], {"GAIT_LANGUAGE": "en", "LC_ALL": "de_DE.UTF-8"}, "There is no file"),
        ([], {}, "There is no file"),
        (["--language", "xx"], {}, "There is no language “xx”. Choose one of: en, de."),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_a_language_is_asked_for(given, environment, said, first, capsys, monkeypatch, tmp_path):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    before = dict(os.environ)
    command = ["check", str(tmp_path / "none.mp4")]
    assert main([*given, *command] if first else [*command, *given]) == 2
    assert capsys.readouterr().err.startswith(f"gait: {said}")
    assert os.environ.get("GAIT_LANGUAGE") == before.get("GAIT_LANGUAGE"), "the next command is asked anew"


@pytest.mark.parametrize(("given", "language"), [([], None), (["--language", "de"], "de")])
def test_the_dashboard_asks_the_browser_not_the_system(given, language, monkeypatch):
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    served = []
    monkeypatch.setattr("gait.cli.app.serve", lambda command, environment: served.append(environment) or 0)
    assert main(["app", *given]) == 0
    assert served[0].get("GAIT_LANGUAGE") == language
