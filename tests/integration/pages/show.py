"""What the tests of pages share: a page run without a browser, its words, and an analysis that takes its time."""

import html
import re
import threading
import time

from streamlit.testing.v1 import AppTest

from gait.errors import Cancelled
from gait.progress import Progress
from gait.results.folder import ResultFolder
from tests.builders.results import result_folder

PAGE_TIMEOUT_S = 60


def page(name, **query):
    def run(which):
        import importlib

        importlib.import_module(f"gait.ui.pages.{which}").show()

    app = AppTest.from_function(run, args=(name,), default_timeout=PAGE_TIMEOUT_S)
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception, app.exception
    return app


def text(app):
    """All words on the page, tags taken out."""
    bodies = [e.proto.body for e in app.get("html")]
    return html.unescape(re.sub(r"<[^>]+>", " ", " ".join(b for b in bodies if "/* The dashboard" not in b)))


def pretend(monkeypatch, work):
    monkeypatch.setattr("gait.services.publish.analyse_to_folder", work)


def until(true, timeout_s=PAGE_TIMEOUT_S):
    end = time.monotonic() + timeout_s
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def polls(app):
    """Whether the page asks the server again by itself."""
    return bool(app.get("progress")) or "being drawn" in text(app)


class SlowDrawing:
    """An analysis that publishes at once, has its pictures when it may and then draws frames of its film for as long as it is let."""

    def __init__(self, then=None, pictures=True):
        self.drawn, self.enough, self.then = 0, threading.Event(), then
        self.may_picture = threading.Event()
        if pictures:
            self.may_picture.set()

    def analyse(self, clip, out, choices, progress, cancelled, published, pictured, followed, **_):
        """In place of the pipeline's."""
        whole = result_folder(out.with_name(f".{out.name}"))
        out.mkdir()
        for name in ("analysis.json", "strides.csv", "curves.csv", "rearfoot.csv", "pose.npz"):
            (whole / name).rename(out / name)
        folder = ResultFolder(out)
        published(folder)
        while not self.may_picture.wait(0.002):
            if cancelled():
                raise Cancelled
        for name in ("steps", "peak_left.png", "peak_right.png"):
            (whole / name).rename(out / name)
        (out / "report.pdf").write_bytes(b"report")
        pictured(folder)
        while not self.enough.is_set():
            if cancelled():
                raise Cancelled
            self.drawn += 1
            progress(Progress("overlay", min(self.drawn, 1199), 1200, 5.0, 5.0))
            time.sleep(0.002)
        if self.then:
            raise self.then
        (out / "overlay.mp4").write_bytes(b"film")
        return folder
