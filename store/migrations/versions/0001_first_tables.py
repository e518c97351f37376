"""First tables: directory, mobilities, journal, letters, documents, keys."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None

NOW = sa.func.now()
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create every table, and the trigger that guards the journal."""
    _directory()
    _mobilities()
    _journal()
    _letters()
    _documents()


def _directory() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("facts", JSONB, nullable=False),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("email", sa.Text, nullable=False, unique=True),
        sa.Column("facts", JSONB, nullable=False),
    )
    op.create_table(
        "hosting_offer",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("facts", JSONB, nullable=False),
    )


def _mobilities() -> None:
    op.create_table(
        "data_key",
        sa.Column("scope", sa.Text, primary_key=True),
        sa.Column("wrapped", sa.LargeBinary),
        sa.Column("created_at", MOMENT, nullable=False, server_default=NOW),
        sa.Column("destroyed_at", MOMENT),
    )
    op.create_table(
        "mobility",
        sa.Column("reference", sa.Text, primary_key=True),
        sa.Column("request_key", sa.Text, nullable=False, unique=True),
        sa.Column("request", JSONB),
        sa.Column("view", JSONB),
        sa.Column("n", sa.Integer, nullable=False, server_default="0"),
        sa.Column("requested_at", MOMENT, nullable=False, server_default=NOW),
    )
    op.create_table(
        "participant",
        sa.Column("reference", sa.Text, sa.ForeignKey("mobility.reference"), primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "writing",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column(
            "reference", sa.Text, sa.ForeignKey("mobility.reference"), nullable=False, index=True
        ),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )


def _journal() -> None:
    op.create_table(
        "journal",
        sa.Column("reference", sa.Text, sa.ForeignKey("mobility.reference"), primary_key=True),
        sa.Column("n", sa.Integer, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("chain", sa.Text, nullable=False),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("activity_id", sa.Text, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False, server_default=NOW),
        sa.CheckConstraint("n > 0", name="journal_starts_at_one"),
    )
    # Nobody rewrites the journal by accident. An owner of the table can still do it on purpose,
    # which the chain and Temporal's own copy of it then show.
    op.execute(
        """
        create function refuse_to_change_the_journal() returns trigger language plpgsql as $$
        begin
          raise exception 'the journal is never changed';
        end $$
        """
    )
    op.execute(
        """
        create trigger journal_is_append_only before update or delete or truncate on journal
        for each statement execute function refuse_to_change_the_journal()
        """
    )


def _letters() -> None:
    op.create_table(
        "letter",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column(
            "reference", sa.Text, sa.ForeignKey("mobility.reference"), nullable=False, index=True
        ),
        sa.Column("order", JSONB, nullable=False),
        sa.Column("state", sa.Text, nullable=False, server_default="intended"),
        sa.Column("intended_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("unanswered", sa.Integer, nullable=False, server_default="0"),
        sa.Column("next_attempt_at", MOMENT, nullable=False, server_default=NOW),
        sa.Column("message_id", sa.Text),
        sa.Column("rendered_sha256", sa.Text),
        sa.Column("settled_at", MOMENT),
        sa.Column("remark", sa.Text),
        sa.Index(
            "letter_to_deliver", "next_attempt_at", postgresql_where=sa.text("settled_at is null")
        ),
    )


def _documents() -> None:
    op.create_table(
        "document",
        sa.Column("reference", sa.Text, sa.ForeignKey("mobility.reference"), primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("drawn_up_at", MOMENT, nullable=False, server_default=NOW),
    )
