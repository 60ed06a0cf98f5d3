"""How a model computes on a GPU. On a CPU these contexts change nothing."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def attention_of_any_length(device: str) -> Iterator[None]:
    """Attention kernels that need no plan for each new shape.

    Those of cuDNN, which PyTorch prefers on newer GPUs, do, and a plan takes longer than the step that needs it.
    """
    if device != "cuda":
        yield
        return
    from torch.nn.attention import SDPBackend, sdpa_kernel

    with sdpa_kernel([SDPBackend.FLASH_ATTENTION, SDPBackend.EFFICIENT_ATTENTION, SDPBackend.MATH]):
        yield


@contextmanager
def mixed_precision(device: str) -> Iterator[None]:
    """Arithmetic in bfloat16 over parameters that stay float32, and `attention_of_any_length`.

    For one forward pass: across an update the copies of the parameters in bfloat16 would be old.
    """
    import torch

    with attention_of_any_length(device), torch.autocast(device, torch.bfloat16, enabled=device == "cuda"):
        yield
