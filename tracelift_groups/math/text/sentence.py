"""Sentences of a trace: the words that open a conclusion, and the minimum length of a sentence."""

import re

SENTENCE = 20  # characters; shorter texts may be repeated for good reason


_CONCLUDES = re.compile(r"\s*(?:therefore|thus|hence|altogether|in total|in all|overall|finally)\b", re.IGNORECASE)


def concludes(step: str) -> bool:
    """Whether a step opens the way a conclusion does."""
    return _CONCLUDES.match(step) is not None
