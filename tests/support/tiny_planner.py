"""A random causal model of some ten thousand parameters with a tokenizer of whole words, made on the spot."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

_WORD = r"</?reasoning>|\d+(?:[.,]\d+)*|\w+|[^\w\s]"


def tiny_planner(folder: Path, texts: Iterable[str], *, tokenizer: bool = True) -> Path:
    """Write the model to `folder`; its tokenizer knows the words of the texts. Skips without torch and transformers."""
    torch = pytest.importorskip("torch", reason="needs torch (extra train)")
    transformers = pytest.importorskip("transformers", reason="needs transformers (extra train)")
    tokenizers = pytest.importorskip("tokenizers", reason="needs transformers (extra train)")
    words = ["<pad>", "<end>", "<unknown>", "<reasoning>", "</reasoning>"]
    words += sorted({word for text in texts for word in re.findall(_WORD, text)} - set(words))
    made = tokenizers.Tokenizer(tokenizers.models.WordLevel({w: i for i, w in enumerate(words)}, "<unknown>"))
    split = tokenizers.pre_tokenizers.Split(tokenizers.Regex(_WORD), "removed", invert=True)
    made.pre_tokenizer = split
    torch.manual_seed(0)
    sizes = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4}
    sizes |= {"num_key_value_heads": 4, "max_position_embeddings": 1024, "vocab_size": len(words)}
    config = transformers.LlamaConfig(**sizes, eos_token_id=1, pad_token_id=0, bos_token_id=None)
    transformers.LlamaForCausalLM(config).save_pretrained(folder)
    if tokenizer:
        transformers.PreTrainedTokenizerFast(
            tokenizer_object=made, eos_token="<end>", pad_token="<pad>", unk_token="<unknown>"
        ).save_pretrained(folder)
    return folder
