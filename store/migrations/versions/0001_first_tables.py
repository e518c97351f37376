"""First tables: directory, mobilities, journal, letters, documents, keys."""

from alembic import op

from store.tables import APPEND_ONLY, metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table, and the trigger that guards the journal."""
    metadata.create_all(op.get_bind())
    for statement in APPEND_ONLY:
        op.execute(statement)
