"""Every kind of flaw: what all of them guarantee, and what each makes of hand-written traces and known graphs."""

import re
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from synthetic_problems import (
    CLIPS,
    LATEX,
    MARBLES,
    PRESS,
    ROPE,
    SAMPLES,
    SHOES,
    TANK,
    World,
    computed,
    drafts,
    seed,
    worlds,
)

from tracelift_groups.flaws.certify import recheck
from tracelift_groups.flaws.kind import ANSWERS
from tracelift_groups.flaws.ladder import verify_flaw
from tracelift_groups.ingest.source import read_seeds
from tracelift_groups.math.reference import ParsedReference, parse_reference
from tracelift_groups.math.text.parsed_trace import parse_trace
from tracelift_groups.records.certificate import Certificate
from tracelift_groups.records.perturbation import Perturbation
from tracelift_groups.records.rubric import load_rubric
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.trace import Trace
from tracelift_groups.registry import CHECKERS, KINDS

NAMES = KINDS.names("math")
CHANGING = [name for name in NAMES if KINDS.get(name).answer == "changes" and "math" in KINDS.get(name).domains]
# Kinds that apply to few problems.
RARE = ("misread_relation", "percent_base_error", "swapped_operands", "unit_conversion_error")
# Kinds that change one number or operator in one line, so that every line stays `a op b = c`.
ONE_TOKEN = [
    "calculation_error",
    "miscopied_given",
    "miscopied_prior",
    "operator_swap",
    "wrong_substitution",
]


def sample(item: Seed) -> ParsedReference:
    assert item.solution is not None
    return parse_reference(item, item.solution)


def climbing(name: str, reference: ParsedReference, number: int = 0) -> list[tuple[Perturbation, Certificate]]:
    """The drafts of a kind that pass the ladder, with their certificates."""
    kind = KINDS.get(name)
    made = [draft.perturbation(name, reference) for draft in drafts(name, reference, number)]
    return [(p, found) for p in made if isinstance(found := verify_flaw(kind, reference, p), Certificate)]


def bundled() -> list[Seed]:
    return [item for item in read_seeds("bundled") if isinstance(item, Seed)]


# What every registered kind guarantees


def test_a_weight_other_than_1_says_which_measurement_chose_it() -> None:
    weights = {name: KINDS.get(name).weight for name in NAMES}
    assert len([weight for weight in weights.values() if weight.value != 1]) >= 10
    assert not [name for name, weight in weights.items() if weight.value != 1 and not re.search(r"\d", weight.why)]


def test_at_least_eight_kinds_of_both_classes_are_registered() -> None:
    answers = Counter(KINDS.get(name).answer for name in NAMES)
    assert len(NAMES) >= 8
    assert answers["changes"] >= 4
    assert answers["keeps"] >= 3


@pytest.mark.parametrize("name", NAMES)
def test_a_kind_says_what_it_breaks_how_it_is_checked_and_what_it_needs(name: str) -> None:
    kind = KINDS.get(name)
    assert kind.name == name
    for domain in kind.domains:
        dimensions = load_rubric(domain).names
        assert {kind.breaks, *kind.also} <= set(dimensions)
    assert kind.breaks not in kind.also
    assert kind.answer in ANSWERS
    assert kind.checker in CHECKERS.names()
    assert kind.needs
    assert kind.summary
    assert not kind.summary.endswith(".")


@pytest.mark.parametrize("name", NAMES)
def test_a_kind_is_repeatable(name: str) -> None:
    for reference in map(sample, SAMPLES):
        assert drafts(name, reference, 7) == drafts(name, reference, 7)


@pytest.mark.parametrize("name", NAMES)
def test_a_kind_makes_a_certified_flaw_of_at_least_one_sample(name: str) -> None:
    assert any(climbing(name, sample(item)) for item in SAMPLES)


@pytest.mark.parametrize("name", NAMES)
def test_no_edit_of_a_draft_leaves_what_it_replaces(name: str) -> None:
    for reference in map(sample, SAMPLES):
        edits = [edit for draft in drafts(name, reference) for edit in draft.perturbation(name, reference).edits]
        assert [edit for edit in edits if edit.before == edit.after] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_draft_applies_and_changes_the_text(name: str) -> None:
    for reference in map(sample, SAMPLES):
        for draft in drafts(name, reference):
            perturbation = draft.perturbation(name, reference)
            assert perturbation.apply(reference.text) != reference.text
            assert perturbation.step == draft.step < len(reference.parsed.steps)
            assert all(reference.parsed.trace.step_at(e.start) == e.step for e in perturbation.edits)


