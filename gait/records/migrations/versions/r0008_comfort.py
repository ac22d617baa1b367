"""How each shoe of a visit felt to the runner, rated before anybody sees a label."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """From one number for each run, as staff noted it."""
    op.create_table(
        "comfort",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("heel_mm", sa.Integer(), nullable=True),
        sa.Column("stability_mm", sa.Integer(), nullable=True),
        sa.Column("forefoot_mm", sa.Integer(), nullable=True),
        sa.Column("flexibility_mm", sa.Integer(), nullable=True),
        sa.Column("settled", sa.DateTime(timezone=True), nullable=True),
        sa.Column("skipped_by", sa.Text(), nullable=False, server_default=""),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_comfort_run_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_comfort")),
    )
    op.create_index(op.f("ix_comfort_settled"), "comfort", ["settled"], unique=False)
