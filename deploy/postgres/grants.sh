#!/bin/sh
# What the worker and the front desk may do, table by table, as the owner of the tables. Runs after
# the migrations. Whatever is not granted here is refused: a new table needs a new line.
set -eu

psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --single-transaction <<'SQL'
revoke all on all tables in schema public from mobility_app;
revoke create on schema public from public;
grant usage on schema public to mobility_app;

-- The journal is only ever added to.
grant select, insert on journal to mobility_app;

-- A logo is known by its hash: another one is another row.
grant select, insert on logo to mobility_app;

-- These change as a mobility goes on; nothing in them is deleted.
grant select, insert, update on
  organisation, person, hosting_offer, data_key, mobility, letter, document
to mobility_app;

-- Hosts' answers are added and completed; a place is held, taken and given back.
grant select, insert, update on host_answer to mobility_app;
grant select, insert, update, delete on place, hosting_pause to mobility_app;

-- A link is made anew, and once more.
grant select, insert, update on link_renewal to mobility_app;

-- An event is opened, and at last over; an answer that was published stays as it is.
grant select, insert, update on matchmaking_event to mobility_app;
grant select, insert on assignment to mobility_app;
grant usage on sequence offer_change to mobility_app;

-- These are written once, and deleted when an address changes or a mobility is erased.
grant select, insert, delete on
  participant, participant_address, writing, dead_address
to mobility_app;
SQL

echo 'mobility_app may do its work, and no more'
