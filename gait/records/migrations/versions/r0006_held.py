"""Where copies of results and kept clips lie: on which computer, and whether in the object store."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

LETTERS = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """From one folder on one computer."""
    op.create_table(
        "held",
        sa.Column("name", LETTERS, nullable=False),
        sa.Column("place", LETTERS, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False, server_default=""),
        sa.Column("stamp", sa.Text(), nullable=False, server_default=""),
        sa.Column("bytes", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("film", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("going", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("name", "place", name=op.f("pk_held")),
    )
    op.create_index(op.f("ix_held_place"), "held", ["place"], unique=False)
    op.create_index(op.f("ix_held_going"), "held", ["going"], unique=False)
