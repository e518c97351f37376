"""Matchmaking events, and what each of their rounds has answered."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the two tables, and a way to the requests of an event."""
    now = sa.func.now()
    op.create_table(
        "matchmaking_event",
        sa.Column("reference", sa.Text, primary_key=True),
        sa.Column("facts", JSONB, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False, server_default=now),
        sa.Column("over_at", MOMENT),
    )
    event = sa.ForeignKey("matchmaking_event.reference")
    op.create_table(
        "assignment",
        sa.Column("event", sa.Text, event, primary_key=True),
        sa.Column("round", sa.Integer, primary_key=True),
        sa.Column("body", JSONB, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("computed_at", MOMENT, nullable=False, server_default=now),
    )
    op.create_index(
        "mobility_of_event", "mobility", [sa.text("(request ->> 'event')")],
        postgresql_where=sa.text("(request ->> 'event') is not null"),
    )  # fmt: skip
