from dataclasses import replace
from typing import Any

import pytest

from tracelift_groups.records.group import Candidate, Group
from tracelift_groups.records.rubric import load_rubric
from tracelift_groups.validation.groups import check_rules
from tracelift_groups.validation.rule import RULES, RuleInput

RUBRIC = load_rubric("math")
REFERENCE = "3 x 4 = 12 nuts. 12 - 2 = 10 nuts are left."
CERTIFICATE = {"format_version": 1, "checker": "false_claim", "step": 0, "claim": "", "expected": "", "found": ""}
NAMES = ("problem_understanding", "solution_strategy", "step_coherence", "calculation_correctness", "answer_support")


def scored(reasoning: str, label: str, calculation: float, **fields: Any) -> Candidate:
    raw = dict.fromkeys(NAMES, 10.0) | {"calculation_correctness": calculation}
    note = {"annotator": "checks", "version": "1", "raw": raw, "samples": 1, "mean": None, "spread": 0.0, "reason": ""}
    scores = RUBRIC.scores(raw)
    return Candidate(
        reasoning,
        label,
        scores,
        RUBRIC.label(scores["total"]),
        RUBRIC.mean(raw),
        metadata={"annotations": [note], **fields.pop("metadata", {})},
        **fields,
    )


def flaw(index: int, before: str, after: str, kind: str = "calculation_error") -> Candidate:
    start = REFERENCE.index(before)
    edit = {"step": 0, "start": start, "end": start + len(before), "before": before, "after": after, "role": "origin"}
    perturbation = {"kind": kind, "step": 0, "changed_steps": [0], "edits": [edit]}
    return scored(
        REFERENCE.replace(before, after, 1),
        "negative",
        2.0,
        negative_kind=kind,
        negative_index=index,
        metadata={"perturbation": perturbation, "certificate": CERTIFICATE | {"answer_changes": index > 0}},
    )


GROUP = Group(
    "p-1",
    "bundled",
    "math",
    "Tom has 3 bags of 4 nuts and eats 2.",
    "10",
    (scored(REFERENCE, "positive", 10.0),),
    (flaw(0, "x 4", "x 5"), flaw(1, "= 12", "= 14"), flaw(2, "- 2", "+ 2"), flaw(3, "= 10", "= 11")),
    metadata={"format_version": 1, "domain": "math"},
)


def codes(group: Group, **limits: Any) -> list[str]:
    case = RuleInput(group, RUBRIC, **{"min_negatives": 4, "max_negatives": 6} | limits)
    return [finding.code for finding in check_rules(case).findings]


def with_flaw(**fields: Any) -> Group:
    """The group with its second negative changed."""
    return replace(
        GROUP,
        negative_bank=(GROUP.negative_bank[0], replace(GROUP.negative_bank[1], **fields), *GROUP.negative_bank[2:]),
    )


def rubric(**scores: Any) -> dict[str, Any]:
    return {"rubric": {**GROUP.negative_bank[1].rubric, **scores}}


def worded(text: str) -> Group:
    """The second negative says `text` instead; what was recorded about its making is taken out."""
    metadata = {name: value for name, value in GROUP.negative_bank[1].metadata.items() if name != "perturbation"}
    return with_flaw(reasoning=text, metadata=metadata)


def test_a_good_group_breaks_no_rule() -> None:
    assert codes(GROUP) == []


BREACHES = {
    "TG010": replace(GROUP, reference_solution=" "),
    "TG020": replace(
        GROUP,
        positive_pool=(),
        negative_bank=tuple(
            replace(f, metadata={name: value for name, value in f.metadata.items() if name != "perturbation"})
            for f in GROUP.negative_bank
        ),
    ),
    "TG021": with_flaw(label="positive"),
    "TG030": replace(GROUP, negative_bank=GROUP.negative_bank[:3]),
    "TG032": with_flaw(negative_index=7),
    "TG033": replace(
        GROUP,
        negative_bank=(
            replace(
                GROUP.negative_bank[0],
                metadata={**GROUP.negative_bank[0].metadata, "certificate": CERTIFICATE | {"answer_changes": True}},
            ),
            *GROUP.negative_bank[1:],
        ),
    ),
    "TG041": with_flaw(rubric={}, rubric_score_raw=None, rubric_label=""),
    "TG060": worded("3 x 4 = 12 nuts. #### 14"),
    "TG070": worded("3 x 4 = 14 nuts, by mistake."),
    "TG080": with_flaw(reasoning="3 x 4 = 14 nuts. 14 - 2 = 12 nuts are left."),
    "TG081": with_flaw(negative_kind="operator_swap"),
    "TG091": with_flaw(metadata={n: v for n, v in GROUP.negative_bank[1].metadata.items() if n != "certificate"}),
    "TG100": with_flaw(**rubric(step_coherence=5)),
    "TG101": with_flaw(rubric_score_raw=3.0),
    "TG102": with_flaw(rubric_label="excellent"),
}


