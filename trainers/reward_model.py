"""Fits a transformers reward model on the groups of a run: the released text, heads and loss, one readable loop.

After TraceLift (arXiv 2605.03862), whose trainer this follows. Departures: all parameters are trained (no adapter);
heads and loss are in float32; a label that is missing has no part in the loss; the checkpoint kept is that of the best
epoch on the dev groups, which are ranked whole; a text that is too long loses the beginning of its problem, never its
end, which is pooled.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any  # torch, which may not be installed

from tracelift_groups.errors import ConfigError, InfrastructureError, RecordError
from tracelift_groups.records.group import Candidate, Group
from tracelift_groups.records.rubric import TOTAL, Rubric
from tracelift_groups.reward_model.checkpoint import require_free
from tracelift_groups.reward_model.data import FITTED_ON, STOPPED_ON, RunGroups, run_groups
from tracelift_groups.reward_model.loss import NO_LABEL, reward_loss
from tracelift_groups.reward_model.model import (
    Encoded,
    HeadLayout,
    TransformerModel,
    encode_trace,
    load_backbone,
    load_tokenizer,
    logits,
    require_torch,
    totals,
    with_heads,
)
from tracelift_groups.reward_model.pretrained import MAX_LENGTH, METADATA, write_pretrained
from tracelift_groups.rng import rng_for

_CLIP = 1.0  # norm of the gradient
_WARM_UP = 0.05  # share of the steps; afterwards the learning rate falls to 0 in a straight line


@dataclass(frozen=True)
class Config:
    """`model` is a path or a name of the Hub; `domain` may be empty when the run has groups of one domain only."""

    run: Path
    model: str
    out: Path
    domain: str = ""
    epochs: int = 3
    learning_rate: float = 1e-5  # for all parameters; heads alone bear more
    groups_per_step: int = 4
    negatives: int = 4  # sampled anew for each group and epoch
    patience: int = 2  # epochs without a better dev accuracy after which training stops
    max_length: int = MAX_LENGTH
    seed: int = 0


@dataclass(frozen=True)
class Example:
    """One trace as the model is trained on it: tokens, a class for each dimension, and the total (nan: none)."""

    encoded: Encoded
    labels: tuple[int, ...]
    total: float


@dataclass(frozen=True)
class ExampleGroup:
    """The traces of a problem."""

    problem_id: str
    positives: tuple[Example, ...]
    negatives: tuple[Example, ...]


@dataclass(frozen=True)
class Epoch:
    """Mean training loss, and the share of dev pairs that are ranked right (None without dev groups)."""

    loss: float
    dev_pair: float | None


@dataclass(frozen=True)
class Trained:
    """What was trained: where it is, groups used, texts cut or left out for their length, epochs, the one kept."""

    path: Path
    groups: Mapping[str, int]
    cut: int
    left_out: int
    epochs: tuple[Epoch, ...]
    kept: int

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "path": str(self.path)}


def train(config: Config, progress: Callable[[Mapping[str, int]], object] = lambda _: None) -> Trained:
    """Train and write the checkpoint of the best epoch to `config.out`, whole or not at all.

    MissingExtraError without torch and transformers, ConfigError for a model that can't be used, RunError for a run or
    a folder that can't, RecordError without a group to train on, InfrastructureError when the loss is not a number.
    """
    require_torch("Training a transformers reward model")
    import torch

    require_free(config.out, METADATA)
    found = _chosen(run_groups(config.run, (FITTED_ON, STOPPED_ON)), config)
    layout = HeadLayout(found.rubric.names, tuple(dimension.weight for dimension in found.rubric.dimensions))
    tokenizer = load_tokenizer(config.model)
    torch.manual_seed(config.seed)
    backbone = load_backbone(config.model)
    limit = min(config.max_length, getattr(backbone.config, "max_position_embeddings", None) or config.max_length)
    parts = with_heads(backbone, layout, config.seed).to("cuda" if torch.cuda.is_available() else "cpu")
    model = TransformerModel(parts, tokenizer, layout, limit, found.domain)

    groups = _examples(model, found.train, found.rubric)
    dev = _examples(model, found.dev, found.rubric)
    if not groups:
        raise RecordError(f"{config.run} has no train group with a positive and a negative that fit {limit} tokens.")
    texts = [example for group in (*groups, *dev) for example in (*group.positives, *group.negatives)]
    known = sum(len(group.candidates) for group in (*found.train, *found.dev))

    optimizer = torch.optim.AdamW(parts.parameters(), lr=config.learning_rate, weight_decay=0.0)
    steps = config.epochs * -(-len(groups) // config.groups_per_step)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, steps))
    epochs: list[Epoch] = []
    kept, best = 0, -1.0
    for epoch in range(config.epochs):
        parts.train()
        losses: list[float] = []
        for batch in _batches(groups, config, epoch):
            loss = _loss(model, batch)
            if not torch.isfinite(loss):
                raise InfrastructureError(
                    f"The loss is not a number in step {len(losses) + 1} of epoch {epoch + 1}.",
                    "Try a lower learning rate: --learning-rate",
                )
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parts.parameters(), _CLIP)
            optimizer.step()
            schedule.step()
            losses.append(float(loss.detach()))
            progress({"epoch": epoch + 1, "step": len(losses)})
        accuracy = _pair_accuracy(model, dev) if dev else None
        epochs.append(Epoch(sum(losses) / len(losses), accuracy))
        # Without dev groups the last epoch is kept.
        if epoch + 1 == config.epochs if accuracy is None else accuracy > best:
            kept, best = epoch, accuracy or 0.0
            log = [asdict(done) for done in epochs]
            write_pretrained(model, config.out, _base(config.model), {"config": _shown(config), "epochs": log})
        elif accuracy is not None and epoch - kept >= config.patience:
            break
    counts = {FITTED_ON: len(groups), STOPPED_ON: len(dev)}
    cut = sum(example.encoded.cut for example in texts)
    return Trained(config.out, counts, cut, known - len(texts), tuple(epochs), kept)


def _chosen(domains: Sequence[RunGroups], config: Config) -> RunGroups:
    """The groups of the one domain to train on: a model has the heads of one rubric."""
    names = [found.domain for found in domains]
    if config.domain and config.domain not in names:
        raise ConfigError(f'{config.run} has no groups of domain "{config.domain}".', f"It has: {', '.join(names)}.")
    if len(names) > 1 and not config.domain:
        what = f"{config.run} has groups of {' and '.join(names)}, but a model has the heads of one rubric."
        raise ConfigError(what, f"Name one: --domain {names[0]}")
    return next(found for found in domains if config.domain in ("", found.domain))


def _examples(model: TransformerModel, groups: Sequence[Group], rubric: Rubric) -> list[ExampleGroup]:
    """Groups that still have a positive and a negative when the texts that are too long are left out."""
    found = []
    for group in groups:
        pools = [
            [_example(model, group, c, rubric) for c in pool] for pool in (group.positive_pool, group.negative_bank)
        ]
        positives, negatives = (tuple(example for example in pool if example is not None) for pool in pools)
        if positives and negatives:
            found.append(ExampleGroup(group.problem_id, positives, negatives))
    return found


def _example(model: TransformerModel, group: Group, candidate: Candidate, rubric: Rubric) -> Example | None:
    encoded = encode_trace(
        model,
        group.problem,
        candidate.reasoning,
        domain=group.domain,
        task_type=group.task_type or group.source,
        tests=group.tests_or_constraints,
    )
    labels = tuple(int(candidate.rubric.get(name, NO_LABEL)) for name in rubric.names)
    total = candidate.rubric.get(TOTAL)
    return None if encoded is None else Example(encoded, labels, float("nan") if total is None else float(total))


def _batches(groups: Sequence[ExampleGroup], config: Config, epoch: int) -> Iterator[list[list[Example]]]:
    """Groups in a new order each epoch, each as one positive and up to `negatives` negatives, sampled by problem."""
    order = list(groups)
    rng_for(config.seed, "", f"order of epoch {epoch}").shuffle(order)
    for start in range(0, len(order), config.groups_per_step):
        yield [_sampled(group, config, epoch) for group in order[start : start + config.groups_per_step]]


def _sampled(group: ExampleGroup, config: Config, epoch: int) -> list[Example]:
    rng = rng_for(config.seed, group.problem_id, f"sample of epoch {epoch}")
    count = min(config.negatives, len(group.negatives))
    return [rng.choice(group.positives), *rng.sample(group.negatives, count)]


def _loss(model: TransformerModel, batch: Sequence[Sequence[Example]]) -> Any:
    import torch

    rows = [example for group in batch for example in group]
    dimension_logits, total_logits = logits(model, [row.encoded for row in rows])
    device = dimension_logits.device
    labels = torch.tensor([row.labels for row in rows], device=device)
    targets = torch.tensor([row.total for row in rows], device=device)
    return reward_loss(model.layout, dimension_logits, total_logits, labels, targets, [len(group) for group in batch])


def _pair_accuracy(model: TransformerModel, groups: Sequence[ExampleGroup]) -> float:
    """The share of all pairs (positive, negative) that the totals rank right; a tie is wrong."""
    import torch

    model.parts.eval()
    right = pairs = 0
    for group in groups:
        rows = [*group.positives, *group.negatives]
        with torch.no_grad():
            scores = totals(model.layout, *logits(model, [row.encoded for row in rows]))[0].tolist()
        high, low = scores[: len(group.positives)], scores[len(group.positives) :]
        right += sum(a > b for a in high for b in low)
        pairs += len(high) * len(low)
    return right / pairs


def _rate(step: int, steps: int) -> float:
    """The share of the learning rate at a step."""
    warm = max(1, int(_WARM_UP * steps))
    return (step + 1) / warm if step < warm else max(0.0, (steps - step) / max(1, steps - warm))


def _base(model: str) -> str:
    """The name of a backbone: of a folder its last part, without the path of this machine."""
    return Path(model).name if Path(model).is_dir() else model


def _shown(config: Config) -> dict[str, Any]:
    """The configuration without paths of this machine."""
    shown = {name: value for name, value in asdict(config).items() if not isinstance(value, Path)}
    return shown | {"model": _base(config.model)}
