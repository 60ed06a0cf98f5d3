"""Where a text states its answer: `\\boxed{…}` or `####`, else "answer is …", else the whole of a bare answer.

One pass over the text, so that 100,000 characters cost milliseconds. The last statement counts. What follows an answer
as a reason ("18 because …", "18. She …") is cut off; a second candidate ("5 or 7", "5. No, 7") never is.
"""

import re

_MARK = re.compile(r"(?P<box>\\f?boxed\s*\{)|(?P<hashes>####)|\\.|(?P<open>\{)|(?P<close>\})", re.DOTALL)
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
    opened: list[int] = []  # where a box's content begins; -1 for any other brace
    found: tuple[int, int] | None = None
    for mark in _MARK.finditer(text):
        if mark["box"]:
            opened.append(mark.end())
        elif mark["open"]:
            opened.append(-1)
        elif mark["close"] and opened:
            start = opened.pop()
            if start >= 0:
                found = (start, mark.start())
        elif mark["hashes"]:
            line_end = text.find("\n", mark.end())
            found = (mark.end(), line_end if line_end >= 0 else len(text))
    return text[slice(*found)] if found else None


def _said(text: str) -> str | None:
    said = [found.end() for found in _ANSWER_IS.finditer(text)]
    if not said:
        return None
    return _REASON.split(_SENTENCE_END.split(text[said[-1] :], maxsplit=1)[0], maxsplit=1)[0]


def _bare(text: str) -> str:
    text = _REASON.split(text.strip(), maxsplit=1)[0]
    end = _SENTENCE_END.search(text)
    return text[: end.start()] if end and _PROSE.fullmatch(text, end.end()) else text