@pytest.mark.parametrize("code", BREACHES)
def test_each_breach_is_found_and_nothing_else(code: str) -> None:
    assert [found for found in codes(BREACHES[code]) if found != "TG002"] == [code]


def test_a_row_that_breaks_the_schema_says_where() -> None:
    verdict = check_rules(RuleInput(with_flaw(**rubric(step_coherence=5)), RUBRIC, 4))
    finding = next(finding for finding in verdict.findings if finding.code == "TG002")
    assert "negative_bank[1].rubric.step_coherence" in finding.message


def test_a_negative_as_good_as_the_positive_has_no_margin() -> None:
    best = GROUP.positive_pool[0]
    group = with_flaw(
        rubric=best.rubric,
        rubric_label=best.rubric_label,
        rubric_score_raw=best.rubric_score_raw,
        metadata={**GROUP.negative_bank[1].metadata, "annotations": best.metadata["annotations"]},
    )
    assert codes(group) == ["TG040"]


def test_two_candidates_that_differ_in_white_space_only_are_duplicates() -> None:
    assert codes(worded(GROUP.negative_bank[0].reasoning.replace(". ", ".\n "))) == ["TG050"]


def test_scores_that_no_stored_annotation_gives_are_found() -> None:
    other = GROUP.negative_bank[1].metadata["annotations"][0]
    other = other | {"raw": other["raw"] | {"calculation_correctness": 3.0}}
    group = with_flaw(metadata={**GROUP.negative_bank[1].metadata, "annotations": [other]})
    assert codes(group) == ["TG101"]


def test_a_dimension_of_another_rubric_is_named() -> None:
    group = with_flaw(rubric={"clarity": 2, "total": 0.84}, metadata={})
    case = RuleInput(group, RUBRIC, 4)
    message = next(finding.message for finding in check_rules(case).findings if finding.code == "TG103")
    assert message.startswith('dimension "clarity" is not in rubric "math"')


@pytest.mark.parametrize("value", ["2", None, True, float("nan"), 2.5, -1])
def test_a_score_that_is_no_label_is_out_of_range(value: Any) -> None:
    assert "TG100" in codes(with_flaw(**rubric(step_coherence=value)))


@pytest.mark.parametrize("total", ["0.4", None, True, 1.2])
def test_a_total_that_is_no_number_breaks_a_rule_and_nothing_else_breaks(total: Any) -> None:
    assert "TG100" in codes(with_flaw(**rubric(total=total)))


def test_labels_and_total_of_another_file_must_be_possible_together() -> None:
    bare = replace(GROUP, metadata={}, positive_pool=(replace(GROUP.positive_pool[0], metadata={}),))
    flaws = [
        replace(
            f, metadata={}, rubric=dict.fromkeys(NAMES, 2) | {"total": 0.61}, rubric_score_raw=6.1, rubric_label="bad"
        )
        for f in GROUP.negative_bank
    ]
    findings = check_rules(RuleInput(replace(bare, negative_bank=tuple(flaws)), RUBRIC, 4)).findings
    assert {(f.code, f.severity) for f in findings} == {("TG101", "warning"), ("TG102", "warning")}


def test_a_file_without_metadata_says_what_was_not_checked() -> None:
    plain = [replace(c, metadata={}, rubric={}, rubric_label="", rubric_score_raw=None) for c in GROUP.candidates]
    group = replace(GROUP, metadata={}, positive_pool=tuple(plain[:1]), negative_bank=tuple(plain[1:]))
    verdict = check_rules(RuleInput(group, RUBRIC, 4))
    assert {(f.code, f.severity) for f in verdict.findings} == {("TG041", "warning")}
    assert set(verdict.unchecked) == {
        "TG031", "TG033", "TG040", "TG080", "TG081", "TG090", "TG091", "TG100", "TG101", "TG102", "TG103"
    }  # fmt: skip


def test_a_finding_tells_place_rule_message_and_fix() -> None:
    finding = check_rules(RuleInput(BREACHES["TG070"], RUBRIC, 4), "x.jsonl:3").findings[0]
    assert str(finding) == (
        "x.jsonl:3, p-1, negative 1 (calculation_error): TG070 error: contains 'by mistake'. "
        "Reword the flaw as if its author believed it."
    )


def test_every_rule_has_words_and_a_severity() -> None:
    assert len(RULES) == 26
    assert list(RULES) == sorted(RULES)
    for rule in RULES.values():
        assert rule.what.endswith(".")
        assert rule.fix.endswith(".")
        assert {rule.severity, rule.external_severity} <= {"error", "warning"}
    assert len({rule.name for rule in RULES.values()}) == len(RULES)
