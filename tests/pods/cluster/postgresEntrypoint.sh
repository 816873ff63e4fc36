#!/bin/bash
# Does of the entry point of PostgreSQL's image what a deployment relies on: it makes the database at the first start, with the
# user, the password and the name that the environment gives, and then becomes the server.
set -e

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  read -r -a options <<<"${POSTGRES_INITDB_ARGS:-}"
  initdb --pgdata "$PGDATA" --username "$POSTGRES_USER" --pwfile "$POSTGRES_PASSWORD_FILE" \
    --auth-host scram-sha-256 --auth-local trust "${options[@]}"
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  pg_ctl --pgdata "$PGDATA" -o "-c listen_addresses=''" -w start
  if [ "${POSTGRES_DB:-$POSTGRES_USER}" != postgres ]; then
    psql --username "$POSTGRES_USER" --dbname postgres -c "CREATE DATABASE \"${POSTGRES_DB:-$POSTGRES_USER}\""
  fi
  pg_ctl --pgdata "$PGDATA" -m fast -w stop
fi
exec "$@" -D "$PGDATA" -c listen_addresses='*'
