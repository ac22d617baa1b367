"""The shelf as a table: pairs by size and width, what is archived, foreign tables and what is wrong in them."""

import pandas as pd
import pytest

from gait.errors import GaitError
from gait.services.shelf_files import guess, missing, preview, read_foreign
from gait.shoes import in_stock, read_shelf
from gait.shoes.shelf import ALL, COLUMNS, read_cells, read_stock, write_stock, written

FOREIGN = {
    "Artikel-Nr": "sku", "Hersteller": "brand", "Modell": "model", "Typ": "category", "Daempfung": "cushioning",
    "Sprengung": "drop_mm", "Weite": "widths", "Groessen": "sizes", "VK": "price", "Lager": "in_stock",
}  # fmt: skip
GOOD = ("A1", "Fieldlark", "Meadow 4", "Neutral", "Medium", "8", "standard", "36-48", "129,90", "yes")
MAPPING = {ours: theirs for theirs, ours in FOREIGN.items()}


def shelf(tmp_path, *rows, columns=ALL):
    file = tmp_path / "shelf.csv"
    file.write_text("\n".join([",".join(columns), *(",".join(row) for row in rows)]), encoding="utf-8")
    return file


def row(*more):
    return (
        "A1",
        "Fieldlark",
        "Meadow 4",
        "neutral",
        "medium",
        "8",
        "standard;wide",
        "40-43",
        "130",
        "yes",
        "EUR",
        *more,
    )


def test_pairs_say_which_sizes_and_widths_are_there(tmp_path):
    table = read_shelf(shelf(tmp_path, row("42=2; 42.5 wide=1; 43=0", "")))
    (shoe,) = in_stock(table).shoes
    assert (shoe.sizes, shoe.widths) == ((42.0, 42.5), ("wide",))
    assert [s.sku for s in in_stock(table, 42.5).shoes] == ["A1"]
    assert in_stock(table, 43).shoes == (), "there is no pair of it"
    assert in_stock(read_shelf(shelf(tmp_path, row("42=0", "")))).shoes == ()
    everything = in_stock(read_shelf(shelf(tmp_path, row("", "")))).shoes[0]
    assert everything.sizes == (40.0, 40.5, 41.0, 41.5, 42.0, 42.5, 43.0), "where nobody counts, all it is made in"


def test_an_archived_shoe_is_offered_to_nobody_and_keeps_its_name(tmp_path):
    table = read_shelf(shelf(tmp_path, row("42=2", "yes")))
    assert list(table["model"]) == ["Meadow 4"]
    assert in_stock(table).shoes == ()
    assert len(in_stock(read_shelf(shelf(tmp_path, row("42=2", "no")))).shoes) == 1


@pytest.mark.parametrize("cell", ["42", "42=x", "-1=2", "42=-1", "=2", "0=1"])
def test_pairs_that_cannot_be_read_are_said(tmp_path, cell):
    assert read_stock(cell) is None
    with pytest.raises(GaitError) as told:
        read_shelf(shelf(tmp_path, row(cell, "")))
    assert [said.code for said in told.value.values["complaints"]] == ["shelf_stock"]  # noqa: PD011  an error's values


def test_pairs_are_written_as_they_are_read():
    pairs = {(42.0, ""): 2, (42.5, "extra wide"): 1}
    assert read_stock(write_stock(pairs)) == pairs


def test_the_shelf_is_written_as_it_is_read(tmp_path):
    cells = read_cells(None)
    file = tmp_path / "shelf.csv"
    file.write_text(written(cells), encoding="utf-8")
    assert [{k: v for k, v in one.items() if k != "line"} for one in read_cells(file)] == [
        {k: v for k, v in one.items() if k != "line"} for one in cells
    ]
    assert read_shelf(file).drop(columns="archived").equals(read_shelf(None).drop(columns="archived"))


def foreign_file(tmp_path, kind, rows):
    table = pd.DataFrame(rows, columns=list(FOREIGN))
    file = tmp_path / f"shoes.{kind}"
    if kind == "xlsx":
        table.to_excel(file, index=False)
    else:
        file.write_bytes(table.to_csv(index=False, sep=";").encode("cp1252" if kind == "csv" else "utf-8"))
    return file


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_bad_row_is_named_with_all_that_is_wrong_and_the_good_ones_are_taken(tmp_path, kind):
    bad = ("A2", "", "Käel", "trail", "hard", "99", "", "4x", "much", "maybe")
    twice = GOOD
    found = preview(read_foreign(foreign_file(tmp_path, kind, [GOOD, bad, [""] * 10, twice])), MAPPING)
    assert [one["sku"] for one in found.rows] == ["A1"]
    assert sorted(found.wrong) == [3, 5], "lines as a spreadsheet counts them; an empty one is none"
    assert [said.code for said in found.wrong[3]] == [
        "shelf_empty", "shelf_category", "shelf_cushioning", "shelf_number", "shelf_number", "shelf_sizes", "shelf_yes_no",
    ]  # fmt: skip
    assert [said.code for said in found.wrong[5]] == ["shelf_twice"]


def test_numbers_of_a_spreadsheet_are_read_as_it_shows_them(tmp_path):
    table = pd.DataFrame([["A1", "F", "M", "neutral", "soft", 8.0, None, 42.0, 129.9, True]], columns=list(FOREIGN))
    file = tmp_path / "shoes.xlsx"
    table.to_excel(file, index=False)
    (cells,) = preview(read_foreign(file), MAPPING).rows
    assert [cells[name] for name in ("drop_mm", "sizes", "price", "in_stock", "widths")] == [
        "8",
        "42",
        "129.9",
        "yes",
        "",
    ]


def test_columns_are_known_by_their_name_or_as_they_were_called_last():
    assert guess(("SKU", "Drop (mm)", "In stock"), {}) == {"sku": "SKU", "drop_mm": "Drop (mm)", "in_stock": "In stock"}
    assert guess(tuple(FOREIGN), MAPPING) == MAPPING
    assert guess(("SKU",), {"sku": "gone"}) == {"sku": "SKU"}
    assert missing(MAPPING) == []
    assert missing({"sku": "SKU"}) == list(COLUMNS[1:])


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.xlsx", b"no zip"),
        ("a.csv", b""),
        ("a.csv", b"\x00\x01\x02"),
        ("a.csv", b"one\n1\n2\n"),
        ("a.csv", b"a,a\n1,2\n"),
        ("a.csv", b"a,b\n"),
    ],
)
def test_a_file_that_is_no_table_of_shoes_is_refused_in_one_sentence(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(GaitError) as told:
        read_foreign(tmp_path / name)
    assert told.value.code == "bad_shelf_file"
