"""The tables. Anything that names a person of one mobility is sealed with that mobility's key."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

metadata = sa.MetaData()

NOW = sa.func.now()
MOMENT = sa.DateTime(timezone=True)
OFFER_CHANGE = sa.Sequence("offer_change", metadata=metadata)
NEXT_CHANGE = OFFER_CHANGE.next_value()
TRANSACTION = sa.text("cast(cast(pg_current_xact_id() as text) as bigint)")

organisation = sa.Table(
    "organisation",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("facts", JSONB, nullable=False),
)

person = sa.Table(
    "person",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("email", sa.Text, nullable=False, unique=True),
    sa.Column("facts", JSONB, nullable=False),
    sa.Index("person_of_organisation", sa.text("(facts ->> 'organisation')")),
)

hosting_offer = sa.Table(
    "hosting_offer",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("facts", JSONB, nullable=False),
    # Rises with every change of any offer: what has changed since can be read alone.
    sa.Column("change", sa.BigInteger, nullable=False, index=True, server_default=NEXT_CHANGE),
    sa.Column("withdrawn_at", MOMENT),
)

# Places of one day that a mobility has at a host: held while the host is asked, taken once it has
# said yes. What is neither any more is deleted, and so is all of it once the mobility is over.
place = sa.Table(
    "place",
    metadata,
    sa.Column("offer", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True, index=True),
    sa.Column("reference", sa.ForeignKey("mobility.reference"), primary_key=True, index=True),
    sa.Column("organisation", sa.Text, nullable=False, index=True),
    sa.Column("guests", sa.Integer, nullable=False),
    sa.Column("is_taken", sa.Boolean, nullable=False),
    sa.Column("held_at", MOMENT, nullable=False, server_default=NOW),  # on the wall clock
)

# What hosts did with the requests that were put to them: the ranking goes by it, and a host that
# leaves several in a row unanswered is paused.
host_answer = sa.Table(
    "host_answer",
    metadata,
    sa.Column("reference", sa.ForeignKey("mobility.reference"), primary_key=True),
    sa.Column("asked_n", sa.Integer, primary_key=True),  # the entry of the journal that asked
    sa.Column("organisation", sa.Text, nullable=False),
    sa.Column("asked_at", MOMENT, nullable=False),
    sa.Column("answered_at", MOMENT),
    # accepted, declined, other dates, silent; none while the question is open or when it fell.
    sa.Column("answer", sa.Text),
    # Before the host said it is back: no reason to pause it any more.
    sa.Column("is_forgiven", sa.Boolean, nullable=False, server_default=sa.false()),
    # The transaction that asked or, later on, answered: what has changed since can be read alone.
    sa.Column("answered_in", sa.BigInteger, nullable=False, server_default=TRANSACTION),
    sa.Index("host_answer_of_organisation", "organisation", "asked_at"),
    sa.Index(
        "host_answer_answered_in", "answered_in", postgresql_where=sa.text("answer is not null")
    ),
)

# A host that is not asked for the time being, until somebody there says they are back.
hosting_pause = sa.Table(
    "hosting_pause",
    metadata,
    sa.Column("organisation", sa.ForeignKey("organisation.id"), primary_key=True),
    sa.Column("since", MOMENT, nullable=False),
    sa.Column("noticed_by", sa.Text),  # the mobility that has to tell the host
)

# What an event asks for: who runs it, until when requests join, how often hosts are asked.
matchmaking_event = sa.Table(
    "matchmaking_event",
    metadata,
    sa.Column("reference", sa.Text, primary_key=True),
    sa.Column("facts", JSONB, nullable=False),
    sa.Column("opened_at", MOMENT, nullable=False, server_default=NOW),
    sa.Column("over_at", MOMENT),
)

# What an event has answered in each round, with question and proof; references only, no people.
assignment = sa.Table(
    "assignment",
    metadata,
    sa.Column("event", sa.ForeignKey("matchmaking_event.reference"), primary_key=True),
    sa.Column("round", sa.Integer, primary_key=True),
    sa.Column("body", JSONB, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("computed_at", MOMENT, nullable=False, server_default=NOW),
)

# Organisations name theirs by its hash; a picture is kept once, whoever shows it.
logo = sa.Table(
    "logo",
    metadata,
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)

# How often somebody's link to a mobility was made anew, by which those before it are dead.
link_renewal = sa.Table(
    "link_renewal",
    metadata,
    sa.Column("reference", sa.ForeignKey("mobility.reference"), primary_key=True),
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("times", sa.Integer, nullable=False),
)

data_key = sa.Table(
    "data_key",
    metadata,
    sa.Column("scope", sa.Text, primary_key=True),
    sa.Column("wrapped", sa.LargeBinary),
    sa.Column("created_at", MOMENT, nullable=False, server_default=NOW),
    sa.Column("destroyed_at", MOMENT),
)

# Every case: mobilities, and the applications to join, whose references begin with A.
mobility = sa.Table(
    "mobility",
    metadata,
    sa.Column("reference", sa.Text, primary_key=True),
    sa.Column("request_key", sa.Text, nullable=False, unique=True),
    sa.Column("request", JSONB),
    sa.Column("view", JSONB),
    sa.Column("n", sa.Integer, nullable=False, server_default="0"),
    sa.Column("requested_at", MOMENT, nullable=False, server_default=NOW),
    sa.Index(
        "mobility_of_event", sa.text("(request ->> 'event')"),
        postgresql_where=sa.text("(request ->> 'event') is not null"),
    ),
    sa.Index("mobility_sent_by", sa.text("(request ->> 'sending')")),
    sa.Index(
        "mobility_out_of_reach", "reference",
        postgresql_where=sa.text("view -> 'out_of_reach' <> '{}'::jsonb"),
    ),
)  # fmt: skip

participant = sa.Table(
    "participant",
    metadata,
    sa.Column("reference", sa.ForeignKey("mobility.reference"), primary_key=True),
    # Somebody of the directory may travel more than once, under the same id.
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)

# Whoever travels is known by a keyed digest of their address, so that two mobilities are found to
# have somebody in common without opening either.
participant_address = sa.Table(
    "participant_address",
    metadata,
    sa.Column("reference", sa.ForeignKey("mobility.reference"), primary_key=True),
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False),
)

writing = sa.Table(
    "writing",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("reference", sa.ForeignKey("mobility.reference"), nullable=False, index=True),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)

journal = sa.Table(
    "journal",
    metadata,
    sa.Column("reference", sa.ForeignKey("mobility.reference"), primary_key=True),
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

letter = sa.Table(
    "letter",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("reference", sa.ForeignKey("mobility.reference"), nullable=False, index=True),
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
    # The very text, sealed; of a letter about several mobilities, under the keys of all of them.
    sa.Column("message", sa.LargeBinary),
    sa.Column("sealed_for", sa.Text),
    # Reminders of one person are counted over all mobilities.
    sa.Column("person", sa.Text, sa.Computed("(\"order\" ->> 'to')", persisted=True)),
    sa.Column("merged_into", sa.Text, index=True),
    sa.Column("counted_at", MOMENT),
    sa.Column("above_cap", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("held_until", MOMENT),
    # It cannot arrive because of its address, and its mobility has been told so.
    sa.Column("failed_at", MOMENT),
    sa.Column("told_at", MOMENT),
    # On the wall clock, where the moment of a letter is its mobility's own.
    sa.Column("queued_at", MOMENT, nullable=False, server_default=NOW),
    sa.Index(
        "letter_to_deliver", "next_attempt_at", postgresql_where=sa.text("settled_at is null")
    ),
    sa.Index("letter_open_of_person", "person", postgresql_where=sa.text("settled_at is null")),
    sa.Index("letter_counted", "person", "counted_at"),
    sa.Index("letter_by_message_id", "message_id"),
    sa.Index(
        "letter_to_tell", "failed_at",
        postgresql_where=sa.text("failed_at is not null and told_at is null"),
    ),
)  # fmt: skip

# Letters to such an address do not arrive. It is known by a keyed digest, and by the letter that
# has shown it.
dead_address = sa.Table(
    "dead_address",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("reference", sa.ForeignKey("mobility.reference"), nullable=False, index=True),
    sa.Column("letter", sa.Text, nullable=False),
    sa.Column("since", MOMENT, nullable=False, server_default=NOW),
)

document = sa.Table(
    "document",
    metadata,
    sa.Column("reference", sa.ForeignKey("mobility.reference"), primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("sealed", sa.LargeBinary),
    sa.Column("drawn_up_at", MOMENT, nullable=False, server_default=NOW),
)
