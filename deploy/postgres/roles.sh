#!/bin/sh
# Roles and databases, as PostgreSQL's superuser. Safe to run again: it runs before every start, so
# a password changed in .env is changed here too.
#
# The passwords reach psql through the environment, never through a command line.
set -eu

psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 <<'SQL'
\getenv temporal_password TEMPORAL_DB_PASSWORD
\getenv owner_password MOBILITY_OWNER_PASSWORD
\getenv app_password MOBILITY_APP_PASSWORD

select format('create role %I', name)
from unnest(array['temporal', 'mobility_owner', 'mobility_app']) as name
where not exists (select from pg_roles where rolname = name)
\gexec

-- The statements below hold passwords: whatever the server logs, it does not log these.
set log_statement = 'none';
set log_min_error_statement = 'panic';
set log_min_duration_statement = -1;
alter role temporal login nosuperuser nocreatedb nocreaterole password :'temporal_password';
alter role mobility_owner login nosuperuser nocreatedb nocreaterole password :'owner_password';
alter role mobility_app login nosuperuser nocreatedb nocreaterole password :'app_password';

select format('create database %I owner %I', name, owner)
from (values
  ('temporal', 'temporal'),
  ('temporal_visibility', 'temporal'),
  ('mobility', 'mobility_owner')
) as wanted (name, owner)
where not exists (select from pg_database where datname = name)
\gexec

revoke all on database temporal, temporal_visibility, mobility from public;
grant connect on database mobility to mobility_app;

-- A transaction that somebody forgot must not hold up everybody else.
alter role mobility_app set idle_in_transaction_session_timeout = '60s';
alter role mobility_app set lock_timeout = '30s';
SQL

echo 'roles and databases are in place'
