"""An engine that records, a visit of it, and its routes."""

import asyncio
import json

import pytest
from starlette.applications import Starlette

from gait.services.engine import Engine
from gait.services.head_start import HeadStart
from gait.services.settings import StoreSettings
from gait.ui import routes
from tests.builders.trackers import use_canned
from tests.integration.recording.sent import SHORT_S, STANDING

BEGIN = HeadStart.begin


@pytest.fixture(autouse=True)
def reports(tmp_path, monkeypatch):
    monkeypatch.setenv("GAIT_REPORTS_DIR", str(tmp_path))
    monkeypatch.setattr(HeadStart, "begin", lambda *_: None)
    return tmp_path


@pytest.fixture
def own(reports):
    """An engine that records short clips, with a clip in place of a camera."""
    with Engine(StoreSettings(reports, record_s=SHORT_S, countdown_s=0.1, virtual_camera=STANDING)) as engine:
        yield engine


@pytest.fixture
def ticket(own):
    return own.recordings.new_ticket()


@pytest.fixture
def folder(own, ticket):
    return own.recordings.folder_of(ticket)


@pytest.fixture
def call(own, ticket):
    """Send a request to the routes: (status, answer)."""
    app = Starlette(routes=routes.routes(own))

    def send(method, path, body=b"", headers=None, who=None, client=None):
        async def go():
            where, _, query = path.partition("?")
            scope = {
                "type": "http",
                "method": method,
                "path": f"/api/record/{who or ticket}/{where}",
                "query_string": query.encode(),
                "client": client,
                "headers": [(b"host", b"store:8501"), *((k.encode(), v.encode()) for k, v in (headers or {}).items())],
            }
            sent = []
            pieces = [body[i : i + 65_536] for i in range(0, len(body), 65_536)] or [b""]

            async def receive():
                piece = pieces.pop(0)
                return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

            async def note(message):
                sent.append(message)

            await app(scope, receive, note)
            return sent[0]["status"], json.loads(b"".join(m.get("body", b"") for m in sent[1:]) or b"{}")

        return asyncio.run(go())

    return send


@pytest.fixture
def followed(own, monkeypatch):
    """Clips are followed while they come, by a tracker that sees nobody, at once."""
    monkeypatch.setattr(HeadStart, "begin", BEGIN)
    use_canned(monkeypatch)
    return own.followed._running
