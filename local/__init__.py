"""The embedded default: Temporal, PostgreSQL and a mail catcher on this machine."""
