"""The released loss of the reward model, on given logits; departures: a missing label has no part in it."""

from collections.abc import Sequence
from typing import Any  # torch, which may not be installed

from tracelift_groups.reward_model.model import HeadLayout, totals

DIMENSION_WEIGHT, TOTAL_WEIGHT, RANKING_WEIGHT = 1.0, 0.5, 0.7
NO_LABEL = -100


def reward_loss(
    layout: HeadLayout, dimension_logits: Any, total_logits: Any, labels: Any, targets: Any, groups: Sequence[int]
) -> Any:
    """1.0 · Σ cross entropy of the dimensions + 0.5 · Huber (δ = 1) of the total + 0.7 · mean −log σ(s⁺ − s⁻).

    `labels` [traces, dimensions] are classes, NO_LABEL where there is none; `targets` [traces] are totals in [0, 1],
    nan where there is none. `groups` are sizes: each group is one positive and then its negatives. s is the score in
    [0, 1].
    """
    import torch
    from torch.nn.functional import cross_entropy, huber_loss, logsigmoid

    zero = dimension_logits.sum() * 0
    loss = zero
    for i in range(len(layout.names)):
        if bool((labels[:, i] != NO_LABEL).any()):
            loss = loss + DIMENSION_WEIGHT * cross_entropy(dimension_logits[:, i], labels[:, i], ignore_index=NO_LABEL)
    known = ~torch.isnan(targets)
    if total_logits is not None and bool(known.any()):
        loss = loss + TOTAL_WEIGHT * huber_loss(total_logits[known].sigmoid(), targets[known], delta=1.0)
    score, _, _ = totals(layout, dimension_logits, total_logits)
    margins, start = [], 0
    for size in groups:
        margins.append(score[start] - score[start + 1 : start + size])
        start += size
    ranked = torch.cat(margins) if margins else zero[None][:0]
    return loss - RANKING_WEIGHT * logsigmoid(ranked).mean() if len(ranked) else loss
