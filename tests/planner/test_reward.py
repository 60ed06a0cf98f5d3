import asyncio
from dataclasses import replace

import pytest

from tracelift_groups.models.executor import Draw
from tracelift_groups.planner.draws import JudgedExecutor
from tracelift_groups.planner.exact_executor import ExactExecutor
from tracelift_groups.planner.reward import PlannerReward, RewardParts, released_math
from tracelift_groups.planner.trace_scorer import open_reasoning_score
from tracelift_groups.records.seed import Seed

SEED = Seed(
    "pens", "math", "test", "math", "Tom has 3 boxes of 12 pens and gives away 9. How many pens are left?", "27"
)
GOOD = "The boxes hold 3 * 12 = 36 pens. After the gift 36 - 9 = 27 pens are left."
WRONG = GOOD.replace("36", "38").replace("27", "29")


class Counting:
    """The embedded executor; calls whose number `fails` says so fail."""

    name, same_draws = "counting", False

    def __init__(self, fails: set[int] | None = None, slip: float = 0.0) -> None:
        self.inner, self.fails = ExactExecutor(slip), fails or set()
        self.calls: list[str | None] = []

    async def draw(self, seed: Seed, trace: str | None, index: int) -> Draw:
        self.calls.append(trace)
        return Draw(None, "timed out") if len(self.calls) in self.fails else await self.inner.draw(seed, trace, index)


def answer(trace: str) -> str:
    return f"Sure.\n<reasoning>\n{trace}\n</reasoning>\nDone."


def parts(executor: Counting, *answers: str, reward: PlannerReward | None = None) -> list[RewardParts]:
    reward = reward or PlannerReward({"pens": SEED}, open_reasoning_score("checks"))
    return asyncio.run(reward.parts(JudgedExecutor(executor), [("pens", text) for text in answers]))


@pytest.mark.parametrize(
    ("with_trace", "without", "rm", "reward"),
    [(1.0, 0.0, 1.0, 1.0), (1.0, 1.0, 0.5, 0.5), (0.0, 1.0, 0.8, -0.4), (2 / 3, 1 / 3, 0.5, 1 / 3 + 1 / 12)],
)
def test_the_preset_is_the_published_formula(with_trace: float, without: float, rm: float, reward: float) -> None:
    assert released_math(with_trace, without, rm) == pytest.approx(reward)


def test_a_missing_part_makes_a_missing_reward() -> None:
    assert released_math(None, 0.0, 1.0) is released_math(1.0, None, 1.0) is released_math(1.0, 0.0, None) is None


def test_a_right_trace_earns_more_than_a_wrong_one_and_no_trace_earns_nothing() -> None:
    good, wrong, none = parts(Counting(), answer(GOOD), answer(WRONG), "27")
    assert good.reward == pytest.approx(0.5 + 0.5 * (good.rm or 0))
    assert (good.rm or 0) > 0.9
    assert wrong.reward == 0.0
    assert none.reward == 0.0
    assert none.trace == ""


def test_the_baseline_belongs_to_the_problem_and_equal_traces_share_their_draws() -> None:
    executor = Counting()
    reward = PlannerReward({"pens": SEED}, open_reasoning_score("checks"))
    parts(executor, answer(GOOD), answer(GOOD), answer(WRONG), reward=reward)
    assert executor.calls.count(None) == 3
    assert executor.calls.count(GOOD) == 3
    parts(executor, answer("Nothing."), reward=reward)
    assert executor.calls.count(None) == 3


def test_a_failed_call_is_left_out_and_changes_no_reward() -> None:
    (whole,) = parts(Counting(), answer(GOOD))
    (some,) = parts(Counting(fails={1, 4}), answer(GOOD))
    assert some.reward == whole.reward
    assert some.failures == {"timed out": 2}


def test_when_all_calls_with_a_trace_or_all_without_fail_the_reward_is_missing() -> None:
    (no_trace,) = parts(Counting(fails={1, 2, 3}), answer(GOOD))
    (no_base,) = parts(Counting(fails={4, 5, 6}), answer(GOOD))
    assert no_trace.reward is no_base.reward is None
    assert no_base.with_trace == 1.0


def test_a_failed_baseline_is_tried_again() -> None:
    executor = Counting(fails={4, 5, 6})
    reward = PlannerReward({"pens": SEED}, open_reasoning_score("checks"))
    parts(executor, answer(GOOD), reward=reward)
    (again,) = parts(executor, answer(GOOD), reward=reward)
    assert again.reward is not None


def test_the_checks_are_told_no_answer() -> None:
    """A trace that supports its own wrong conclusion scores as one that supports the right one."""
    scores = open_reasoning_score("checks").scores
    assert scores(SEED, [GOOD, WRONG]) == scores(replace(SEED, answer="29"), [GOOD, WRONG])
    good, false, nothing = scores(SEED, [GOOD, GOOD.replace("= 27", "= 29"), "I like pens."])
    assert good is not None
    assert false is not None
    assert nothing is not None
    assert good > false > nothing


def test_a_plan_is_not_scored_by_the_checks_which_would_have_to_know_its_program() -> None:
    reasoning = open_reasoning_score("checks")
    assert reasoning.serves("math")
    assert not reasoning.serves("code")
