"""Letters are kept as they were written; reminders of one person are counted and gathered."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)
OPEN = sa.text("settled_at is null")


def upgrade() -> None:
    """Add what the ledger keeps of a letter beyond its state."""
    for column in (
        sa.Column("message", sa.LargeBinary),
        sa.Column("sealed_for", sa.Text),
        sa.Column("person", sa.Text, sa.Computed("(\"order\" ->> 'to')", persisted=True)),
        sa.Column("merged_into", sa.Text),
        sa.Column("counted_at", MOMENT),
        sa.Column("above_cap", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("held_until", MOMENT),
    ):
        op.add_column("letter", column)
    op.create_index("ix_letter_merged_into", "letter", ["merged_into"])
    op.create_index("letter_open_of_person", "letter", ["person"], postgresql_where=OPEN)
    op.create_index("letter_counted", "letter", ["person", "counted_at"])
    op.create_index("letter_by_message_id", "letter", ["message_id"])
