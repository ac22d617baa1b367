"""A job knows where its clips lie, when its turn was over, and whether somebody cancelled it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """From jobs that nobody had used yet."""
    op.add_column("job", sa.Column("place", sa.Text(), nullable=False, server_default=""))
    op.add_column("job", sa.Column("stop", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("job", sa.Column("over", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_job_place"), "job", ["place"], unique=False)
