"""Who travels in which mobility, by a keyed digest of their address."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add what near matches are found by; of mobilities that are there already it stays empty."""
    op.create_table(
        "participant_address",
        sa.Column("reference", sa.Text, sa.ForeignKey("mobility.reference"), primary_key=True),
        sa.Column("person", sa.Text, primary_key=True),
        sa.Column("digest", sa.Text, nullable=False),
    )
