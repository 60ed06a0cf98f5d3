"""The transformers reward model: any backbone, last-token pooling, one head a rubric dimension and one for the total.

Its parts are a `torch.nn.ModuleDict` whose parameters have the names of the released layout: `model.*`,
`dimension_heads.{i}.*` and `total_head.*`. Heads and scores are in float32. torch is imported inside the functions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any  # torch and transformers, which may not be installed

from tracelift_groups.errors import ConfigError, MissingExtraError, shorten
from tracelift_groups.reward_model.gpu import mixed_precision
from tracelift_groups.reward_model.reward_score import RewardScore
from tracelift_groups.reward_model.text import reward_text

LABELS = 5
_SAMPLE, _TELLING = "half of 48 is 24, and 7 + 5 = 12", 5
_HEAD_DEVIATION = 0.02  # of the initial weights of a head, as in most backbones


@dataclass(frozen=True)
class HeadLayout:
    """The heads of a model. `weights` are those of the dimensions in the derived score."""

    names: tuple[str, ...]
    weights: tuple[float, ...]
    labels: int = LABELS
    total_head: bool = True


@dataclass(frozen=True)
class TransformerModel:
    """`parts` is the ModuleDict, `domain` the domain that it was fitted on (empty: it is not known)."""

    parts: Any
    tokenizer: Any
    layout: HeadLayout
    max_length: int
    domain: str = ""


@dataclass(frozen=True)
class Encoded:
    """Token ids of one trace. `cut` says that the beginning of the problem was left out to fit the length."""

    ids: tuple[int, ...]
    cut: bool


def require_torch(purpose: str) -> None:
    """MissingExtraError where torch or transformers is not installed."""
    try:
        import torch  # noqa: F401 - checks that it is installed
        import transformers  # noqa: F401 - checks that it is installed
    except ImportError as cause:
        raise MissingExtraError(purpose, "train") from cause


def load_tokenizer(path: str | Path) -> Any:
    """The tokenizer of a model folder or name. ConfigError when there is no such model, or no tokenizer with it."""
    from transformers import AutoTokenizer

    _backbone_config(path)
    try:
        tokenizer = AutoTokenizer.from_pretrained(path)
    except Exception as cause:  # transformers raises many types
        raise ConfigError(
            f"{path} has no tokenizer: {_reason(cause)}", "Save the tokenizer beside the model."
        ) from cause
    # Without files of a tokenizer, transformers makes one that knows no text.
    if len(set(tokenizer(_SAMPLE)["input_ids"])) < _TELLING:
        raise ConfigError(f"{path} has no tokenizer that reads text.", "Save the tokenizer beside the model.")
    return tokenizer


def load_backbone(path: str | Path) -> Any:
    """The model without its language head, in float32. ConfigError when it can't be loaded or pooled."""
    import torch
    from transformers import AutoModel

    if _backbone_config(path).is_encoder_decoder:
        raise ConfigError(
            f"{path} has an encoder and a decoder; its last token can't be pooled.", "Name another model."
        )
    try:
        return AutoModel.from_pretrained(path, dtype=torch.float32)
    except Exception as cause:  # as above
        raise ConfigError(f"{path} can't be loaded as a model: {_reason(cause)}", "Check the path or name.") from cause


def with_heads(backbone: Any, layout: HeadLayout, seed: int) -> Any:
    """The ModuleDict of a backbone and new heads; the same seed gives the same heads."""
    import torch

    hidden = backbone.config.hidden_size
    generator = torch.Generator().manual_seed(seed)

    def head(width: int) -> Any:
        made = torch.nn.Linear(hidden, width)
        with torch.no_grad():
            made.weight.normal_(0.0, _HEAD_DEVIATION, generator=generator)
            made.bias.zero_()
        return made

    parts = {"model": backbone, "dimension_heads": torch.nn.ModuleList([head(layout.labels) for _ in layout.names])}
    if layout.total_head:
        parts["total_head"] = head(1)
    return torch.nn.ModuleDict(parts)


def encode_trace(
    model: TransformerModel, problem: str, reasoning: str, *, domain: str, task_type: str, tests: str
) -> Encoded | None:
    """The tokens of a trace. Where they are too many, the beginning of the problem is left out; None when that is not
    enough: the end of the text, which is pooled, is never cut."""
    fields = {"domain": domain, "task_type": task_type, "tests": tests}

    def ids(kept: int) -> tuple[int, ...]:
        text = reward_text(problem[len(problem) - kept :], reasoning, **fields)
        return tuple(model.tokenizer(text, truncation=False, verbose=False)["input_ids"])

    whole = ids(len(problem))
    if len(whole) <= model.max_length:
        return Encoded(whole, cut=False)
    low, high = 0, len(problem)  # characters of the problem that fit, and that don't
    if len(ids(low)) > model.max_length:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if len(ids(middle)) <= model.max_length else (low, middle)
    return Encoded(ids(low), cut=True)


