"""Hypothesis looks at the same examples each time, so that a red build is red again at home."""

from hypothesis import settings

settings.register_profile("domain", deadline=None, derandomize=True, database=None)
settings.load_profile("domain")
