"""What Alembic calls to run the steps, on the connection it is given."""

from alembic import context

from gait.records.tables import Base


def run() -> None:
    """All steps on the way, in the transaction the connection is in."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=Base.metadata,
        render_as_batch=True,  # SQLite changes a column by making the table anew
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


if __name__ == "env_py":  # as Alembic names it; whoever else imports this module only reads it
    run()