NOTHING = [
    seed("How many?", "It is easy to see.", "3"),
    seed("How many?", "Three.", "3"),
    seed("Name it.", "The answer is blue.\nThis is because of the sky.", "blue"),
]


@pytest.mark.parametrize("name", NAMES)
def test_a_trace_without_claims_gives_nothing(name: str) -> None:
    assert [drafts(name, sample(item)) for item in NOTHING] == [[]] * len(NOTHING)


@pytest.mark.parametrize("name", NAMES)
def test_what_passes_is_certified_again_from_the_texts_alone(name: str) -> None:
    for reference in map(sample, SAMPLES):
        for perturbation, certificate in climbing(name, reference):
            flaw = perturbation.apply(reference.text)
            stored = (perturbation.to_json(), certificate.to_json())
            assert recheck(reference.seed, reference.text, flaw, *stored) is None


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_changes_as_the_kind_says(name: str) -> None:
    expected = {"changes": {True}, "keeps": {False}, "either": {True, False}}[KINDS.get(name).answer]
    found = {c.answer_changes for item in SAMPLES for _, c in climbing(name, sample(item))}
    assert found <= expected


@pytest.mark.parametrize("name", NAMES)
def test_a_kind_works_on_the_bundled_seeds_without_an_error(name: str) -> None:
    made = 0
    seeds = bundled()
    for reference in map(sample, seeds):
        found = climbing(name, reference)[:1]
        made += len(found)
        for perturbation, certificate in found:
            flaw = perturbation.apply(reference.text)
            assert recheck(reference.seed, reference.text, flaw, perturbation.to_json(), certificate.to_json()) is None
    assert len(seeds) == 84
    assert made >= (1 if name in RARE else 5)


@given(
    st.text(max_size=60),
    st.sampled_from(["1 + 1 = 2", "3 x 4 = 12\n12 - 5 = 7", "\\frac{1}{2} of 8 = 4"]),
    st.integers(),
)
def test_no_text_makes_a_kind_fail(text: str, more: str, number: int) -> None:
    reference = parse_reference(seed(f"P {text} {more}", "", "7"), f"{text}\n{more}\n{text}")
    for name in NAMES:
        climbing(name, reference, number)


# Known graphs: what a flaw must say follows from the graph and the one change


LINE = re.compile(r"(\d+) ([-+*/]) (\d+) = (\d+)\.")


@given(worlds(), st.integers(0, 9))
def test_one_change_at_the_origin_and_every_later_value_follows_from_it(world: World, number: int) -> None:
    reference = world.case
    for name in ONE_TOKEN:
        for perturbation, certificate in climbing(name, reference, number):
            flaw = perturbation.apply(reference.text)
            lines = [LINE.search(line) for line in flaw.split("\n")]
            assert len(lines) == len(world.steps)
            check(world, [line.groups() for line in lines if line], perturbation.step, name)
            assert certificate.step == perturbation.step
            assert certificate.answer_changes
            undone(reference.text, flaw, perturbation)


def check(world: World, lines: list[tuple[str, ...]], origin: int, name: str) -> None:
    before = world.values()
    results: list[Fraction] = []
    differing = []
    for i, (step, (left, symbol, right, result)) in enumerate(zip(world.steps, lines, strict=True)):
        given = [Fraction(left), Fraction(right)]
        expected = [world.value(source, results) for source in (step.left, step.right)]
        stated, true = Fraction(result), computed(symbol, *given)
        if given != expected or symbol != step.symbol or stated != true:
            differing.append(i)
        changes = (given[0] != expected[0]) + (given[1] != expected[1]) + (symbol != step.symbol) + (stated != true)
        assert changes == (i == origin)
        assert (stated != true) == (i == origin and name == "calculation_error")
        assert (stated == before[i]) or i >= origin
        results.append(stated)
    assert differing == [origin]
    assert results[-1] != before[-1]


def undone(reference: str, flaw: str, perturbation: Perturbation) -> None:
    """Outside the edits every character is the reference's, and undoing them gives the reference."""
    back, end, grown = [], 0, 0
    for edit in perturbation.edits:
        start = edit.start + grown
        assert flaw[end:start] == reference[end - grown : edit.start]
        assert flaw[start : start + len(edit.after)] == edit.after
        back += [flaw[end:start], edit.before]
        end, grown = start + len(edit.after), grown + len(edit.after) - len(edit.before)
    assert "".join([*back, flaw[end:]]) == reference


