"""Places held and taken by the day, what hosts answered, who is paused; which offers changed."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add what matching goes by; offers that are there count as changed now."""
    _let_changes_of_offers_be_seen()
    _add_places()
    _add_answers()


def _let_changes_of_offers_be_seen() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("offer_change")))
    following = sa.text("nextval('offer_change')")
    change = sa.Column("change", sa.BigInteger, nullable=False, server_default=following)
    op.add_column("hosting_offer", change)
    op.create_index("ix_hosting_offer_change", "hosting_offer", ["change"])
    op.add_column("hosting_offer", sa.Column("withdrawn_at", MOMENT))


def _add_places() -> None:
    op.create_table(
        "place",
        sa.Column("offer", sa.Text, primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("reference", sa.Text, sa.ForeignKey("mobility.reference"), primary_key=True),
        sa.Column("organisation", sa.Text, nullable=False),
        sa.Column("guests", sa.Integer, nullable=False),
        sa.Column("is_taken", sa.Boolean, nullable=False),
        sa.Column("held_at", MOMENT, nullable=False, server_default=sa.func.now()),
    )
    op.create_index("ix_place_reference", "place", ["reference"])
    op.create_index("ix_place_organisation", "place", ["organisation"])


def _add_answers() -> None:
    op.create_table(
        "host_answer",
        sa.Column("reference", sa.Text, sa.ForeignKey("mobility.reference"), primary_key=True),
        sa.Column("asked_n", sa.Integer, primary_key=True),
        sa.Column("organisation", sa.Text, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT),
        sa.Column("answer", sa.Text),
        sa.Column("is_forgiven", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.create_index("host_answer_of_organisation", "host_answer", ["organisation", "asked_at"])
    op.create_table(
        "hosting_pause",
        sa.Column("organisation", sa.Text, sa.ForeignKey("organisation.id"), primary_key=True),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("noticed_by", sa.Text),
    )
