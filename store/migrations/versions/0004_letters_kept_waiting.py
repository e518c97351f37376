"""Since when a letter is queued, by the wall clock: what an outage has kept is one letter."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the moment at which a letter was queued; of those that are, it is now."""
    moment = sa.DateTime(timezone=True)
    op.add_column(
        "letter", sa.Column("queued_at", moment, nullable=False, server_default=sa.func.now())
    )
