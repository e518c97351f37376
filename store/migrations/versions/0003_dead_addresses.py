"""Addresses at which letters do not arrive, and which letters a mobility has to be told of."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

MOMENT = sa.DateTime(timezone=True)
TO_TELL = sa.text("failed_at is not null and told_at is null")
SOMEBODY_OUT_OF_REACH = sa.text("view -> 'out_of_reach' <> '{}'::jsonb")


def upgrade() -> None:
    """Add what is known of addresses, and what has to be told."""
    op.create_table(
        "dead_address",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("reference", sa.Text, sa.ForeignKey("mobility.reference"), nullable=False),
        sa.Column("letter", sa.Text, nullable=False),
        sa.Column("since", MOMENT, nullable=False, server_default=sa.func.now()),
    )
    op.create_index("ix_dead_address_reference", "dead_address", ["reference"])
    op.add_column("letter", sa.Column("failed_at", MOMENT))
    op.add_column("letter", sa.Column("told_at", MOMENT))
    op.create_index("letter_to_tell", "letter", ["failed_at"], postgresql_where=TO_TELL)
    op.create_index(
        "mobility_out_of_reach", "mobility", ["reference"], postgresql_where=SOMEBODY_OUT_OF_REACH
    )
