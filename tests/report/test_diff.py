from dataclasses import replace

import pytest

from tracelift_groups.errors import RecordError
from tracelift_groups.records.group import Candidate, Group
from tracelift_groups.report.diff import Piece, certificate_sentence, diff, source_shown

TEXT = "48/2 = 24 in May. 48+24 = 72."


def edit(start: int, before: str, after: str, role: str) -> dict[str, object]:
    end = start + len(before)
    return {"step": 0, "start": start, "end": end, "before": before, "after": after, "role": role}


EDITS = [edit(7, "24", "26", "origin"), edit(21, "24", "26", "propagated"), edit(26, "72", "74", "propagated")]
FLAW = Candidate(
    "48/2 = 26 in May. 48+26 = 74.",
    "negative",
    metadata={"perturbation": {"kind": "calculation_error", "step": 0, "edits": EDITS}},
)
GROUP = Group("p", "s", "math", "?", "72", (Candidate("other", "positive"), Candidate(TEXT, "positive")), (FLAW,))


def test_the_pieces_are_the_flaw_with_its_edits_marked() -> None:
    found = list(diff(GROUP, FLAW))
    assert "".join(piece.after for piece in found) == FLAW.reasoning
    assert "".join(piece.before for piece in found) == TEXT
    assert [piece for piece in found if piece.role] == [
        Piece("24", "26", "origin"),
        Piece("24", "26", "propagated"),
        Piece("72", "74", "propagated"),
    ]


def test_a_flaw_without_a_fitting_perturbation_is_one_plain_piece() -> None:
    assert list(diff(GROUP, replace(FLAW, metadata={}))) == [Piece(FLAW.reasoning, FLAW.reasoning)]
    assert list(diff(replace(GROUP, positive_pool=()), FLAW)) == [Piece(FLAW.reasoning, FLAW.reasoning)]


def test_a_malformed_perturbation_is_refused() -> None:
    with pytest.raises(RecordError):
        list(diff(GROUP, replace(FLAW, metadata={"perturbation": {"kind": "x"}})))


def test_a_certificate_reads_as_a_sentence() -> None:
    stored = {"checker": "false_claim", "step": 1, "claim": "48/2 = 26", "expected": "24", "found": "26"}
    sentence = certificate_sentence(stored | {"answer_changes": True})
    assert sentence == "step 2: 48/2 = 26; expected 24, found 26 (false_claim); the answer changes"
    assert certificate_sentence({}) == ""


def test_a_source_is_shown_without_its_folders() -> None:
    assert source_shown("gsm8k:/data/me/train.jsonl") == "gsm8k:train.jsonl"
    assert source_shown("file:../x/a.csv?problem=question") == "file:a.csv?problem=question"
    assert source_shown("hf:org/name:main") == "hf:org/name:main"
    assert source_shown("bundled") == "bundled"
    assert source_shown("stdio:hf:deepmind/code_contests") == "stdio:hf:deepmind/code_contests"
