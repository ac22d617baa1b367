"""The steps from each schema of the records to the next one. They are run by `gait.records.database`, in one transaction.

versions/0001_first.py      one file a step, numbered; a step that was in a release is never changed
env.py                      what Alembic calls
"""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

TABLE = "alembic_version"
FOLDER = Path(__file__).resolve().parent


def config() -> Config:
    """Where the steps are. There is no alembic.ini: the package brings them."""
    made = Config()
    made.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    return made


@cache
def revisions() -> tuple[str, ...]:
    """All of them, the oldest first."""
    steps = ScriptDirectory.from_config(config()).walk_revisions()
    return tuple(reversed([step.revision for step in steps]))


def newest() -> str:
    """Today's."""
    return revisions()[-1]


def run(connection: Connection, to: str) -> None:
    """Bring the database of that connection to the revision `to`, inside the transaction it is in."""
    steps = config()
    steps.attributes["connection"] = connection
    command.upgrade(steps, to)
