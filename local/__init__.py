"""The embedded default: Temporal, PostgreSQL and a mail catcher on this machine."""


class StackTrouble(Exception):  # noqa: N818 - told to the person in front of the screen
    """Something of the embedded stack does not start: one sentence with where to look."""
