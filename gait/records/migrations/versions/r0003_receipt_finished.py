"""A receipt says whether its deletion is done: one that was cut short is found and finished."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """From receipts that were written at the end."""
    op.add_column("receipt", sa.Column("finished", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE receipt SET finished = made")
    op.create_index(op.f("ix_receipt_finished"), "receipt", ["finished"], unique=False)
