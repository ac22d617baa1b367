"""The computers that share an object store, and when each was last seen."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from gait.records.tables import UtcTime

revision = "0007"
down_revision = "0006"

LETTERS = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """From copies at computers of which nothing was known: they count as seen now, so that one that never comes is named in time."""
    made = op.create_table(
        "computer",
        sa.Column("place", LETTERS, nullable=False),
        sa.Column("called", sa.Text(), nullable=False, server_default=""),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_computer")),
    )
    held = sa.table("held", sa.column("place", LETTERS))
    moment = sa.bindparam("moment", datetime.now(UTC), UtcTime(timezone=True))
    places = sa.select(held.c.place, moment).where(held.c.place != "store").distinct()
    op.execute(made.insert().from_select(["place", "seen"], places))
