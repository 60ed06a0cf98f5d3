"""Sentences of a trace: what opens a conclusion, and how long a sentence is at least."""

import re

SENTENCE = 20  # characters; less than this may be said twice with reason


_CONCLUDES = re.compile(r"\s*(?:therefore|thus|hence|altogether|in total|in all|overall|finally)\b", re.IGNORECASE)


def concludes(step: str) -> bool:
    """Whether a step opens the way a conclusion does."""
    return _CONCLUDES.match(step) is not None
