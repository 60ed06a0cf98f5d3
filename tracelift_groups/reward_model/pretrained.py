"""The checkpoint folder of a transformers reward model, in the released layout.

`config.json` is the backbone's, with `rm_dimension_names`, `rm_dimension_weights`, `rm_num_labels` and
`rm_use_total_head` (missing keys mean the released code rubric); `model.safetensors` holds `model.*`,
`dimension_heads.{i}.*` and `total_head.*`; `rm_metadata.json` repeats the heads and names base model and domain. The
tokenizer lies beside them. A backbone other than Qwen2 has the same layout.
"""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any  # JSON, torch and transformers

from tracelift_groups.errors import RunError, shorten
from tracelift_groups.files.atomic import reported_as_run_error
from tracelift_groups.reward_model.model import (
    LABELS,
    HeadLayout,
    TransformerModel,
    load_tokenizer,
    require_torch,
    with_heads,
)

CONFIG, METADATA, WEIGHTS = "config.json", "rm_metadata.json", "model.safetensors"
_SHARDS = "model.safetensors.index.json"
MAX_LENGTH = 3072  # tokens of a text, as in the released training
# What a released checkpoint without `rm_*` keys has.
_RELEASED = ("task_understanding", "plan_quality", "step_coherence", "action_support", "non_leakage")


def is_pretrained(folder: Path) -> bool:
    """Whether a folder holds a checkpoint of this layout."""
    return (folder / METADATA).is_file() or "RewardModel" in " ".join(_config(folder).get("architectures") or ())


def write_pretrained(model: TransformerModel, folder: Path, base_model: str, training: Mapping[str, Any]) -> None:
    """Write the checkpoint as a new folder, whole or not at all; one that is there is replaced by it at the end.

    `training` is written beside it, as training.json. RunError when it can't be written.
    """
    from safetensors.torch import save_file

    layout = model.layout
    heads = {
        "dimension_names": list(layout.names),
        "dimension_weights": list(layout.weights),
        "rm_num_labels": layout.labels,
        "rm_use_total_head": layout.total_head,
    }
    with reported_as_run_error(folder), folder_written(folder) as part:
        config = model.parts["model"].config.to_dict()
        kind = type(model.parts["model"]).__name__.removesuffix("Model")
        config |= {f"rm_{name.removeprefix('rm_')}": value for name, value in heads.items()}
        config |= {"architectures": [f"{kind}ForReasonRewardModel"], "classifier_dropout": 0.0}
        config["_name_or_path"] = base_model
        _write_json(part / CONFIG, config)
        metadata = {"base_model": base_model, **heads, "domain": model.domain, "max_length": model.max_length}
        _write_json(part / METADATA, metadata)
        _write_json(part / "training.json", training)
        state = {name: value.detach().cpu().contiguous() for name, value in model.parts.state_dict().items()}
        save_file(state, part / WEIGHTS, metadata={"format": "pt"})
        model.tokenizer.save_pretrained(part)


def read_pretrained(folder: Path) -> TransformerModel:
    """The model of a checkpoint, on a GPU where there is one. RunError when it is broken or incomplete."""
    require_torch("A transformers reward model")
    import torch
    from transformers import AutoConfig, AutoModel

    row = _config(folder)
    metadata = json.loads((folder / METADATA).read_text("utf-8")) if (folder / METADATA).is_file() else {}
    tokenizer = load_tokenizer(folder)
    try:
        names = tuple(row.get("rm_dimension_names") or _RELEASED)
        weights = tuple(map(float, row.get("rm_dimension_weights") or (1 / len(names),) * len(names)))
        layout = HeadLayout(names, weights, row.get("rm_num_labels", LABELS), row.get("rm_use_total_head", True))
        if len(weights) != len(names):
            raise ValueError(f"{len(weights)} weights for {len(names)} dimensions")
        parts = with_heads(AutoModel.from_config(AutoConfig.from_pretrained(folder), dtype=torch.float32), layout, 0)
        parts.load_state_dict(_state(folder), strict=True)
    except Exception as cause:  # transformers and safetensors raise many types for a broken checkpoint
        reason = shorten(str(cause).strip().split("\n")[0] or type(cause).__name__, 160).rstrip(".:")
        raise RunError(f"{folder} is no whole reward model: {reason}.", "Train it again, or fetch it again.") from cause
    parts.to("cuda" if torch.cuda.is_available() else "cpu").eval()
    limit = min(int(metadata.get("max_length", MAX_LENGTH)), int(row.get("max_position_embeddings") or MAX_LENGTH))
    return TransformerModel(parts, tokenizer, layout, limit, metadata.get("domain", ""))


@contextmanager
def folder_written(folder: Path) -> Iterator[Path]:
    """Yields a new folder beside `folder`, which takes its place when the block succeeds."""
    target = folder.resolve()
    part, old = (target.with_name(f".{target.name}.{name}") for name in ("part", "old"))
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in (part, old):
        shutil.rmtree(left, ignore_errors=True)
    part.mkdir()
    try:
        yield part
        if target.exists():
            target.rename(old)
        part.rename(target)
        shutil.rmtree(old, ignore_errors=True)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _state(folder: Path) -> dict[str, Any]:
    """All tensors, from one file or from shards, in float32."""
    from safetensors.torch import load_file

    files = [folder / WEIGHTS]
    if not files[0].is_file() and (folder / _SHARDS).is_file():
        index = json.loads((folder / _SHARDS).read_text("utf-8"))
        files = [folder / name for name in sorted(set(index["weight_map"].values()))]
    return {name: value.float() for file in files for name, value in load_file(file).items()}


def _config(folder: Path) -> dict[str, Any]:
    try:
        row = json.loads((folder / CONFIG).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return row if isinstance(row, dict) else {}


def _write_json(path: Path, row: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(row, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
