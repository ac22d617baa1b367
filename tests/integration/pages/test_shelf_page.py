"""The shelf's page: read by staff, changed by the manager, and whatever is wrong changes nothing."""

import zipfile

import pandas as pd
import pytest

from gait.errors import GaitError
from gait.places import data_folder, shelf_file
from gait.records import audit
from gait.services import backup
from gait.services.sign_in import Person
from gait.shoes import in_stock, read_shelf
from gait.shoes.shelf import ALL, read_cells
from gait.ui.engine import engine, shelf_desk
from gait.words import phrase
from tests.integration.pages.show import page, text
from tests.integration.pages.test_visit_pages import read

STAFF = Person("00000000000000aa", "staff", "Bob", None)


def example():
    return [{name: row[name] for name in ALL} for row in read_cells(None)]


def test_the_first_shelf_is_kept_as_a_readable_file_and_holds_at_once(reports):
    assert shelf_desk().is_example
    assert shelf_desk().keep([row | {"brand": "Ours"} for row in example()]) == 10
    file = shelf_file(data_folder(reports))
    assert file.read_text().splitlines()[0] == ",".join(ALL)
    assert engine().store.shelf_now == file
    assert "Ours Meadow 4" in engine().shelf_names.names()
    assert not shelf_desk().is_example
    assert [(one.what, one.detail) for one in read(audit.latest)] == [("shelf_changed", "10")]


def test_a_table_with_something_wrong_changes_nothing(reports):
    shelf_desk().keep(example())
    before = shelf_desk().table()
    bad = [*before[:2], before[2] | {"category": "trail", "price": "much"}]
    with pytest.raises(GaitError) as told:
        shelf_desk().keep(bad)
    assert [said.code for said in told.value.values["complaints"]] == ["shelf_category", "shelf_number"]  # noqa: PD011  an error's values
    assert shelf_desk().table() == before


def test_rows_are_added_by_their_number_or_take_the_whole_place_and_names_are_kept(reports):
    shelf_desk().keep(example())
    new = [example()[0] | {"model": "Meadow 5"}, example()[1] | {"sku": "NEW-1"}]
    assert shelf_desk().take_over(new, "add", {"sku": "Artikel"}) == 11
    models = {row["sku"]: row["model"] for row in shelf_desk().table()}
    assert (models["EX-101"], models["NEW-1"], models["EX-103"]) == ("Meadow 5", "Cloudberry 2", "Slate 7")
    assert shelf_desk().mapped() == {"sku": "Artikel"}
    assert shelf_desk().take_over(new, "replace", {}) == 2


def test_the_examples_shoes_do_not_get_into_a_stores_first_table(reports):
    assert shelf_desk().take_over([example()[0] | {"sku": "OWN"}], "add", {}) == 1


def test_pairs_are_counted_by_size_and_width(reports):
    shelf_desk().keep(example())
    pairs = shelf_desk().pairs("EX-101")
    assert set(pairs.values()) == {0}
    assert {width for _, width in pairs} == {"standard", "wide"}
    shelf_desk().count("EX-101", pairs | {(42.0, "wide"): 3})
    assert shelf_desk().pairs("EX-101")[42.0, "wide"] == 3
    table = read_shelf(engine().store.shelf_now)
    assert "EX-101" in [shoe.sku for shoe in in_stock(table, 42).shoes]
    assert "EX-101" not in [shoe.sku for shoe in in_stock(table, 43).shoes]
    shelf_desk().count("EX-101", pairs)
    assert "EX-101" not in [shoe.sku for shoe in in_stock(read_shelf(engine().store.shelf_now)).shoes]
    with pytest.raises(GaitError):
        shelf_desk().pairs("gone")


def test_the_shelf_comes_back_with_a_backup(reports, tmp_path):
    shelf_desk().keep(example())
    records, files = engine().records.opened(), engine().keeper.files
    made = tmp_path / "kept.zip"
    backup.back_up(records, files, made)
    file = shelf_file(data_folder(reports))
    held = file.read_text()
    file.unlink()
    with zipfile.ZipFile(made) as whole:
        assert whole.read("store/shelf.csv").decode() == held
    assert backup.look(made).rows > 0


def test_staff_read_and_the_manager_changes(reports, monkeypatch, goes):
    shelf_desk().keep([row | {"archived": "yes" if row["sku"] == "EX-105" else ""} for row in example()])
    app = page("shelf")
    assert {"shelf-keep"} <= {b.key for b in app.button}
    assert app.toggle(key="shelf-all").label == "Show 1 archived too"
    assert "EX-105" not in list(app.dataframe[0].value["sku"])
    app.toggle(key="shelf-all").set_value(True).run()
    assert "EX-105" in list(app.dataframe[0].value["sku"])
    monkeypatch.setattr("gait.ui.person.person", lambda: STAFF)
    monkeypatch.setattr("gait.ui.engine.person", lambda: STAFF)
    app = page("shelf")
    assert not [b for b in app.button if b.key == "shelf-keep"]
    assert [one.label for one in app.expander] == [phrase("page-shelf_rules")]
    assert "Ryan 2011" in text(app), "each rule with its source"
    assert "EX-101" in list(app.dataframe[0].value["sku"])


def test_keeping_the_page_keeps_the_archived_shoes_that_it_does_not_show(reports, goes):
    shelf_desk().keep([row | {"archived": "yes" if row["sku"] == "EX-105" else ""} for row in example()])
    app = page("shelf")
    app.button(key="shelf-keep").click().run()
    assert "Kept: 10 shoes." in text(app)
    assert {row["sku"] for row in shelf_desk().table()} == {row["sku"] for row in example()}


def test_a_table_is_taken_over_from_the_page(reports, goes, tmp_path):
    table = pd.DataFrame(example())[list(ALL)].rename(columns={"sku": "Artikel"})
    table.loc[2, "category"] = "trail"
    file = tmp_path / "shoes.csv"
    table.to_csv(file, index=False)
    app = page("shelf")
    app.file_uploader(key="shelf-file").upload("shoes.csv", file.read_bytes(), "text/csv").run()
    assert "Still to be named: Number." in text(app)
    app.selectbox(key="shelf-map-sku").select("Artikel").run()
    said = text(app)
    assert "9 rows can be taken over, one cannot:" in said
    assert "line 4: category must be one of" in said
    app.button(key="shelf-take").click().run()
    assert "Kept: 9 shoes." in text(app)
    assert shelf_desk().mapped()["sku"] == "Artikel"
