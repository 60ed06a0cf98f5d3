"""The two domains behind one face."""

from dataclasses import replace

import pytest
from synthetic_problems import CLIPS

from tracelift_groups.domain import domain_named, rubric_name
from tracelift_groups.records.seed import DOMAINS, Seed, Test
from tracelift_groups.records.stage import Drop

DOUBLE = Seed(
    "p", "code", "t", "code", "Double it. Input:\n```\n4\n```\nOutput:\n```\n8\n```\n", "", tests=(Test("4", "8"),)
)


@pytest.mark.parametrize("name", DOMAINS)
def test_each_domain_has_a_name_and_a_rubric_of_its_own(name: str) -> None:
    domain = domain_named(name)
    assert (domain.name, rubric_name(name, "")) == (name, domain.rubric)
    assert rubric_name(name, "clarity") == "clarity"


def test_there_is_no_third_domain() -> None:
    with pytest.raises(ValueError, match="'prose'"):
        domain_named("prose")


@pytest.mark.parametrize(
    ("artifact", "right"), [("109", True), ("The answer is 109.", True), ("108", False), ("218 / 2 + 0", None)]
)
def test_an_answer_is_right_wrong_or_undecided(artifact: str, right: bool | None) -> None:
    assert domain_named("math").verify_artifact(CLIPS, artifact) is right


def test_a_program_is_right_when_it_passes_every_test() -> None:
    code = domain_named("code")
    assert code.verify_artifact(DOUBLE, "print(2 * int(input()))") is True
    assert code.verify_artifact(replace(DOUBLE, tests=(Test("4", "8"), Test("5", "9"))), "print(8)") is False
    assert code.verify_artifact(replace(DOUBLE, tests=()), "print(8)") is None


def test_a_test_without_a_verdict_says_nothing_about_a_program() -> None:
    broken = Test(assertion="assert 1 ==")
    seed = replace(DOUBLE, entry_point="f", tests=(broken, Test(assertion="assert f(1) == 2")))
    assert domain_named("code").verify_artifact(seed, "def f(x):\n    return 2 * x\n") is None
    assert domain_named("code").verify_artifact(seed, "def f(x):\n    return x\n") is False


def test_a_reference_trace_is_the_solution_or_the_program_in_sentences() -> None:
    text = domain_named("math").reference_text(CLIPS)
    assert isinstance(text, str)
    assert domain_named("math").parse_reference(CLIPS, text).text == text
    program = replace(DOUBLE, program="print(2 * int(input()))")
    plan = "- Print 2 times the next line of the input as a whole number."
    assert domain_named("code").reference_text(program) == plan
    assert domain_named("code").parse_reference(program, plan).text == plan
    drops = [
        domain_named("math").reference_text(replace(CLIPS, solution=None)),
        domain_named("code").reference_text(DOUBLE),
        domain_named("code").reference_text(replace(DOUBLE, program="print(3)")),
        domain_named("code").reference_text(replace(DOUBLE, program="class A:\n    pass")),
    ]
    rules = [drop.rule for drop in drops if isinstance(drop, Drop)]
    assert rules == ["no-solution", "no-program", "no-verdict", "not-told"]


def test_each_domain_knows_the_markup_of_its_artifact() -> None:
    assert [domain_named("math").leaked_markup(text) for text in ("#### 72", "It is 72.")] == ["####", ""]
    plans = ("- Do this:\n```python\nx\n```", "- def f(x): return x", "- Return x.", "- The function f takes x.")
    assert [domain_named("code").leaked_markup(text) for text in plans] == ["```", "def f(", "", ""]
