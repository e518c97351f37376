#!/bin/sh
# The namespace, how long closed mobilities are kept in it, and its search attributes. Safe to run
# again: a retention changed in .env is changed here too.
#
# The command line reads TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE by itself.
set -eu

# Try for a minute: a server that has just started does not answer, and a namespace that has just
# been made is not known everywhere at once.
patiently() {
  attempts=1
  until "$@"; do
    if [ "$attempts" -ge 30 ]; then
      echo "still no success: $*" >&2
      return 1
    fi
    attempts=$((attempts + 1))
    sleep 2
  done
}

patiently temporal operator cluster health

if temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then
  patiently temporal operator namespace update --namespace "$TEMPORAL_NAMESPACE" \
    --retention "$RETENTION"
else
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION" \
    --description 'Staff and learner mobilities'
fi

patiently temporal operator search-attribute list >/dev/null
known=$(temporal operator search-attribute list)

add() {
  if ! echo "$known" | grep -qw "$1"; then
    patiently temporal operator search-attribute create --name "$1" --type "$2"
  fi
}

add MobilityPhase Keyword
add MobilityOutcome Keyword
add SendingOrganisation Keyword
add ReceivingOrganisation Keyword
add JournalHead Keyword

echo "the namespace $TEMPORAL_NAMESPACE keeps closed mobilities for $RETENTION"
