import asyncio
from dataclasses import replace

import pytest

from tracelift_groups.errors import ConfigError
from tracelift_groups.ingest.source import read_seeds
from tracelift_groups.planner.exact_executor import ExactExecutor, parse_exact
from tracelift_groups.records.seed import Seed

SEED = Seed(
    "pens", "math", "test", "math", "Tom has 3 boxes of 12 pens and gives away 9. How many pens are left?", "27"
)
TRACE = "The boxes hold 3 * 12 = 36 pens. After the gift 36 - 9 = 27 pens are left."


def answers(executor: ExactExecutor, trace: str | None, draws: int = 1, seed: Seed = SEED) -> list[str | None]:
    async def drawn() -> list[str | None]:
        return [(await executor.draw(seed, trace, index)).artifact for index in range(draws)]

    return asyncio.run(drawn())


def test_it_follows_the_claims_of_a_trace_to_the_last() -> None:
    assert answers(ExactExecutor(), TRACE) == ["27"]


def test_it_believes_what_a_claim_states_so_an_error_reaches_the_answer() -> None:
    assert answers(ExactExecutor(), TRACE.replace("36", "38").replace("27", "29")) == ["29"]


def test_a_claim_with_a_quantity_that_nothing_gives_is_not_believed() -> None:
    assert answers(ExactExecutor(), TRACE.replace("36 - 9", "47 - 9")) == ["36"]
    assert answers(ExactExecutor(), "After the gift 36 - 9 = 27 pens are left.") == [""]


def test_what_rests_on_an_overlooked_claim_is_not_believed_either() -> None:
    found = answers(ExactExecutor(0.5), TRACE, 400)
    assert set(found) == {"27", "36", ""}
    shares = {answer: found.count(answer) / 400 for answer in ("27", "36", "")}
    assert shares["27"] == pytest.approx(0.25, abs=0.07)
    assert shares["36"] == pytest.approx(0.25, abs=0.07)
    assert shares[""] == pytest.approx(0.5, abs=0.07)


def test_draws_depend_on_problem_trace_and_number_alone() -> None:
    first = answers(ExactExecutor(0.3), TRACE, 50)
    assert answers(ExactExecutor(0.3), TRACE, 50) == first
    assert answers(ExactExecutor(0.3), TRACE, 50, replace(SEED, problem_id="other")) != first
    assert ExactExecutor().same_draws
    assert not ExactExecutor(0.3).same_draws
    assert len(set(answers(ExactExecutor(), TRACE, 50))) == 1


def test_it_never_looks_at_the_answer_or_the_solution() -> None:
    blind = replace(SEED, answer="1", solution=None)
    told = replace(SEED, solution=TRACE)
    for trace in (None, TRACE, "It is 27."):
        assert answers(ExactExecutor(0.2), trace, 20, blind) == answers(ExactExecutor(0.2), trace, 20, told)


@pytest.mark.parametrize(
    ("problem", "answer"),
    [
        ("Mia buys 4 packs with 6 cards in each. How many cards has she?", "24"),
        ("Ben had 17 marbles and gave away 5. How many are left?", "12"),
        ("There are 8 red and 13 blue balls. How many balls are there in all?", "21"),
    ],
)
def test_alone_it_solves_a_problem_of_one_step(problem: str, answer: str) -> None:
    assert answers(ExactExecutor(), None, seed=replace(SEED, problem=problem)) == [answer]


def test_alone_it_has_no_answer_to_a_problem_of_more_steps() -> None:
    assert answers(ExactExecutor(), None) == [""]


def test_every_bundled_reference_is_followed_to_its_answer_or_breaks_at_a_number_without_a_source() -> None:
    seeds = [seed for seed in read_seeds("bundled") if isinstance(seed, Seed)]
    assert len(seeds) >= 80
    right = sum(answers(ExactExecutor(), seed.solution, seed=seed) == [seed.answer] for seed in seeds)
    assert right / len(seeds) >= 0.9


def test_a_draw_on_a_program_is_missing_and_not_wrong() -> None:
    seed = Seed("p", "code", "test", "code", "Add two numbers.", "")
    draw = asyncio.run(ExactExecutor().draw(seed, "Add them.", 0))
    assert draw.artifact is None
    assert draw.failure


def test_a_spec_is_read_or_refused_in_words() -> None:
    assert parse_exact("exact") == ExactExecutor()
    assert parse_exact("exact:slip=0.1") == ExactExecutor(0.1)
    for spec in ("exact:slip=1", "exact:slip=-0.1", "exact:slip=x", "exact:", "exactly", "exact:slip=nan"):
        with pytest.raises(ConfigError, match="is not exact or exact:slip=P"):
            parse_exact(spec)
