"""Killed at every change of a file: either the old or the new stands whole, page and PDF agree, and nobody's name stays behind."""

import pytest

from tests.builders.crash_points import DEEDS, template_of, try_all
from tests.integration.recording.sent import browser_clip


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    place = tmp_path_factory.mktemp("template")
    (place / "clips").mkdir()
    for part in ("standing", "run"):
        browser_clip(place / "clips" / f"{part}-1.mp4", ".mp4", 0.5)
    return template_of(place / "result")


@pytest.mark.parametrize("deed", DEEDS, ids=[d.name for d in DEEDS])
def test_killed_at_any_point_nothing_is_lost_and_nothing_contradicts(template, tmp_path, deed):
    row = try_all(deed, template, tmp_path)
    assert row.points > 3
    assert not row.wrong, "\n".join(row.wrong)


@pytest.mark.parametrize("deed", [d for d in DEEDS if d.full], ids=[d.name for d in DEEDS if d.full])
def test_so_it_is_where_folders_cannot_exchange_their_places_and_a_file_is_torn(template, tmp_path, deed):
    row = try_all(deed, template, tmp_path, "torn", swap=False)
    assert row.points > 3
    assert not row.wrong, "\n".join(row.wrong)


@pytest.mark.parametrize("deed", [d for d in DEEDS if d.full], ids=[d.name for d in DEEDS if d.full])
def test_a_full_disk_is_told_in_words_and_leaves_all_as_it_was(template, tmp_path, deed):
    row = try_all(deed, template, tmp_path, "full")
    assert row.points > 3
    assert not row.wrong, "\n".join(row.wrong)