def test_known_graphs_give_flaws_of_every_kind_that_changes_one_token() -> None:
    world = World(
        (52, 31, 17, 44),
        steps=(
            _step("-", ("given", 0), ("given", 1)),
            _step("*", ("step", 0), ("given", 2)),
            _step("+", ("step", 1), ("given", 3)),
        ),
    )
    made = {name for name in ONE_TOKEN for number in range(5) if climbing(name, world.case, number)}
    assert made == set(ONE_TOKEN)


def _step(symbol: str, left: tuple[str, int], right: tuple[str, int]):  # type: ignore[no-untyped-def]
    from synthetic_problems import Step

    return Step(symbol, left, right)


# What is specific to each


def flaws(name: str, item: Seed) -> list[str]:
    return [
        perturbation.apply(sample(item).text) for n in range(4) for perturbation, _ in climbing(name, sample(item), n)
    ]


def test_a_calculation_error_leaves_the_expression_and_carries_the_wrong_result() -> None:
    for flaw in flaws("calculation_error", CLIPS):
        found = parse_trace(CLIPS.problem, Trace.read(flaw))
        assert [claim.holds for claim in found.claims].count(False) == 1
        assert flaw.startswith("Natalia sold 48 / 2 = ")
        assert found.operands_of(1)[0].value == found.value_of(0)
        assert [o.value for o in found.operands_of(2)] == [48, found.value_of(0), found.value_of(1)]


def test_an_operator_is_swapped_and_the_rest_follows() -> None:
    assert (
        "Natalia sold 48 - 2 = 46 clips in May.\nIn June she sold 46 + 13 = 59 clips.\n"
        "Altogether she sold 48 + 46 + 59 = 153 clips." in flaws("operator_swap", CLIPS)
    )


def test_an_operator_keeps_the_glyph_of_its_trace() -> None:
    assert all("+ 6 =" in flaw or "− 1" not in flaw or "×" in flaw for flaw in flaws("operator_swap", TANK))
    assert all("*" not in flaw and "-" not in flaw for flaw in flaws("operator_swap", TANK))
    assert all("*" not in flaw for flaw in flaws("operator_swap", LATEX))


def test_a_given_is_miscopied_into_a_number_without_a_source() -> None:
    reference = sample(CLIPS)
    for perturbation, certificate in climbing("miscopied_given", reference):
        origin = next(edit for edit in perturbation.edits if edit.role == "origin")
        assert origin.before in ("48", "13")
        assert not reference.parsed.givens.explains(Fraction(origin.after))
        assert certificate.values["difference"] == "given"


def test_a_word_of_the_problem_is_not_miscopied_as_a_number() -> None:
    item = seed(
        "He has 14 eggs, she has twice as many.", "She has 14 * 2 = 28 eggs.\nTogether 28 + 14 = 42 eggs.", "42"
    )
    edits = [edit.before for p, _ in climbing("miscopied_given", sample(item)) for edit in p.edits]
    assert "2" not in edits


def test_a_prior_is_miscopied_in_one_step_and_stays_right_where_it_was_derived() -> None:
    made = flaws("miscopied_prior", CLIPS)
    assert made
    assert all("48 / 2 = 24 clips" in flaw for flaw in made)


def test_a_substituted_quantity_is_known_to_the_problem_or_an_earlier_step() -> None:
    reference = sample(SHOES)
    found = climbing("wrong_substitution", reference)
    assert found
    for perturbation, _ in found:
        origin = next(edit for edit in perturbation.edits if edit.role == "origin")
        assert origin.after in reference.seed.problem or origin.after in reference.text[: origin.start]


def test_money_takes_the_place_of_money_and_percentages_of_nothing() -> None:
    for perturbation, _ in climbing("wrong_substitution", sample(SHOES)):
        origin = next(edit for edit in perturbation.edits if edit.role == "origin")
        at = SHOES.solution.index("$80 - $20") if SHOES.solution else 0
        assert origin.after not in ("3", "25") or not at < origin.start < at + 9


def test_a_missing_step_is_removed_completely_and_used_later() -> None:
    _, *rest = (CLIPS.solution or "").split("\n")
    assert "\n".join(rest) in flaws("missing_step", CLIPS)
    _, *rest = (TANK.solution or "").split(". ")
    assert ". ".join(rest) in flaws("missing_step", TANK)


