"""A random transformers model of some ten thousand parameters with a byte-level tokenizer, made on the spot."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

END, PAD = "<|end|>", "<|pad|>"


def tiny_backbone(folder: Path, texts: Iterable[str] = (), *, seed: int = 0, **fields: Any) -> Path:
    """Write a Qwen2 model with two layers of 64 units to `folder`, and a tokenizer with merges learnt from `texts`.

    `fields` are of its configuration. Skips without torch and transformers.
    """
    torch = pytest.importorskip("torch", reason="needs torch (extra train)")
    transformers = pytest.importorskip("transformers", reason="needs transformers (extra train)")
    torch.manual_seed(seed)
    tokenizer = byte_tokenizer(texts)
    tokenizer.save_pretrained(folder)
    sizes: dict[str, float] = {
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
    }
    sizes |= {"initializer_range": 0.1}  # with 0.02 it learns a text by heart in twice the steps
    sizes |= {"num_key_value_heads": 2, "max_position_embeddings": 2048, "vocab_size": len(tokenizer)}
    config = transformers.Qwen2Config(
        **sizes | fields, eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id
    )
    transformers.Qwen2Model(config).save_pretrained(folder)
    return folder


def byte_tokenizer(texts: Iterable[str] = (), merges: int = 800) -> Any:
    """A token for each byte, for pieces that are frequent in `texts`, for the end of a text and for padding."""
    tokenizers = pytest.importorskip("tokenizers", reason="needs transformers (extra train)")
    transformers = pytest.importorskip("transformers", reason="needs transformers (extra train)")
    made = tokenizers.Tokenizer(tokenizers.models.BPE())
    made.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=258 + merges,
        special_tokens=[END, PAD],
        initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator(texts, trainer)
    return transformers.PreTrainedTokenizerFast(tokenizer_object=made, eos_token=END, pad_token=PAD)
