"""Trains a planner with GRPO on the executor-grounded reward: TRL's trainer, an optional warm-up before it.

After TraceLift (arXiv 2605.03862). The planner answers problems of split `rl`, which no reward model was fitted on; its
traces are scored by planner/reward.py with the preset `released-math`. The warm-up is supervised: it imitates reference
traces of split `train`, so that no problem that is rewarded later was shown with its solution, and dev and test stay
unseen. Departures from the released trainer: failed calls are missing rewards, never 0 or 0.5; draws without a trace
are shared by the answers to a problem; all parameters are trained (no adapter).
"""

import asyncio
import json
import math
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any  # torch, trl

from tracelift_groups.errors import ConfigError, InfrastructureError
from tracelift_groups.planner.draws import JudgedExecutor
from tracelift_groups.planner.executors import open_executor, serves
from tracelift_groups.planner.policy import Policy, load_policy, new_folder, require_new, require_packages
from tracelift_groups.planner.prompt import planner_answer
from tracelift_groups.planner.reward import REWARD_DRAWS, PlannerReward, RewardParts
from tracelift_groups.planner.trace_scorer import CHECKS, ReasoningScore, open_reasoning_score
from tracelift_groups.planner.uplift import TEMPERATURE, groups_of
from tracelift_groups.records.group import Group
from tracelift_groups.records.group_seed import seed_of
from tracelift_groups.records.seed import Seed
from tracelift_groups.reward_model.gpu import attention_of_any_length, mixed_precision
from tracelift_groups.rng import rng_for

REWARDED, IMITATED = "rl", "train"
# Share of the rewards of a batch, answers without a trace left out. With more of them missing than that, the few that
# are left would decide the update.
MOST_MISSING = 0.5

Progress = Callable[[Mapping[str, int]], object]


@dataclass(frozen=True)
class Config:
    """`model` is a folder or a name of the Hub; `rm` is `checks` or the folder of a reward model.

    A step is one update on `prompts` problems (all, where there are fewer) with `answers` answers each; `draws` is the
    number of executor calls for each answer, and for each problem alone. `sft` is the number of warm-up steps.
    """

    run: Path
    model: str
    executor: str
    out: Path
    rm: str = CHECKS
    steps: int = 50
    sft: int = 0
    prompts: int = 4
    answers: int = 4
    draws: int = REWARD_DRAWS
    max_tokens: int = 256
    learning_rate: float = 1e-5
    sft_learning_rate: float = 5e-5
    sft_batch: int = 8
    temperature: float = 1.0
    seed: int = 0
    cache: Path | None = None


@dataclass(frozen=True)
class TrainedPlanner:
    """A trained planner: its folder, the log of its rewards, losses of the warm-up and mean rewards, step by step.

    `missing` counts the rewards that were missing, `failures` the executor's failed calls by reason.
    """

    path: Path
    rollouts: Path
    problems: int
    sft_losses: tuple[float, ...]
    losses: tuple[float, ...]
    rewards: tuple[float | None, ...]
    missing: int
    failures: Mapping[str, int]

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"path": str(self.path), "rollouts": str(self.rollouts)}


def train(config: Config, progress: Progress = lambda _: None) -> TrainedPlanner:
    """Train a planner and save it to `config.out`, whole or not at all; rollouts go to RUN/rollouts/ as they are made.

    MissingExtraError without torch, transformers and trl; ConfigError for a model, executor or number that can't be
    used; RunError for a run without problems for it; EndpointError or InfrastructureError when the executor fails.
    """
    require_packages("Training a planner", ("torch", "transformers", "trl"))
    _check_numbers(config)
    require_new(config.out)
    reasoning = open_reasoning_score(config.rm)
    groups = asyncio.run(_served(config, reasoning, list(groups_of(config.run, REWARDED))))
    seeds = {group.problem_id: seed_of(group) for group in groups}
    domains = {group.domain for group in groups}
    shown = [group for group in groups_of(config.run, IMITATED) if group.domain in domains] if config.sft else []
    if config.sft and not shown:
        raise ConfigError(f"Split {IMITATED} has no problem of {', '.join(domains)} to imitate.", "Leave out --sft.")
    policy = load_policy(config.model)
    rollouts = config.run / "rollouts" / f"{config.out.name}.jsonl"
    rollouts.parent.mkdir(exist_ok=True)
    with new_folder(config.out) as part, rollouts.open("w", encoding="utf-8") as log:
        sft_losses = _warm_up(policy, shown, config, progress)
        reward = _Reward(config, PlannerReward(seeds, reasoning, config.draws), log.write, progress)
        losses = _grpo(policy, list(seeds.values()), reward, config)
        policy.save(part)
        written = {name: str(value) if isinstance(value, Path) else value for name, value in asdict(config).items()}
        written |= {"run": config.run.name, "out": config.out.name, "model": Path(config.model).name, "cache": None}
        (part / "planner.json").write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    return TrainedPlanner(
        config.out, rollouts, len(seeds), sft_losses, losses, tuple(reward.means), reward.missing, reward.failures
    )


