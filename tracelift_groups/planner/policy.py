"""A planner as a transformers model: loaded from a folder or from the Hub, asked for answers, saved."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any  # torch, transformers

from tracelift_groups.errors import ConfigError, MissingExtraError, RunError, shorten
from tracelift_groups.files.atomic import folder_beside, reported_as_run_error
from tracelift_groups.planner.prompt import planner_prompt
from tracelift_groups.records.seed import Seed
from tracelift_groups.reward_model.gpu import mixed_precision

_BATCH = 16  # answers generated at a time
PACKAGES = ("torch", "transformers")


@dataclass(frozen=True)
class Policy:
    """A causal language model and its tokenizer, which pads on the left."""

    model: Any
    tokenizer: Any

    def prompt(self, seed: Seed) -> str:
        """What the model is asked for a problem."""
        return planner_prompt(seed, self.tokenizer)

    def save(self, folder: Path) -> None:
        """Write model and tokenizer into a folder."""
        self.model.save_pretrained(folder)
        self.tokenizer.save_pretrained(folder)


def require_packages(purpose: str, packages: Sequence[str] = PACKAGES) -> None:
    """MissingExtraError unless the packages of the extra `train` are installed; none of them is imported."""
    if any(find_spec(name) is None for name in packages):
        raise MissingExtraError(purpose, "train")


def load_policy(name: str) -> Policy:
    """The model of a folder, or of the Hub. ConfigError when it isn't there, or is no model with a tokenizer."""
    import torch
    import transformers

    if name.startswith(("/", ".", "~")) and not Path(name).is_dir():  # names of the Hub never do
        raise ConfigError(f"There is no folder {name}.", "Name a folder, or a model of the Hub.")
    with _reported(name, "tokenizer"):
        tokenizer = transformers.AutoTokenizer.from_pretrained(name, padding_side="left")
    if not len(tokenizer) or tokenizer.eos_token_id is None:
        raise ConfigError(f"{name} has no tokenizer with an end-of-text token.", "Name a model that has one.")
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    with _reported(name, "model"):
        # An update of usual size is lost in the rounding of a bfloat16 parameter.
        model = transformers.AutoModelForCausalLM.from_pretrained(name, dtype=torch.float32)
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    return Policy(model.to("cuda" if torch.cuda.is_available() else "cpu"), tokenizer)


def answers(policy: Policy, seeds: Sequence[Seed], max_tokens: int) -> Iterator[str]:
    """The most likely answer to each problem, in their order, of at most `max_tokens` tokens."""
    import torch

    policy.model.eval()
    for start in range(0, len(seeds), _BATCH):
        prompts = [policy.prompt(seed) for seed in seeds[start : start + _BATCH]]
        batch = policy.tokenizer(prompts, return_tensors="pt", padding=True, add_special_tokens=False)
        given = {name: batch[name].to(policy.model.device) for name in ("input_ids", "attention_mask")}
        with torch.no_grad(), mixed_precision(policy.model.device.type):
            made = policy.model.generate(**given, max_new_tokens=max_tokens, do_sample=False)
        new = made[:, given["input_ids"].shape[1] :]
        yield from policy.tokenizer.batch_decode(new, skip_special_tokens=True)


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """A folder to write into, which becomes `out` when the block succeeds. RunError when `out` is there already."""
    require_new(out)
    with folder_beside(out) as part:
        yield part
        with reported_as_run_error(out):
            part.rename(out)


def require_new(out: Path) -> None:
    """RunError when a file or a folder is there already."""
    if out.exists():
        raise RunError(f"{out} is there already.", "Name another folder: --out")


@contextmanager
def _reported(name: str, part: str) -> Iterator[None]:
    try:
        yield
    except Exception as cause:  # transformers, the Hub's client and the files behind them
        reason = shorten(str(cause).strip().partition("\n")[0], 200).rstrip(".")
        raise ConfigError(
            f"{name} has no {part} that can be loaded: {reason}.", "Name a folder, or a model of the Hub, with both."
        ) from cause
