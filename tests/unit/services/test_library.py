"""The results of a folder by their names."""

import re
from datetime import datetime

from gait.services.library import Library


def test_two_results_never_share_a_folder(tmp_path):
    now = datetime(2026, 1, 15, 10, 30)
    first = Library(tmp_path).new_name("Zoë / Ünal", now)
    (tmp_path / first).mkdir()
    assert Library(tmp_path).new_name("Zoë / Ünal", now) != first
    assert re.fullmatch(r"[\w.-]+", first)