def _check_numbers(config: Config) -> None:
    for name, least in (("steps", 1), ("sft", 0), ("prompts", 1), ("answers", 2), ("draws", 1), ("max_tokens", 1)):
        if getattr(config, name) < least:
            raise ConfigError(f"{name} is {getattr(config, name)}.", f"Use {least} or more.")


async def _served(config: Config, reasoning: ReasoningScore, groups: list[Group]) -> list[Group]:
    """The groups whose domain executor and reasoning score serve.

    One draw is made, so that an endpoint that isn't there is found before anything is trained.
    """
    async with open_executor(config.executor, config.cache, temperature=TEMPERATURE) as executor:
        found = [g for g in groups if serves(executor, g.domain) and reasoning.serves(g.domain)]
        if not found:
            domains = ", ".join(sorted({group.domain for group in groups}))
            raise ConfigError(
                f"No problem of split {REWARDED} ({domains}) is served by both {executor.name} and {config.rm}.",
                "Name another executor, or another --rm.",
            )
        await executor.draw(seed_of(found[0]), None, 0)
    return found


def _warm_up(policy: Policy, groups: Sequence[Group], config: Config, progress: Progress) -> tuple[float, ...]:
    """Imitate the reference traces, in an order that the seed decides; returns the loss of each step."""
    import torch

    optimizer = torch.optim.AdamW(policy.model.parameters(), lr=config.sft_learning_rate, weight_decay=0.0)
    rng = rng_for(config.seed, "", "sft")
    order: list[Group] = []
    losses = []
    policy.model.train()
    for step in range(config.sft):
        while len(order) < config.sft_batch:
            order += rng.sample(groups, len(groups))
        batch, order = order[: config.sft_batch], order[config.sft_batch :]
        with mixed_precision(policy.model.device.type):
            loss = policy.model(**_imitated(policy, batch, config)).loss
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(policy.model.parameters(), 1.0)
        optimizer.step()
        losses.append(_finite(float(loss.detach()), f"warm-up step {step + 1}"))
        progress({"warm-up step": step + 1})
    return tuple(losses)


def _imitated(policy: Policy, groups: Sequence[Group], config: Config) -> dict[str, Any]:
    """Prompts with their reference answers, padded on the right; only the answers are in the loss."""
    import torch

    rows = []
    for group in groups:
        prompt = policy.tokenizer(policy.prompt(seed_of(group)), add_special_tokens=False)["input_ids"]
        answer = policy.tokenizer(planner_answer(group.positive_pool[0].reasoning), add_special_tokens=False)[
            "input_ids"
        ]
        answer = [*answer[: config.max_tokens], policy.tokenizer.eos_token_id]
        rows.append(([*prompt, *answer], [-100] * len(prompt) + answer))
    width = max(len(ids) for ids, _ in rows)
    padding = policy.tokenizer.pad_token_id
    given = {
        "input_ids": [ids + [padding] * (width - len(ids)) for ids, _ in rows],
        "attention_mask": [[1] * len(ids) + [0] * (width - len(ids)) for ids, _ in rows],
        "labels": [labels + [-100] * (width - len(labels)) for _, labels in rows],
    }
    return {name: torch.tensor(values, device=policy.model.device) for name, values in given.items()}