def logits(model: TransformerModel, batch: Sequence[Encoded]) -> tuple[Any, Any]:
    """Class logits [traces, dimensions, labels] and total logits [traces] (None without that head), in float32."""
    import torch

    parts = model.parts
    device = next(parts.parameters()).device
    lengths = torch.tensor([len(item.ids) for item in batch], device=device)
    width = int(lengths.max())
    padded = torch.tensor([[*item.ids, *[0] * (width - len(item.ids))] for item in batch], device=device)
    mask = (torch.arange(width, device=device) < lengths[:, None]).long()
    with mixed_precision(device.type):
        states = parts["model"](input_ids=padded, attention_mask=mask).last_hidden_state
    last = states[torch.arange(len(batch), device=device), lengths - 1].float()
    found = torch.stack([head(last) for head in parts["dimension_heads"]], dim=1)
    return found, parts["total_head"](last)[:, 0] if model.layout.total_head else None


def totals(layout: HeadLayout, dimension_logits: Any, total_logits: Any) -> tuple[Any, Any, Any]:
    """From logits: total [traces], derived [traces], and each dimension [traces, dimensions], all in [0, 1]."""
    import torch

    levels = torch.arange(layout.labels, device=dimension_logits.device, dtype=torch.float32)
    dimensions = (dimension_logits.softmax(-1) * levels).sum(-1) / (layout.labels - 1)
    derived = dimensions @ torch.tensor(layout.weights, device=dimensions.device, dtype=torch.float32)
    total = derived if total_logits is None else (derived + total_logits.sigmoid()) / 2
    return total, derived, dimensions


class TransformerScorer:
    """Scores traces with a transformers reward model; `batch_size` traces at a time."""

    def __init__(self, model: TransformerModel, batch_size: int = 16) -> None:
        self._model = model
        self._batch_size = batch_size

    @property
    def dimension_names(self) -> Mapping[str, tuple[str, ...]]:
        return {self._model.domain: self._model.layout.names}

    def judge(
        self, problem: str, traces: Sequence[str], *, domain: str, task_type: str, tests: str
    ) -> list[RewardScore | str]:
        if self._model.domain not in ("", domain):
            return [f"The reward model was not fitted on {domain} problems."] * len(traces)
        encoded = [
            encode_trace(self._model, problem, trace, domain=domain, task_type=task_type, tests=tests)
            for trace in traces
        ]
        found: list[RewardScore | str] = [f"The trace has more than {self._model.max_length} tokens."] * len(traces)
        fitting = [(i, item) for i, item in enumerate(encoded) if item is not None]
        for start in range(0, len(fitting), self._batch_size):
            part = fitting[start : start + self._batch_size]
            scores = self._scores([item for _, item in part])
            for (i, _), score in zip(part, scores, strict=True):
                found[i] = score
        return found

    def _scores(self, batch: Sequence[Encoded]) -> list[RewardScore | str]:
        import torch

        self._model.parts.eval()
        with torch.no_grad():
            total, derived, dimensions = totals(self._model.layout, *logits(self._model, batch))
        rows = zip(total.tolist(), derived.tolist(), dimensions.tolist(), strict=True)
        return [
            RewardScore(t, dict(zip(self._model.layout.names, own, strict=True)), d)
            if all(0 <= value <= 1 for value in (t, d, *own))
            else "The model's output is not a number."
            for t, d, own in rows
        ]


def _backbone_config(path: str | Path) -> Any:
    """The configuration of a model folder or name. ConfigError when there is none."""
    from transformers import AutoConfig

    is_path = str(path).startswith((".", "/", "~")) or str(path).count("/") > 1
    if is_path and not Path(path).exists():
        raise ConfigError(f"There is no model {path}.", "Check the path.")
    try:
        return AutoConfig.from_pretrained(path)
    except Exception as cause:  # transformers raises many types
        raise ConfigError(f"{path} can't be loaded as a model: {_reason(cause)}", "Check the path or name.") from cause


def _reason(cause: Exception) -> str:
    """The first line of a message, as one sentence."""
    return shorten(str(cause).strip().split("\n")[0].rstrip(".") or type(cause).__name__, 160) + "."
