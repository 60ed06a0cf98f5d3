"""Findings: errors in a trace, found from text and seed alone."""

import pytest
from synthetic_problems import JARS as SEED
from synthetic_problems import MARBLES, PRESS, ROPE

from tracelift_groups.math.checks.findings import findings
from tracelift_groups.records.seed import Seed


def rules(text: str) -> list[tuple[str, int]]:
    return [(finding.rule, finding.step) for finding in findings(SEED, text)]


def test_the_worked_solution_has_no_finding() -> None:
    assert SEED.solution is not None
    assert rules(SEED.solution) == []


@pytest.mark.parametrize(
    "text",
    [
        "There are 14 x 18 = 252 jars, 252 - 37 = 215 stay, and 215 x $6 = $1,290.",
        "18 * 14 = 252 jars.\n252 - 37 is 215.\nSo we get 6 * 215 = 1290 dollars.",
        "Sold jars would have brought 37 * 6 = $222.\nAll jars together are worth 14 * 18 * 6 = $1512.\n"
        "So what is left is worth $1512 - $222 = $1290.",
        "- **Jars**: $14 \\times 18 = 252$\n- **Left**: $252 - 37 = 215$\n- **Worth**: $215 \\cdot 6 = 1290$",
    ],
)
def test_a_correct_solution_has_no_finding_in_any_form_or_on_any_path(text: str) -> None:
    assert rules(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "The shelves hold 14 * 18 = 242 jars.\nThen 242 - 37 = 205 are left.\nThey are worth 205 * 6 = $1230.",
            [("false_claim", 0), ("wrong_answer", 2)],
        ),
        (
            "The shelves hold 14 * 18 = 252 jars.\nThen 252 + 37 = 289 are left.\nThey are worth 289 * 6 = $1734.",
            [("wrong_operation", 1), ("wrong_answer", 2)],
        ),
        (
            "The shelves hold 14 * 18 = 252 jars.\nThen 252 - 39 = 213 are left.\nThey are worth 213 * 6 = $1278.",
            [("miscopied_given", 1), ("wrong_answer", 2)],
        ),
        (
            "The shelves hold 14 * 18 = 252 jars.\nThen 225 - 37 = 188 are left.\nThey are worth 188 * 6 = $1128.",
            [("miscopied_prior", 1), ("wrong_answer", 2)],
        ),
        (
            "The shelves hold 14 * 18 = 252 jars.\nThen 252 - 18 = 234 are left.\nThey are worth 234 * 6 = $1404.",
            [("wrong_quantity", 1), ("wrong_answer", 2)],
        ),
        (
            "Then 252 - 37 = 215 jars are left.\nThey are worth 215 * 6 = $1290.",
            [("missing_support", 0)],
        ),
        (
            "The shelves hold 14 * 18 = 252 jars.\nThen 249 - 34 = 215 are left.\nThey are worth 215 * 6 = $1290.",
            [("unexplained_result", 1)],
        ),
        (
            "The shelves hold 215 + 37 = 252 jars.\nThen 252 - 37 = 215 are left.\nThey are worth 215 * 6 = $1290.",
            [("circular", 0)],
        ),
        (
            "The shelves hold 14 * 18 = 252 jars.\n252 / 18 = 14 shelves.\nThen 252 - 37 = 215 are left.\n"
            "They are worth 215 * 6 = $1290.",
            [("detour", 1)],
        ),
        (
            "The shelves hold 14 * 18 = 252 jars.\nAfter the sale 252 - 37 = 215 jars are left.",
            [("no_conclusion", 1)],
        ),
        (
            "The shelves hold 14 * 18 = 252 jars.\nAfter the sale 252 - 37 = 215 jars are left.\n"
            "They are worth 215 * 6 = $1290.\n#### 1290",
            [("leaked_artifact", 3)],
        ),
    ],
)
def test_each_sort_of_flaw_is_found_where_it_is(text: str, expected: list[tuple[str, int]]) -> None:
    assert rules(text) == expected


@pytest.mark.parametrize(
    ("item", "changes", "expected"),
    [
        (MARBLES, [("15 + 22 = 37", "22 - 15 = 7")], "misread_relation"),
        (MARBLES, [("15 + 37 + 65 = 117", "15 + 65 = 80")], "dropped_term"),
        (MARBLES, [("15 + 37 + 65 = 117", "15 + 37 + 65 + 28 = 145")], "invented_quantity"),
        (
            MARBLES,
            [("After the loss Cy has 74 - 9 = 65 marbles.\n", ""), ("37 + 65 = 117", "37 + 74 = 126")],
            "dropped_condition",
        ),
        (
            MARBLES,
            [("\nAll together they have 15 + 37 + 65 = 117 marbles.", ""), ("After", "Therefore, after")],
            "wrong_target",
        ),
        (PRESS, [("3 * 60 = 180", "3 * 100 = 300"), ("180 * 40 = 7200", "300 * 40 = 12000")], "wrong_conversion"),
        (
            PRESS,
            [("7200 * 20% = 1440", "6000 * 20% = 1200"), ("7200 - 1440 = 5760", "7200 - 1200 = 6000")],
            "wrong_base",
        ),
        (PRESS, [("180 * 40 = 7200", "180 * (40 + 1) = 7380")], "off_by_one"),
        (ROPE, [("$5 / 4 = $1.25", "$4 / 5 = $0.80")], "wrong_order"),
    ],
)
def test_further_sorts_of_flaw_are_distinguished(item: Seed, changes: list[tuple[str, str]], expected: str) -> None:
    text = item.solution or ""
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    if expected != "wrong_target":  # with the right answer, each of these is another solution path
        text = (
            text.replace("11760", "11").replace("$26.00", "$22.40").replace("5760 + 6000 = 11", "6000 + 6000 = 12000")
        )
        text = text.replace("15 + 37 + 65 = 117", "15 + 7 + 65 = 87")
    assert expected in [finding.rule for finding in findings(item, text)]


def test_a_value_that_a_later_step_no_longer_uses_is_a_contradiction() -> None:
    text = "The shelves hold 14 * 19 = 266 jars.\nThen 252 - 37 = 215 are left.\nThey are worth 215 * 6 = $1290."
    assert ("contradiction", 1) in rules(text)


def test_a_sentence_quotes_step_claim_and_value() -> None:
    (first, _) = findings(SEED, "They hold 14 * 18 = 242 jars.\nThen 242 - 37 = 205.\nThey cost 205 * 6 = $1230.")
    assert first.sentence == 'Step 1: "14 * 18 = 242" is wrong: the left side is 252.'


def test_without_a_worked_solution_arithmetic_and_answer_are_still_checked() -> None:
    bare = Seed("jars", "math", "test", "math", SEED.problem, "1290")
    assert SEED.solution is not None
    assert findings(bare, SEED.solution) == []
    found = [f.rule for f in findings(bare, "They hold 14 * 18 = 242.\n242 - 37 = 205.\n205 * 6 = 1230.")]
    assert found == ["false_claim", "wrong_answer"]


@pytest.mark.parametrize("text", ["", "word", "٣ + ٤ = ٧", "1 / 0 = 5", "x" * 100_000, "(" * 500 + "1" + ")" * 500])
def test_odd_texts_get_findings_and_no_exception(text: str) -> None:
    assert {"no_conclusion", "wrong_answer"} & {finding.rule for finding in findings(SEED, text)}