def test_an_unfinished_derivation_stops_before_the_answer() -> None:
    flaw = flaws("unfinished_derivation", CLIPS)[0]
    assert flaw == "Natalia sold 48 / 2 = 24 clips in May.\nIn June she sold 24 + 13 = 37 clips."


TRIANGLE = seed(
    "In a triangle the angles at A and B are equal and the one at C is three times as large. Find the angle at C.",
    "Let the angle at $A$ be $x$. The angles add up to $5x = 180$. This gives $x = 36$. "
    "The angle at $C$ is $3 \\cdot 36 = 108$.",
    "108",
)


@pytest.mark.parametrize(
    ("name", "flaw"),
    [
        ("missing_step", "The angles add up to $5x = 180$. The angle at $C$ is $3 \\cdot 36 = 108$."),
        ("unfinished_derivation", "The angles add up to $5x = 180$. This gives $x = 36$."),
        ("goal_drift", "The angle at $C$ is $x = 36$."),
        ("redundant_detour", "This gives $x = 36$. Let the angle at $A$ be $x$. The angle at $C$"),
    ],
)
def test_unparsed_formulas_take_part(name: str, flaw: str) -> None:
    assert any(flaw in text for text in flaws(name, TRIANGLE))


def test_a_misstated_formula_is_propagated_or_contradicted() -> None:
    for flaw in flaws("calculation_error", TRIANGLE):
        found = parse_trace(TRIANGLE.problem, Trace.read(flaw))
        *_, stated, final = found.claims
        assert stated.result_value == 36 or final.holds
        assert [o.value for o in found.operands_of(len(found.claims) - 1)] == [3, stated.result_value]
    contradicted = flaws("step_contradiction", TRIANGLE)
    assert contradicted
    assert all(flaw.endswith("The angle at $C$ is $3 \\cdot 36 = 108$.") for flaw in contradicted)


def test_an_answer_that_is_not_a_number_ends_a_trace_too() -> None:
    item = seed("What is left?", "First we take all apples away.\nThen the pears go.\nSo $(6,1)$ is left.", "(6,1)")
    assert flaws("unfinished_derivation", item)[0] == "First we take all apples away.\nThen the pears go."


def test_a_contradiction_is_not_propagated() -> None:
    for flaw in flaws("step_contradiction", CLIPS):
        assert all(claim.holds for claim in parse_trace(CLIPS.problem, Trace.read(flaw)).claims)
        assert flaw.endswith("Altogether she sold 48 + 24 + 37 = 109 clips.")


def test_a_result_that_the_problem_gives_too_is_not_contradicted() -> None:
    item = seed(
        "A crate of 4 trays holds 24 eggs. Ann has 3 crates. How many eggs does she have?",
        "A tray holds 6 eggs, so a crate holds 4 * 6 = 24 eggs.\nShe has 3 * 24 = 72 eggs.",
        "72",
    )
    assert not flaws("step_contradiction", item)


def test_a_miracle_keeps_the_result_and_loses_its_quantities() -> None:
    for perturbation, _ in climbing("miracle_step", sample(SHOES)):
        found = parse_trace(SHOES.problem, Trace.read(perturbation.apply(sample(SHOES).text)))
        assert [claim.result_value for claim in found.claims] == [20, 60, 180, 30]
        assert all(claim.holds for claim in found.claims)


def test_a_detour_is_inserted_and_nothing_else_moves() -> None:
    reference = sample(CLIPS)
    found = climbing("redundant_detour", reference)
    assert found
    for perturbation, _ in found:
        (edit,) = perturbation.edits
        assert edit.before == ""
        flaw = perturbation.apply(reference.text)
        assert flaw[: edit.start] + flaw[edit.start + len(edit.after) :] == reference.text


def test_a_circle_uses_a_later_result_for_an_earlier_one() -> None:
    item = seed(
        "A pool has 48 blue tiles and 32 red ones and needs 150.",
        "It has 48 + 32 = 80 tiles.\nIt needs 150 - 80 = 70 more.",
        "70",
    )
    assert flaws("circular_reasoning", item)[0] == "It has 150 - 70 = 80 tiles.\nIt needs 150 - 80 = 70 more."


# Seen on real problems, reworded


