"""Results that lie in the object store and not on this computer: found and opened from the list of earlier results, and compared."""

import shutil
from datetime import UTC, datetime

import pytest

from gait.records import customers, folders, visits
from gait.ui.engine import engine
from gait.words import phrase
from tests.builders import buckets
from tests.builders.results import analysis_json, result_folder
from tests.integration.pages.show import page, text, until

FILED, LOOSE, HERE = "2026-03-02-101500-run", "2026-03-03-101500-jose-marti-2", "2026-03-04-101500-anna"


def put_all() -> None:
    """The store has all of it; the engine's own clock may be at work on it too."""

    def done() -> bool:
        engine().depot.tick()
        return engine().depot.behind().to_put == 0

    until(done)


@pytest.fixture
def line(s3_server):
    line = buckets.Line(s3_server)
    yield line
    line.cut()


@pytest.fixture
def store(reports, s3_server, line, monkeypatch):
    """Three results were put; two of them are on this computer no more, and one of those is of a visit."""
    for name, value in {**buckets.KEYS, "GAIT_FILES_URL": line.url(s3_server.bucket())}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("gait.services.object_store.AGAIN_S", 0.0)
    engine.clear()
    one = engine()
    for name in (FILED, LOOSE, HERE):
        document = analysis_json() | {"created": f"{name[:10]}T10:15:00+00:00", "runner": name[18:]}
        result_folder(reports / name, document)
    with one.records.opened().writing() as at:
        whose = customers.make(at, "Łucja Żak")
        visit = visits.start(at, whose.id)
        run = visits.add_run(at, visit.id, shoe="Guide 3", speed_kmh=9.7, created=datetime(2026, 3, 2, 10, tzinfo=UTC))
        folders.attach(at, run.id, reports / FILED)
    put_all()
    for name in (FILED, LOOSE):
        shutil.rmtree(reports / name)
    return reports


def test_they_stand_in_the_list_by_date_with_what_is_known_of_them(store):
    app = page("earlier")
    said = text(app)
    assert said.count("in the object store, fetched when opened") == 2
    assert said.index("anna") < said.index("jose-marti") < said.index("Łucja Żak")
    of_visit = said[said.index("Łucja Żak") :]
    assert "9.7 km/h" in of_visit
    assert "Left: Neutral" in of_visit
    loose = said[said.index("jose-marti") : said.index("Łucja Żak")]
    assert "Neutral" not in loose  # nobody has read it here
    assert "Not judged" not in loose
    assert {b.key for b in app.button if b.key.startswith("delete-")} == {f"delete-{HERE}"}


def test_one_is_opened_from_there_and_is_here_from_then_on(store, goes):
    page("earlier").button(key=f"open-{FILED}").click().run()
    assert goes == [("result", {"id": FILED})]
    assert "run" in text(page("result", id=FILED))
    assert (store / FILED / "analysis.json").is_file()
    assert text(page("earlier")).count("in the object store") == 1
    assert f"delete-{FILED}" in {b.key for b in page("earlier").button}


def test_one_is_compared_with_one_that_is_here_and_is_fetched_for_it(store):
    app = page("compare", a=FILED, b=HERE)
    first, second = app.selectbox
    assert [first.value, second.value] == [FILED, HERE]
    assert [option.count("in the object store") for option in first.options] == [0, 1, 1]
    assert phrase("page-compare_figures") in text(app)
    assert (store / FILED / "analysis.json").is_file()
    assert not (store / LOOSE).exists(), "nobody asked for it"


def test_one_that_cannot_be_fetched_for_a_comparison_says_why(store, line):
    line.cut()
    assert "does not answer" in text(page("compare", a=FILED, b=HERE))


def test_they_are_searched_like_the_others(store):
    for number in range(5):
        result_folder(store / f"r{number}", analysis_json() | {"runner": f"Somebody {number}"})
    app = page("earlier")
    for typed, found in (("lucja", FILED), ("jose", LOOSE), ("2026-03-03", LOOSE)):
        app.text_input(key="find").set_value(typed).run()
        assert {b.key for b in app.button if b.key.startswith("open-")} == {f"open-{found}"}


def test_while_the_store_is_away_it_is_listed_and_opening_says_why_not(store, line):
    line.cut()
    assert "Łucja Żak" in text(page("earlier"))
    said = text(page("result", id=FILED))
    assert "does not answer" in said
    line.mend()
    assert "Left" in text(page("result", id=FILED))


def test_one_that_is_to_be_deleted_is_not_listed(store):
    engine().depot.let_go([f"results/{LOOSE}"])
    assert "jose-marti" not in text(page("earlier"))


def test_names_of_any_kind_are_listed(store):
    odd = "2026-99-99-000000-x"
    shutil.copytree(store / HERE, store / odd)
    shutil.copytree(store / HERE, store / "by-hand")
    put_all()
    shutil.rmtree(store / odd)
    shutil.rmtree(store / "by-hand")
    app = page("earlier")
    assert odd in text(app)
    assert {f"open-{odd}", "open-by-hand"} <= {b.key for b in app.button}
