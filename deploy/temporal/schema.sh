#!/bin/sh
# Temporal's two schemas, created or brought to the version of this image. Safe to run again.
# The databases exist already and belong to the role: it needs no right to create any.
set -eu

export SQL_PLUGIN=postgres12 SQL_HOST=postgres SQL_PORT=5432 SQL_USER=temporal

for pair in temporal:temporal temporal_visibility:visibility; do
  database=${pair%%:*}
  schema=${pair##*:}
  temporal-sql-tool --db "$database" setup-schema -v 0.0
  temporal-sql-tool --db "$database" update-schema \
    -d "/etc/temporal/schema/postgresql/v12/$schema/versioned"
done

echo 'the schemas are up to date'
