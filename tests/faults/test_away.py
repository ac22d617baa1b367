"""A short run of `tests.faults.away`: one round of each kind."""

import pytest

from tests.faults import away

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("fault", "on_postgres"), away.FAULTS)
def test_what_is_taken_away_for_a_while_loses_nothing_and_everything_goes_on(fault, on_postgres, request):
    if fault == "full" and not away.may_mount():
        pytest.skip("needs a small disk, which only root may mount")
    server = request.getfixturevalue("postgres_server") if on_postgres else None
    s3 = request.getfixturevalue("s3_server") if fault == "store" else None
    _, wrong = away.one_round(fault, 3, server, s3)
    assert wrong == []