def _grpo(policy: Policy, seeds: Sequence[Seed], reward: "_Reward", config: Config) -> tuple[float, ...]:
    """GRPO by TRL; returns the loss of each step."""
    import datasets
    import torch
    import transformers
    import trl

    rows = [{"prompt": policy.prompt(seed), "problem_id": seed.problem_id} for seed in seeds]
    on_gpu = torch.cuda.is_available()
    with tempfile.TemporaryDirectory() as scratch:
        settings = trl.GRPOConfig(
            output_dir=scratch,
            use_cpu=not on_gpu,
            bf16=on_gpu,
            report_to="none",
            save_strategy="no",
            logging_steps=1,
            disable_tqdm=True,
            max_steps=config.steps,
            per_device_train_batch_size=min(config.prompts, len(rows))
            * config.answers,  # TRL drops a batch that isn't full
            num_generations=config.answers,
            max_completion_length=config.max_tokens,
            learning_rate=config.learning_rate,
            temperature=config.temperature,
            seed=config.seed,
        )
        trainer = trl.GRPOTrainer(
            model=policy.model,
            reward_funcs=[reward.executor_grounded],
            args=settings,
            train_dataset=datasets.Dataset.from_list(rows),
            processing_class=policy.tokenizer,
        )
        trainer.remove_callback(transformers.PrinterCallback)  # it prints to stdout
        with attention_of_any_length(policy.model.device.type):
            trainer.train()
    logged = [row["loss"] for row in trainer.state.log_history if "loss" in row]
    if len(logged) != config.steps:
        raise InfrastructureError(f"TRL made {len(logged)} of {config.steps} steps.", "Give it more problems.")
    return tuple(_finite(float(loss), f"step {step}") for step, loss in enumerate(logged, start=1))


class _Reward:
    """The reward function that TRL calls, with what the run says of it afterwards."""

    def __init__(
        self, config: Config, reward: PlannerReward, write: Callable[[str], object], progress: Progress
    ) -> None:
        self._config = config
        self._reward = reward
        self._write = write
        self._progress = progress
        self.means: list[float | None] = []
        self.missing = 0
        self.failures: Counter[str] = Counter()

    async def executor_grounded(
        self,
        prompts: Sequence[str],  # noqa: ARG002  # TRL passes all columns by name
        completions: Sequence[str],
        problem_id: Sequence[str],
        **_: Any,  # other columns and loggers of TRL
    ) -> list[float | None]:
        """One reward for each completion; None where it is missing, which TRL leaves out of the group's mean.

        InfrastructureError when more than MOST_MISSING of those with a trace are missing.
        """
        config = self._config
        async with open_executor(config.executor, config.cache, temperature=TEMPERATURE) as executor:
            judged = JudgedExecutor(executor)
            parts = await self._reward.parts(judged, list(zip(problem_id, completions, strict=True)))
        self._log(parts)
        measured = [found.reward for found in parts if found.trace]
        missing = measured.count(None)
        if missing > MOST_MISSING * len(measured):
            reason = self.failures.most_common(1)[0][0] if self.failures else "no reasoning score"
            share = f"{missing} of {len(measured)} rewards"
            raise InfrastructureError(
                f"Training stopped: {share} are missing in step {len(self.means)} ({reason}).",
                "Check executor and reward model; the rewards so far are in rollouts/.",
            )
        return [found.reward for found in parts]

    def _log(self, parts: Sequence[RewardParts]) -> None:
        rewards = [found.reward for found in parts if found.reward is not None]
        self.means.append(sum(rewards) / len(rewards) if rewards else None)
        self.missing += len(parts) - len(rewards)
        for found in parts:
            self.failures.update(found.failures)
            self._write(json.dumps({"step": len(self.means)} | found.to_json(), ensure_ascii=False) + "\n")
        self._progress({"step": len(self.means), "missing rewards": self.missing})


def _finite(loss: float, where: str) -> float:
    if not math.isfinite(loss):
        raise InfrastructureError(f"The loss of {where} is not a number.", "Use a lower learning rate.")
    return loss
