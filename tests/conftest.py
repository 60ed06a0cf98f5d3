"""Settings of all tests: no verdict depends on a clock, so Hypothesis has no deadline."""

from hypothesis import settings

settings.register_profile("no-clock", deadline=None)
settings.load_profile("no-clock")
