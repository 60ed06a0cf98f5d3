"""Where a text states its answer: `\\boxed{…}` or `####`, else "answer is …", else the whole of a bare answer.

One pass over the text, so that 100,000 characters cost milliseconds. The last statement counts. What follows an answer
as a reason ("18 because …", "18. She …") is cut off; a second candidate ("5 or 7", "5. No, 7") never is.
"""

import re

from tracelift_groups.math.text.markup import boxes

_HASHES = re.compile(r"\\.|(####)", re.DOTALL)
_ANSWER_IS = re.compile(
    r"\banswer(?:\*\*)?(?:[ \t]+(?:is|are|equals|would be|will be|must be)\b|[ \t]*(?:\*\*)?[ \t]*[:=])[\s:*]*",
    re.IGNORECASE,
)
# `3.14` is no end, nor is the sign of a factorial.
_SENTENCE_END = re.compile(r"(?:[.?]|(?<=[A-Za-z]{2})!)(?=\**(?:\s|\Z))(?<![ap]\.m\.)|\n")
_PROSE = re.compile(r"(?=[\s\S]{0,200}?\b[^\W\d_]{3,}\s+[^\W\d_]{2,}\b)[^\d\\]*")  # no list of further candidates
_REASON = re.compile(r",?\s+(?:because|since|as|so|which|where|that is)\b", re.IGNORECASE)


def extract(text: str) -> str:
    """The stated answer, stripped; the empty string when the last statement is empty."""
    found = _marked(text)
    if found is None:
        found = _said(text)
    if found is None:
        found = _bare(text)
    inner = _marked(found) if "\\boxed" in found or "\\fbox" in found else None
    return (found if inner is None else inner).strip()


def _marked(text: str) -> str | None:
    """What the last balanced box, or the line behind the last ####, holds; of nested boxes the outermost."""
    found = [(box.end - 1, box.inner, box.inner_end) for box in boxes(text) if box.braced]
    for mark in _HASHES.finditer(text):
        if mark[1]:
            line_end = text.find("\n", mark.end())
            found.append((mark.start(), mark.end(), line_end if line_end >= 0 else len(text)))
    if not found:
        return None
    _, start, end = max(found)
    return text[start:end]


def _said(text: str) -> str | None:
    said = [found.end() for found in _ANSWER_IS.finditer(text)]
    if not said:
        return None
    return _REASON.split(_SENTENCE_END.split(text[said[-1] :], maxsplit=1)[0], maxsplit=1)[0]


def _bare(text: str) -> str:
    text = _REASON.split(text.strip(), maxsplit=1)[0]
    end = _SENTENCE_END.search(text)
    return text[: end.start()] if end and _PROSE.fullmatch(text, end.end()) else text
