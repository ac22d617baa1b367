"""Who is signed in and which codes hold, on both databases."""

from datetime import UTC, datetime, timedelta

from gait.records import dump, sessions, staff

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_session_is_there_until_it_expires_or_is_ended(records):
    with records.writing() as at:
        eva = staff.add(at, "eva", "manager", name="Eva B")
        sessions.begin(at, "a", eva.id, NOON, NOON + HOUR)
        sessions.begin(at, "b", None, NOON, NOON + HOUR, "tablet 1")
    with records.reading() as at:
        found = sessions.get(at, "a", NOON)
        assert (found.staff.id, found.staff.role, found.staff.name) == (eva.id, "manager", "Eva B")
        assert sessions.get(at, "b", NOON).staff is None
        assert sessions.get(at, "a", NOON + HOUR - timedelta(seconds=1)) is not None
        assert sessions.get(at, "a", NOON + HOUR) is None
        assert sessions.get(at, "c", NOON) is None
        assert sessions.tablets(at, NOON) == 1
    with records.writing() as at:
        sessions.go_on(at, "a", NOON + HOUR / 2, NOON + 2 * HOUR)
        sessions.end(at, "b")
        sessions.go_on(at, "b", NOON, NOON + 2 * HOUR)
    with records.reading() as at:
        assert sessions.get(at, "a", NOON + HOUR).seen == NOON + HOUR / 2
        assert sessions.get(at, "b", NOON) is None, "what has ended stays ended"


def test_nobody_who_is_disabled_is_signed_in(records):
    with records.writing() as at:
        eva = staff.add(at, "eva")
        sessions.begin(at, "a", eva.id, NOON, NOON + HOUR)
        staff.disable(at, eva.id)
        assert sessions.get(at, "a", NOON) is None
        staff.enable(at, eva.id)
        assert sessions.get(at, "a", NOON) is not None
        sessions.end_all(at, eva.id)
        assert sessions.get(at, "a", NOON) is None


def test_a_role_that_was_changed_holds_at_once(records):
    with records.writing() as at:
        eva = staff.add(at, "eva", "manager")
        sessions.begin(at, "a", eva.id, NOON, NOON + HOUR)
        staff.set_role(at, eva.id, "staff")
        assert sessions.get(at, "a", NOON).staff.role == "staff"


def test_a_code_holds_once_and_not_for_long(records):
    with records.writing() as at:
        assert sessions.put_code(at, "x", None, NOON, NOON + HOUR)
        assert not sessions.put_code(at, "x", None, NOON, NOON + HOUR)
        assert sessions.put_code(at, "y", None, NOON, NOON + HOUR)
        assert not sessions.use_code(at, "z", NOON)
        assert sessions.use_code(at, "x", NOON)
        assert not sessions.use_code(at, "x", NOON)
        assert not sessions.use_code(at, "y", NOON + HOUR)


def test_what_has_expired_is_tidied_away_and_nothing_else(records):
    with records.writing() as at:
        sessions.begin(at, "old", None, NOON, NOON + HOUR)
        sessions.begin(at, "new", None, NOON, NOON + 2 * HOUR)
        sessions.put_code(at, "x", None, NOON, NOON + HOUR)
        sessions.tidy(at, NOON + HOUR)
        assert sessions.get(at, "old", NOON) is None
        assert sessions.get(at, "new", NOON) is not None
        assert not sessions.put_code(at, "x", None, NOON, NOON), "yesterday's is not given out again at once"
        sessions.tidy(at, NOON + timedelta(days=2))
        assert sessions.put_code(at, "x", None, NOON, NOON)


def test_a_backup_lets_nobody_in(records):
    with records.writing() as at:
        eva = staff.add(at, "eva", "manager", password_hash="$argon2")  # noqa: S106  no password
        sessions.begin(at, "a", eva.id, NOON, NOON + HOUR)
        sessions.put_code(at, "x", eva.id, NOON, NOON + HOUR)
    told = "".join(dump.lines(records))
    assert '"staff"' in told
    assert "staff_session" not in told
    assert "device_code" not in told
