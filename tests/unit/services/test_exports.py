"""Everything on a customer as one file on the disk: for whoever had it made, for an hour, and streamed in pieces."""

import asyncio
import io
import zipfile

import pytest
from starlette.requests import Request

from gait.errors import GaitError
from gait.records import audit
from gait.services import exports as module
from gait.services.exports import Exports
from gait.services.sign_in import Person
from gait.services.uploads import FOLDER, Uploads
from gait.ui.access import way
from gait.ui.routes import export_routes
from tests.builders.kept import NAMED, store

EVA, BOB = Person("a" * 16, "manager", "Eva", "a" * 16), Person("b" * 16, "staff", "Bob", "b" * 16)


@pytest.fixture
def shop(records, tmp_path, monkeypatch):
    monkeypatch.setenv("GAIT_CACHE_DIR", str(tmp_path / "cache"))
    return store(records, tmp_path)


@pytest.fixture
def uploads(shop):
    return Uploads(shop.reports)


@pytest.fixture
def exports(shop, uploads):
    return Exports(uploads.new_folder)


def make(shop, exports: Exports, of: str, who: str) -> str:
    return exports.make(of, who, shop.keeper.export, "customer-1.zip")


def left(shop) -> list[str]:
    return [p.name for p in (shop.reports / FOLDER).rglob("*.zip")]


def answer(exports: Exports, ticket: str, person: Person | None) -> tuple[int, dict[str, str], list[bytes]]:
    """The answer of the route to that person: status, headers, and the pieces as they were sent."""
    (route,) = export_routes(exports)
    scope = {"type": "http", "method": "GET", "path": f"/api/export/{ticket}", "headers": [], "query_string": b""}
    scope |= {"path_params": {"ticket": ticket}, "gait.person": person}
    sent = []

    async def take(message):
        sent.append(message)

    async def give():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def go():
        response = await route.endpoint(Request(scope, give))
        await response(scope, give, take)

    asyncio.run(go())
    headers = {key.decode(): value.decode() for key, value in sent[0]["headers"]}
    return sent[0]["status"], headers, [one["body"] for one in sent[1:] if one.get("body")]


def test_whoever_had_it_made_gets_it_in_pieces_and_nobody_else(shop, exports, records):
    film = next(shop.reports.glob("*-zuleika")) / "overlay.mp4"
    film.write_bytes(bytes(range(256)) * 4096 + __import__("os").urandom(1 << 20))
    ticket = make(shop, exports, shop.anna, EVA.who)
    status, headers, pieces = answer(exports, ticket, EVA)
    assert status == 200
    assert (headers["content-type"], headers["cache-control"]) == ("application/zip", "no-store")
    assert NAMED.split()[0].lower() not in headers["content-disposition"].lower()
    assert max(map(len, pieces)) <= 1 << 18 < sum(map(len, pieces))  # never the whole file at once
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as made:
        assert made.testzip() is None
        assert any(name.endswith("overlay.mp4") for name in made.namelist())
    for person in (BOB, Person("tablet", "tablet"), None):
        assert answer(exports, ticket, person)[0] == 403
    for wrong in ("", "x", ticket[:-1], ticket.swapcase(), "../" + ticket):
        assert answer(exports, wrong, EVA)[0] == 403
    with records.reading() as at:
        assert [(line.who, line.what) for line in audit.latest(at, target="customer", target_id=shop.anna)] == [
            (EVA.who, "customer_exported")
        ]


def test_it_is_nobodys_but_staffs_and_its_owners_on_the_disk(shop, exports):
    assert way("/api/export/TICKET").need == "staff"
    make(shop, exports, shop.anna, EVA.who)
    (file,) = (shop.reports / FOLDER).rglob("*.zip")
    assert (file.stat().st_mode & 0o077, file.parent.stat().st_mode & 0o077) == (0, 0)


def test_one_that_is_made_again_takes_the_place_of_the_one_before_and_nobody_elses(shop, exports):
    first, of_bob = make(shop, exports, shop.anna, EVA.who), make(shop, exports, shop.anna, BOB.who)
    second = make(shop, exports, shop.anna, EVA.who)
    assert [exports.file(t, w) is not None for t, w in ((first, EVA.who), (second, EVA.who), (of_bob, BOB.who))] == [
        False,
        True,
        True,
    ]
    assert len(left(shop)) == 2


def test_after_an_hour_a_deletion_or_the_programs_end_it_is_gone(shop, exports, monkeypatch):
    ticket = make(shop, exports, shop.anna, EVA.who)
    exports.forget([shop.bob])
    assert exports.file(ticket, EVA.who) is not None
    exports.forget(["another", shop.anna])
    assert (exports.file(ticket, EVA.who), left(shop)) == (None, [])
    ticket = make(shop, exports, shop.anna, EVA.who)
    with monkeypatch.context() as patch:
        patch.setattr(module, "LASTS_S", -1.0)
        assert exports.file(ticket, EVA.who) is None
    assert left(shop) == []
    make(shop, exports, shop.anna, EVA.who)
    exports.close()
    assert left(shop) == []


def test_what_a_killed_program_left_goes_with_the_next(shop, exports, uploads):
    make(shop, exports, shop.anna, EVA.who)
    uploads.alive.end()  # as the system lets go of a program that was killed
    Uploads(shop.reports).drop_dead()
    assert left(shop) == []


def test_one_that_could_not_be_packed_leaves_nothing(shop, exports):
    with pytest.raises(GaitError):
        make(shop, exports, "0" * 16, EVA.who)
    assert [p for p in (shop.reports / FOLDER).iterdir() if p.is_dir() and not p.name.startswith("rec-")] == []
