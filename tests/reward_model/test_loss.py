from math import exp, log

import pytest

from tracelift_groups.reward_model.loss import NO_LABEL, reward_loss
from tracelift_groups.reward_model.model import HeadLayout, totals

torch = pytest.importorskip("torch", reason="needs torch (extra train)")

LAYOUT = HeadLayout(("a", "b"), (0.25, 0.75))


def test_scores_of_given_logits() -> None:
    # Equal logits: the expected label is 2 of 4. One dimension certain of label 4.
    dimension_logits = torch.tensor([[[0.0] * 5, [0.0, 0.0, 0.0, 0.0, 100.0]]])
    total, derived, dimensions = totals(LAYOUT, dimension_logits, torch.tensor([log(3)]))
    assert dimensions.tolist() == [pytest.approx([0.5, 1.0])]
    assert derived.item() == pytest.approx(0.25 * 0.5 + 0.75)
    assert total.item() == pytest.approx((0.875 + 0.75) / 2)
    assert totals(HeadLayout(("a", "b"), (0.25, 0.75), total_head=False), dimension_logits, None)[0].item() == (
        pytest.approx(0.875)
    )


def test_the_loss_of_given_numbers() -> None:
    dimension_logits = torch.zeros(2, 2, 5)
    total_logits = torch.tensor([log(3), 0.0])  # sigmoid: 0.75 and 0.5
    labels = torch.tensor([[4, 4], [0, NO_LABEL]])
    targets = torch.tensor([1.0, float("nan")])
    # Cross entropy log 5 a dimension; Huber ½ · 0.25²; scores ½(0.5 + 0.75) and ½(0.5 + 0.5): a margin of 0.125.
    ranking = log(1 + exp(-0.125))
    expected = 2 * log(5) + 0.5 * 0.5 * 0.0625 + 0.7 * ranking
    assert reward_loss(LAYOUT, dimension_logits, total_logits, labels, targets, [2]).item() == pytest.approx(expected)


def test_without_any_label_only_the_ranking_is_left() -> None:
    labels, targets = torch.full((2, 2), NO_LABEL), torch.full((2,), float("nan"))
    loss = reward_loss(LAYOUT, torch.zeros(2, 2, 5), torch.zeros(2), labels, targets, [2])
    assert loss.item() == pytest.approx(0.7 * log(2))


def test_traces_are_ranked_inside_their_group_only() -> None:
    labels, targets = torch.full((4, 2), NO_LABEL), torch.full((4,), float("nan"))
    total_logits = torch.tensor([9.0, 0.0, -9.0, -9.0])
    loss = reward_loss(LAYOUT, torch.zeros(4, 2, 5), total_logits, labels, targets, [2, 2])
    margin = (1 / (1 + exp(-9)) - 0.5) / 2
    assert loss.item() == pytest.approx(0.7 * (log(1 + exp(-margin)) + log(2)) / 2, rel=1e-5)
