"""Text for display: a flaw in pieces, its certificate as a sentence, a source without its folders."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any  # JSON

from tracelift_groups.records.group import Candidate, Group
from tracelift_groups.records.perturbation import Perturbation


@dataclass(frozen=True)
class Piece:
    """A piece of a flaw. `role` is empty for unchanged text (`before` equals `after`), else the role of the edit."""

    before: str
    after: str
    role: str = ""


def diff(group: Group, flaw: Candidate) -> Iterator[Piece]:
    """The flaw as pieces relative to its positive; one plain piece if no perturbation derives it from a positive.

    Raises RecordError if the perturbation is malformed.
    """
    stored = flaw.metadata.get("perturbation")
    edits = Perturbation.from_json(stored).edits if stored else ()
    for positive in group.positive_pool:
        text = positive.reasoning
        if edits and all(text[edit.start : edit.end] == edit.before for edit in edits):
            end = 0
            for edit in edits:
                yield from _plain(text[end : edit.start])
                yield Piece(edit.before, edit.after, edit.role)
                end = edit.end
            yield from _plain(text[end:])
            return
    yield from _plain(flaw.reasoning)


def certificate_sentence(certificate: Mapping[str, Any]) -> str:
    """`step 2: 48/2 = 26; expected 24, found 26 (false_claim); the answer changes`. Empty without a certificate."""
    if not certificate:
        return ""
    end = "the answer changes" if certificate.get("answer_changes") else "the answer stays right"
    step = certificate.get("step")
    place = f"step {step + 1}" if isinstance(step, int) else "no step"
    return (
        f"{place}: {certificate.get('claim')}; expected {certificate.get('expected')}, "
        f"found {certificate.get('found')} ({certificate.get('checker')}); {end}"
    )


def source_shown(spec: str) -> str:
    """A source's spec without the folders of its path, which may be private: `gsm8k:train.jsonl`."""
    name, colon, argument = spec.partition(":")
    if not colon or "hf" in spec.split(":")[:2]:
        return spec
    path, mark, fields = argument.partition("?")
    return f"{name}:{PurePath(path).name}{mark}{fields}"


def _plain(text: str) -> Iterator[Piece]:
    if text:
        yield Piece(text, text)
