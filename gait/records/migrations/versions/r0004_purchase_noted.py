"""A purchase knows when it was noted: two of one day stand in the order they were bought."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """From purchases that knew their day alone; those stay without a moment."""
    op.add_column("purchase", sa.Column("noted", sa.DateTime(timezone=True), nullable=True))
