import json

import pytest
from repo_files import SHARED_DATA

from tracelift_groups.flaws import giveaways as giveaway

GSM8K = SHARED_DATA / "gsm8k_train.jsonl"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("She adds 3 by mistake and gets 9.", "by mistake"),
        ("That gives 9. Wait, let me\n reconsider the second step.", "Wait,"),
        ("So 4 + 4 = 9, which is incorrect.", "is incorrect"),
        ("Here we introduce an error: 4 + 4 = 9.", "introduce an error"),
        ("Let’s double-check the sum.", "Let's double-check"),
        ("I forgot the second box.", "I forgot"),
        ("The correct answer is 8.", "The correct answer is"),
    ],
)
def test_an_announced_error_is_found(text: str, found: str) -> None:
    assert giveaway.find(text) == found


def test_plain_work_has_no_giveaway() -> None:
    assert giveaway.find("She waits 3 hours. 48 / 2 = 24, so the second group has 24 members.") is None


def test_a_phrase_of_the_reference_gives_nothing_away() -> None:
    assert giveaway.find("He paid 3 By  Mistake, so 7 - 3 = 5.", "He paid 3 by mistake, so 7 - 3 = 4.") is None


def test_a_new_phrase_is_found_behind_one_of_the_reference() -> None:
    assert giveaway.find("By mistake he paid 3. Oops, 5.", "By mistake he paid 3.") == "Oops"


@pytest.mark.skipif(not GSM8K.exists(), reason="needs the shared GSM8K file")
def test_hardly_any_human_solution_has_a_giveaway() -> None:
    rows = [json.loads(line) for line in GSM8K.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 7473
    assert sum(giveaway.find(row["answer"]) is not None for row in rows) <= 3
