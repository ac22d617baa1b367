"""comparison.json keeps its contract, and the command writes it or refuses in one sentence."""

import json

import jsonschema
import pytest
from hypothesis import given, settings

from gait.comparison.compare import compare
from gait.comparison.document import comparison_schema, encode_comparison, write_comparison
from gait.comparison.locked import lock_steps
from gait.results.schema import complaint_against
from tests.builders.compared import any_run, run_of
from tests.builders.results import result_folder
from tests.conftest import gait


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(comparison_schema())


def test_what_is_written_says_what_was_found(tmp_path):
    a, b = run_of(10, 17, "a", "1", shoe_worn="Old"), run_of(10.2, 11.2, "b", "2", shoe_worn="New")
    file = write_comparison(
        tmp_path / "new", encode_comparison(compare(a, b), lock_steps(a.result.judged, b.result.judged))
    )
    assert file == tmp_path / "new" / "comparison.json"
    read = json.loads(file.read_text(encoding="utf-8"))
    assert read["schema"] == "gait.comparison/1"
    assert (read["a"]["shoe_worn"], read["b"]["shoe_worn"]) == ("Old", "New")
    peaks = {m["foot"]: m for m in read["measures"] if m["key"] == "peak_eversion_deg"}
    assert [peaks[foot]["verdict"] for foot in ("left", "right")] == ["noise", "real"]
    assert peaks["right"]["difference"]["value"] == pytest.approx(-5.8)
    assert peaks["right"]["a"]["value"] == pytest.approx(17)
    assert peaks["right"]["reason"].startswith("The difference is larger")
    assert any("standing clip of its own" in sentence for sentence in read["conditions"])
    assert read["steps"][0]["film"]["contact_s"] == pytest.approx(0.15)


@settings(deadline=None, max_examples=30)
@given(any_run, any_run)
def test_any_comparison_keeps_the_contract(one, other):
    document = encode_comparison(compare(one, other))
    assert complaint_against(comparison_schema(), document) == ""


def test_a_document_that_breaks_the_contract_is_not_written(tmp_path):
    document = encode_comparison(compare(run_of(10, 17), run_of(10, 17)))
    document["measures"][0]["verdict"] = "perhaps"
    with pytest.raises(ValueError, match="verdict"):
        write_comparison(tmp_path / "new", document)
    assert not (tmp_path / "new").exists()


def test_the_command_writes_the_file_and_says_a_line_a_figure(tmp_path):
    result = result_folder(tmp_path / "one")
    done = gait("compare", result, result, "--out", tmp_path / "both", "--no-video")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "both" / "comparison.json").is_file()
    assert done.stdout.count("within noise") == 13
    assert "Furthest tilt" in done.stdout
    assert done.stderr == ""
    assert (tmp_path / "both" / "comparison.pdf").read_bytes().startswith(b"%PDF-")
    assert done.stdout.splitlines()[-1].strip() == str(tmp_path / "both" / "comparison.pdf")
    printed = gait("compare", result, result, "--out", tmp_path / "both", "--json", "--no-video", "--no-pdf")
    assert not (tmp_path / "both" / "comparison.pdf").exists()  # it was of the comparison before
    assert json.loads(printed.stdout) == json.loads((tmp_path / "both" / "comparison.json").read_text(encoding="utf-8"))


def test_the_command_refuses_what_is_no_finished_result(tmp_path):
    result = result_folder(tmp_path / "one")
    (tmp_path / "empty").mkdir()
    for pair in ((result, tmp_path / "empty"), (tmp_path / "nowhere", result)):
        done = gait("compare", *pair, "--out", tmp_path / "both")
        assert done.returncode == 2
        assert len(done.stderr.strip().splitlines()) == 1
        assert "no readable result" in done.stderr
    assert not (tmp_path / "both").exists()


def test_without_the_films_of_both_there_is_none_of_the_two_and_an_old_one_goes(tmp_path):
    one, other = result_folder(tmp_path / "one"), result_folder(tmp_path / "other")
    (one / "overlay.mp4").write_bytes(b"film")
    (tmp_path / "both").mkdir()
    (tmp_path / "both" / "comparison.mp4").write_bytes(b"of other runs")
    done = gait("compare", one, other, "--out", tmp_path / "both")
    assert done.returncode == 0
    said = "The overlay video of the second run is not there, so none was made of the two side by side."
    assert done.stderr == f"gait: {said}\n"
    assert sorted(p.name for p in (tmp_path / "both").iterdir()) == ["comparison.json", "comparison.pdf"]
