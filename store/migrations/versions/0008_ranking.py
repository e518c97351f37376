"""What ranking looks for in large tables has an index: places by day, people by organisation."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the indexes."""
    op.create_index("ix_place_day", "place", ["day"])
    op.create_index("person_of_organisation", "person", [sa.text("(facts ->> 'organisation')")])
