"""How often links were made anew."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the table."""
    mobility = sa.ForeignKey("mobility.reference")
    op.create_table(
        "link_renewal",
        sa.Column("reference", sa.Text, mobility, primary_key=True),
        sa.Column("person", sa.Text, primary_key=True),
        sa.Column("times", sa.Integer, nullable=False),
    )