def test_a_percentage_said_before_its_equation_moves_with_it() -> None:
    item = seed("He made 18 of 40 shots.", "He is 45% there because 18 / 40 x 100 = 45", "45")
    for name in CHANGING:
        for flaw in flaws(name, item):
            found = parse_trace(item.problem, Trace.read(flaw))
            assert found.occurrences[0].numeral.value == found.claims[0].result_value


def test_a_number_in_unparsed_arithmetic_is_not_taken_for_an_earlier_result() -> None:
    item = seed(
        "a 125 b 25 c 10", "The price is 125 - 25 = 100.\nThe card gives 10 / 100 off, so it costs 100 - 10 = 90.", "90"
    )
    for name in ONE_TOKEN:
        assert all("10 / 100 off" in flaw for flaw in flaws(name, item))


def test_no_flaw_has_a_plural_after_one() -> None:
    item = seed(
        "There are 22 strands and 3 hands of 11.",
        "It takes 22 strands / 11 strands = 2 minutes.\nTwice is 2 minutes + 3 minutes = 5 minutes.",
        "5",
    )
    for name in NAMES:
        assert not any(re.search(r"\b1 (minutes|strands)", flaw) for flaw in flaws(name, item))


def test_decimals_are_written_as_people_write_them() -> None:
    item = seed(
        "5 pounds, halved for 3 weeks.", "It is 5 / 2 = 2.5 pounds.\nIn 3 weeks that is 2.5 * 3 = 7.5 pounds.", "7.5"
    )
    for name in NAMES:
        assert not any(re.search(r"\d\.0\b", flaw) for flaw in flaws(name, item))


@pytest.mark.parametrize(
    ("name", "item", "flaw"),
    [
        ("swapped_operands", ROPE, "worth $4 / 5 = $0.80.\n"),
        ("dropped_term", MARBLES, "they have 15 + 65 = 80 marbles."),
        ("misread_relation", CLIPS, "Natalia sold 48 * 2 = 96 clips in May.\n"),
        ("unit_conversion_error", PRESS, "are 3 * 100 = 300 minutes.\n"),
        ("percent_base_error", PRESS, "Of these, 6000 * 20% = 1200 pages were spoiled.\n"),
        ("counting_off_by_one", PRESS, "Four hours are 4 * 60 = 240 minutes.\n"),
        ("dropped_constraint", MARBLES, "All together they have 15 + 37 + 74 = 126 marbles."),
        ("goal_drift", MARBLES, "All together they have 74 - 9 = 65 marbles."),
    ],
)
def test_each_further_kind_writes_what_it_is_about(name: str, item: Seed, flaw: str) -> None:
    assert any(flaw in text for text in flaws(name, item))


def test_a_relation_whose_inverse_is_negative_is_not_inverted() -> None:
    assert not any("15 - 22" in text for text in flaws("misread_relation", MARBLES))


def test_a_step_that_is_its_own_inverse_gives_no_circle() -> None:
    item = seed(
        "Cory drives 12 miles per hour, twice as fast as Milo rolls, and that is twice as fast as he runs. How far does"
        " he run in 2 hours?",
        "Milo rolls 12 / 2 = 6 miles per hour.\nHe runs 6 / 2 = 3 miles per hour.\nIn 2 hours he runs 2 * 3 = 6 miles.",
        "6",
    )
    assert all(draft.origin for draft in drafts("circular_reasoning", sample(item)))


def test_a_drifting_conclusion_repeats_a_step_on_the_same_unit() -> None:
    text = "A pen costs $12 / 4 = $3.\nThere are 8 - 3 = 5 pens.\nAll of them cost ${} = $15."
    item = seed("4 pens cost $12. How much are the pens that are left of 8 when 3 break?", text.format("3 * 5"), "15")
    assert set(flaws("goal_drift", item)) == {text.format("12 / 4").replace("$15", "$3")}


def test_a_detour_reuses_the_sentence_that_introduced_the_number() -> None:
    assert (
        "Natalia sold 48 / 2 = 24 clips in May.\nIn June she sold 24 + 13 = 37 clips.\n"
        "Natalia sold 37 - 13 = 24 clips in May.\nAltogether she sold 48 + 24 + 37 = 109 clips."
    ) in flaws("redundant_detour", CLIPS)


def test_a_term_is_not_dropped_from_a_fraction_written_with_frac() -> None:
    item = seed(
        "5 of 4 times 3 over 2", "There are $\\frac{5 \\times 4 \\times 3}{2} = 30$ ways.\nSo 30 + 7 = 37.", "37"
    )
    assert drafts("dropped_term", sample(item)) == []
