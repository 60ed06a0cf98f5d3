from tracelift_groups.reward_model.text import reward_text


def test_texts_are_stripped_and_nothing_follows_the_reasoning() -> None:
    text = reward_text(" 1 + 1?\n", "\n1 + 1 = 2 ", domain="math", task_type="gsm8k")
    assert text == (
        "<task>math</task>\n<type>gsm8k</type>\n<problem>\n1 + 1?\n</problem>\n<reasoning>\n1 + 1 = 2\n</reasoning>"
    )


def test_tests_have_a_block_where_there_are_any() -> None:
    text = reward_text("Double it.", "Print 2n.", domain="code", task_type="code", tests="3 -> 6\n")
    assert "</problem>\n<tests>\n3 -> 6\n</tests>\n<reasoning>" in text
    assert "tests" not in reward_text("Double it.", "Print 2n.", domain="code", task_type="code", tests=" ")
