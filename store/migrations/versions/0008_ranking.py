"""What ranking looks for in large tables has an index, and answers of hosts tell when they came."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the indexes, and the transaction of an answer; those that are there count as new."""
    op.create_index("ix_place_day", "place", ["day"])
    op.create_index("person_of_organisation", "person", [sa.text("(facts ->> 'organisation')")])
    op.create_index("mobility_sent_by", "mobility", [sa.text("(request ->> 'sending')")])
    transaction = sa.text("cast(cast(pg_current_xact_id() as text) as bigint)")
    answered_in = sa.Column(
        "answered_in", sa.BigInteger, nullable=False, server_default=transaction
    )
    op.add_column("host_answer", answered_in)
    op.create_index(
        "host_answer_answered_in",
        "host_answer",
        ["answered_in"],
        postgresql_where=sa.text("answer is not null"),
    )
