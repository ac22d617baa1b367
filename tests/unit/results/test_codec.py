"""`encode` and `decode` are each other's inverse; older results open; what breaks the contract is one clear sentence."""

import copy
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gait.bounds import SPEED_KMH
from gait.errors import GaitError
from gait.landmarks import Side
from gait.results.codec import decode, encode
from gait.results.folder import ResultFolder
from gait.results.schema import complaint
from tests.builders.any_result import results
from tests.builders.results import analysis_json, example_result

slow = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@slow
@given(results)
def test_what_is_written_reads_back_equal(result):
    document = json.loads(json.dumps(encode(result), allow_nan=False))
    assert complaint(document) == ""
    assert decode(document) == result
    assert encode(decode(document)) == document


def test_every_key_of_a_result_is_in_the_schema():
    """Whatever `encode` writes at the top is described there, and nothing else is."""
    from gait.results.schema import schema

    described = set(schema()["properties"])
    written: set[str] = set()

    @slow
    @given(results)
    def collect(result):
        written.update(encode(result))

    collect()
    assert written == described


def old(document):
    """A result as the first version wrote it: keys that came later are not there."""
    found = copy.deepcopy(document)
    for key in ("measurement", "choices", "activity", "kinematics", "meaning_3d", "basis", "edits", "store"):
        found.pop(key, None)
    for clip in (found["clip"], found["standing"]):
        clip.pop("slow_motion", None)
    found["tracking"].pop("frames_looked_at", None)
    found["reference"].pop("limits_speed_kmh", None)
    return found


def test_a_result_of_the_first_version_opens():
    found = decode(old(analysis_json()))
    assert found.judged is not None
    assert found.judged.feet[Side.LEFT].label == "neutral"
    assert found.judged.measurement is None
    assert found.judged.basis is None
    assert found.judged.kinematics.both == {}
    assert found.clip.slow_motion == 1.0


def test_what_a_later_version_added_is_passed_over():
    later = analysis_json()
    later["feet"]["left"]["mood"] = "good"
    later["clip"]["lens"] = {"f": 1.8}
    later["weather"] = ["rain"]
    assert decode(later) == decode(analysis_json())


LEAVES = [None, True, "x", "", -1, 1e300, [], {}, [1], {"value": 1}, ["a", "b"]]


def places(node, way=()):
    """Every place in a document."""
    yield way
    children = node.items() if isinstance(node, dict) else enumerate(node[:1]) if isinstance(node, list) else ()
    for key, child in children:
        yield from places(child, (*way, key))


def read(document):
    """The result, or the sentence that refuses it."""
    try:
        return decode(document)
    except GaitError as error:
        return str(error)


@slow
@given(st.data())
def test_a_spoilt_document_is_read_or_refused_in_one_sentence(data):
    document = analysis_json()
    way = data.draw(st.sampled_from(list(places(document))[1:]))
    node = document
    for key in way[:-1]:
        node = node[key]
    if data.draw(st.booleans()):
        node[way[-1]] = data.draw(st.sampled_from(LEAVES))
    else:
        del node[way[-1]]
    found = read(document)
    assert "breaks its contract" in found if isinstance(found, str) else decode(encode(found)) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "[" * 100_000,
        '{"schema": NaN}',
        '{"schema": 1e999}',
        '{"schema": ' + "9" * 400 + "}",
        '"\\ud800"',
    ],
    ids=["empty", "cut off", "a list", "null", "deep", "NaN", "infinite", "huge", "half a character"],
)
def test_what_is_no_result_at_all_is_one_sentence(tmp_path, text):
    (tmp_path / "analysis.json").write_text(text)
    with pytest.raises(GaitError, match="result in"):
        _ = ResultFolder(tmp_path).result


def test_bytes_that_are_no_text_are_one_sentence(tmp_path):
    (tmp_path / "analysis.json").write_bytes(b"\xff\xfe\x00{")
    with pytest.raises(GaitError, match="no readable result"):
        _ = ResultFolder(tmp_path).result


def test_a_moment_that_is_none_breaks_the_contract():
    spoilt = analysis_json() | {"created": "yesterday"}
    with pytest.raises(GaitError, match="breaks its contract"):
        decode(spoilt)


@pytest.mark.parametrize("place", ["reference", "basis"])
@pytest.mark.parametrize("speed_kmh", [98, 25.1, 0, -3, 1e300])
def test_a_speed_that_no_belt_has_breaks_the_contract(place, speed_kmh):
    document = copy.deepcopy(encode(example_result()))
    document[place]["speed_kmh"] = 25
    assert complaint(document) == ""
    document[place]["speed_kmh"] = speed_kmh
    assert f"$.{place}.speed_kmh" in complaint(document)


def test_the_contract_and_the_pages_have_one_greatest_speed():
    from gait.results.schema import schema

    text = json.dumps(schema())
    assert (
        text.count('"description": "Of the belt')
        == text.count(f'"maximum": {SPEED_KMH.most:g}, "description": "Of the belt')
        == 2
    )
