"""The rules of the shelf: read by staff, changed by the manager, tried on what was, and never lost."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from gait.cli.main import main
from gait.errors import GaitError
from gait.model import ShelfRules
from gait.places import data_folder, rules_folder
from gait.records import audit, visits
from gait.records.ids import now
from gait.results.folder import ResultFolder
from gait.results.tables import write_result
from gait.services.advising import suggest_again
from gait.services.rules_desk import GIVEN, RulesDesk, cells_of
from gait.services.rules_tried import LeftOut, OfFeet, OtherFirst, try_rules
from gait.ui.engine import comfort_desk, engine, reception, rules_desk, shelf_desk
from gait.words import phrase
from tests.builders.results import example_result, result_folder
from tests.integration.pages.show import page, text
from tests.integration.pages.test_shelf_page import STAFF
from tests.integration.pages.test_visit_pages import read, visit_of

OURS = RulesDesk.ours().rows


def changed(place=("over_one", 1), **cells):
    """Our rules as a person writes them, with these cells in that place."""
    rows = [{name: cells_of(rule)[name] for name in GIVEN} for rule in OURS]
    next(row for row in rows if (row["feet"], int(row["place"])) == place).update(cells)
    return rows


NEUTRAL_FIRST = changed(category="neutral", note="Our customers like it so")


def run_with(reports, name, result, started=None, shoe="A shoe"):
    """A run with that result on a visit of its own."""
    if started is None:
        visit = visit_of(f"Customer {name}", shoe)
    else:
        with engine().records.writing() as at:
            visit = visits.start(at, started=started)
            visits.add_run(at, visit.id, shoe=shoe)
            visits.keep(at, visit.id)  # a walk-in that nobody keeps goes in the evening
            visit = visits.get(at, visit.id)
    if result.judged:
        result_folder(reports / name, result)
    else:
        (reports / name).mkdir()
        write_result(reports / name, result)
    engine().records.note_result(visit.runs[0].id, ResultFolder(reports / name))
    return visit


def with_labels(left, right):
    """The example, 10.1 degrees left and 17 right, with other labels."""
    known = example_result()
    feet = dict(zip(known.judged.feet, (left, right), strict=True))
    feet = {side: replace(known.judged.feet[side], label=label) for side, label in feet.items()}
    return replace(known, judged=replace(known.judged, feet=feet))


def tried(rows):
    desk = rules_desk()
    return try_rules(engine().records, engine().library.find, desk.now(), desk.checked(rows))


def log():
    return [(one.what, one.target_id, one.detail) for one in read(audit.latest)]


def test_a_change_is_a_version_of_its_own_and_is_written_down_by_codes(reports):
    assert (rules_desk().version, rules_desk().now()) == (0, ShelfRules(OURS))
    kept = rules_desk().keep(NEUTRAL_FIRST)
    assert rules_desk().now() == kept
    assert kept.version == 1
    assert [(r.feet, r.place, r.source, r.note) for r in kept.rows if r not in OURS] == [
        ("over_one", 1, "store", "Our customers like it so")
    ]
    assert log() == [("shelf_rule_changed", "over_one.1", "1")]
    both = [row | ({"drop_mm": "4-8", "note": "low"} if row["feet"] == "under" else {}) for row in NEUTRAL_FIRST]
    rules_desk().keep(both)
    assert sorted(log()[:3]) == [("shelf_rule_changed", f"under.{place}", "2") for place in (1, 2, 3)]
    rules_desk().reset()
    assert rules_desk().now() == ShelfRules(OURS, 3)
    assert log()[0] == ("shelf_rules_reset", "", "3")
    files = sorted(path.name for path in rules_folder(data_folder(reports)).iterdir())
    assert files == ["1.csv", "2.csv", "3.csv"]


def test_what_is_wrong_and_what_somebody_else_changed_changes_nothing(reports):
    with pytest.raises(GaitError) as told:
        rules_desk().keep(changed(category="racing", drop_mm="99", note="x"))
    assert [said.code for said in told.value.values["complaints"]] == ["rule_category", "rule_drop"]
    assert (rules_desk().version, log()) == (0, [])
    rules_desk().keep(NEUTRAL_FIRST, seen=0)
    for late in (lambda: rules_desk().keep(changed(), seen=0), lambda: rules_desk().reset(seen=0)):
        with pytest.raises(GaitError, match="Somebody else has changed the rules"):
            late()
    assert rules_desk().now().version == 1


def test_neither_rules_nor_shelf_change_where_the_log_cannot_take_it(reports, monkeypatch):
    def no_log(*_, **__):
        raise OSError("the disk is full")

    table = shelf_desk().table()
    with monkeypatch.context() as broken:
        broken.setattr(audit, "note", no_log)
        for change in (lambda: rules_desk().keep(NEUTRAL_FIRST), lambda: shelf_desk().keep(table[:1])):
            with pytest.raises(GaitError, match="do not answer"):
                change()
    assert (rules_desk().version, shelf_desk().table()) == (0, table)


def test_a_file_that_cannot_be_written_leaves_no_line_in_the_log(reports, monkeypatch):
    def full(*_, **__):
        raise OSError("the disk is full")

    for module in ("rules_desk", "shelf_desk"):
        monkeypatch.setattr(f"gait.services.{module}.put", full)
    for change in (lambda: rules_desk().keep(NEUTRAL_FIRST), lambda: shelf_desk().keep(shelf_desk().table()[:1])):
        with pytest.raises(GaitError, match="Cannot write to"):
            change()
    assert log() == []


def test_a_version_that_cannot_be_read_is_said_and_can_be_given_up(reports, goes):
    rules_desk().keep(NEUTRAL_FIRST)
    (rules_folder(data_folder(reports)) / "1.csv").write_text("nothing", encoding="utf-8")
    with pytest.raises(GaitError, match="no column"):
        rules_desk().now()
    app = page("shelf")
    assert "The rules have no column" in text(app)
    app.button(key="rules-reset").click().run()
    assert rules_desk().now() == ShelfRules(OURS, 2)
    assert "The rules have no column" not in text(app)


def test_a_rule_that_is_put_back_is_gaits_again(reports):
    rules_desk().keep(NEUTRAL_FIRST)
    assert rules_desk().keep(changed()).rows == OURS


def test_the_stores_rules_reach_a_new_analysis(reports):
    assert engine().store.rules_now is None
    rules_desk().keep(NEUTRAL_FIRST)
    assert engine().store.rules_now == rules_folder(data_folder(reports)) / "1.csv"


def test_only_the_rules_make_a_difference_and_each_run_counts_once(reports):
    """One over foot: the guiding shoe comes first by our rules, the neutral one by the others. Two neutral feet: no change."""
    run_with(reports, "one", example_result())
    run_with(reports, "two", example_result())
    run_with(reports, "neutral", with_labels("neutral", "neutral"))
    found = tried(NEUTRAL_FIRST)
    assert (found.visits, found.runs, found.other_first, found.other_any) == (3, 3, 2, 2)
    assert found.of_feet == (OfFeet("neutral", 1, 0, 0), OfFeet("over_one", 2, 2, 2))
    assert found.shoes == (OtherFirst("Example Guide 3", "Example Daily 5", 2),)
    assert found.left_out == LeftOut()
    judged = example_result().judged
    by_hand = suggest_again(judged, judged.basis.shelf, rules_desk().checked(NEUTRAL_FIRST))
    assert by_hand.shoes[0].shoe.name == "Example Daily 5"
    same = tried(changed())
    assert (same.runs, same.other_first, same.other_any, same.shoes) == (3, 0, 0, ())
    assert not rules_folder(data_folder(reports)).exists(), "trying keeps nothing"


def test_another_order_behind_the_first_is_no_other_first(reports):
    """The neutral shoe goes from the second place to the third."""
    run_with(reports, "one", example_result())
    swapped = {2: "stability", 3: "neutral"}
    rows = changed()
    for row in rows:
        if row["feet"] == "over_one" and int(row["place"]) in swapped:
            row.update(category=swapped[int(row["place"])], note="x")
    found = tried(rows)
    assert (found.other_first, found.other_any) == (0, 1)


def test_what_cannot_be_tried_is_counted_and_last_month_is_thirty_days(reports):
    known = example_result()
    run_with(reports, "good", known, started=now() - timedelta(days=29))
    run_with(reports, "long-ago", known, started=now() - timedelta(days=31))
    run_with(reports, "no-shelf", replace(known, judged=replace(known.judged, basis=None)))
    run_with(reports, "gone", known)
    engine().library.delete("gone")
    refused = replace(known.findings[0], severity="refuse")
    run_with(reports, "refused", replace(known, findings=(refused,), judged=None))
    broken = run_with(reports, "broken", known)
    (reports / "broken" / "analysis.json").write_text("{}")
    assert broken.runs
    found = tried(NEUTRAL_FIRST)
    assert (found.runs, found.other_first) == (1, 1)
    assert found.left_out == LeftOut(refused=1, not_here=2, no_shelf=1)


def test_nobody_learns_of_a_label_before_comfort_is_rated(reports):
    visit = run_with(reports, "sealed", example_result())
    reception().add_run(visit.id, "Another shoe")
    assert tried(NEUTRAL_FIRST).left_out == LeftOut(unrated=1)
    comfort_desk().skip(visit.id)
    assert tried(NEUTRAL_FIRST).other_first == 1


def typed(monkeypatch, **cells):
    """The manager types into the cells of the first place for one foot that is over."""
    at = [(r.feet, r.place) for r in OURS].index(("over_one", 1))

    def editor(table, **_):
        if "feet" not in table:
            return table
        table = table.copy()
        for name, cell in cells.items():
            table.loc[at, name] = cell
        return table

    monkeypatch.setattr("gait.ui.parts.rules_editor.st.data_editor", editor)


def test_the_manager_tries_and_keeps(reports, monkeypatch, goes):
    run_with(reports, "one", example_result())
    typed(monkeypatch, category="neutral", note="Our own")
    app = page("shelf")
    assert "All of them come with gait." in text(app)
    app.button(key="rules-try").click().run()
    said = text(app)
    assert "Of one run on one visit of the last 30 days, one would have been offered another shoe first." in said
    assert "1 of 1 first, 1 of 1 at all" in said
    assert "Example Guide 3 Example Daily 5 1" in " ".join(said.split())
    assert rules_desk().version == 0
    app.button(key="rules-keep").click().run()
    said = text(app)
    assert "Kept as version 1." in said
    assert "One is the store's own" in said
    assert "The store's own rule: Our own" in said


def test_whoever_only_tries_need_not_say_why(reports, monkeypatch, goes):
    run_with(reports, "one", example_result())
    typed(monkeypatch, category="neutral")
    app = page("shelf")
    app.button(key="rules-try").click().run()
    assert "1 of 1 first" in text(app)
    app.button(key="rules-keep").click().run()
    assert "a rule of your own needs a note" in text(app)
    assert rules_desk().version == 0


def test_the_page_names_what_is_wrong(reports, monkeypatch, goes):
    typed(monkeypatch, category="neutral", drop_mm="many")
    app = page("shelf")
    for key in ("rules-try", "rules-keep"):
        app.button(key=key).click().run()
        assert "One over-pronating, the other not, place 1: drop must be millimetres" in text(app)
    assert rules_desk().version == 0


def test_staff_read_the_rules_and_change_none(reports, monkeypatch, goes):
    rules_desk().keep(changed(drop_mm="4-8", note="Bob asked for it"))
    monkeypatch.setattr("gait.ui.person.person", lambda: STAFF)
    monkeypatch.setattr("gait.ui.engine.person", lambda: STAFF)
    app = page("shelf")
    said = text(app)
    assert "4 to 8 mm drop" in said
    assert "The store's own rule: Bob asked for it" in said
    assert phrase("page-rules_change") not in [one.label for one in app.expander]
    assert not [b for b in app.button if b.key.startswith("rules-")]


def test_scripts_show_try_and_set_the_same_rules(reports, tmp_path_factory, capsys):
    run_with(reports, "one", example_result())

    def said(*arguments, status=0):
        assert main(["rules", *map(str, arguments), "--reports", str(reports)]) == status
        return capsys.readouterr()

    table = said("show", "--csv").out
    assert table.splitlines()[0] == ",".join(GIVEN)
    file = tmp_path_factory.mktemp("rules") / "own.csv"
    file.write_text(
        table.replace("over_one,1,stability,medium;soft;firm,,", "over_one,1,neutral,medium;soft;firm,,ours")
    )
    told = said("simulate", file).out
    assert "Of one run on one visit of the last 30 days, one would have been offered another shoe first." in told
    assert "  Example Guide 3 → Example Daily 5: 1" in told.splitlines()
    found = json.loads(said("simulate", file, "--json").out)
    assert (found["runs"], found["other_first"], found["of_feet"][0]["feet"]) == (1, 1, "over_one")
    assert rules_desk().version == 0
    kept = json.loads(said("set", file, "--json").out)
    assert kept["version"] == rules_desk().version == 1
    assert log()[0] == ("shelf_rule_changed", "over_one.1", "1")
    assert "The store's own rule: ours" in said("show").out
    file.write_text(table.replace("over,1,stability", "over,1,racing"))
    wrong = said("set", file, status=2).err
    assert "Both over-pronating, place 1: category must be one of" in wrong
    assert "All of them come with gait." in said("reset").out
    assert rules_desk().now() == ShelfRules(OURS, 2)
