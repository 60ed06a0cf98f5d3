"""What a planner is asked, and what of its answer is the trace."""

import re
from collections.abc import Mapping
from typing import Any, Protocol

from tracelift_groups.records.seed import Seed

_ASKED = """{problem}

Explain step by step how to solve this, without stating the final result by itself. Write the explanation between
<reasoning> and </reasoning>."""
_TRACE = re.compile(r"<reasoning>(.*?)</reasoning>", re.DOTALL)


class ChatTokenizer(Protocol):
    """What is needed of a tokenizer of transformers."""

    chat_template: Any

    def apply_chat_template(self, messages: list[Mapping[str, str]], **settings: Any) -> Any: ...


def planner_prompt(seed: Seed, tokenizer: ChatTokenizer) -> str:
    """The text that a planner continues: a chat with one question where its tokenizer has a template, else plain."""
    asked = _ASKED.replace("{problem}", seed.problem.strip())
    if not tokenizer.chat_template:
        return f"{asked}\n\n"
    messages: list[Mapping[str, str]] = [{"role": "user", "content": asked}]
    return str(tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True))


def planner_answer(trace: str) -> str:
    """The answer of which `trace_of` is this trace."""
    return f"<reasoning>\n{trace.strip()}\n</reasoning>"


def trace_of(answer: str) -> str:
    """The text between the first <reasoning> and </reasoning>, stripped; empty when there is none."""
    found = _TRACE.search(answer)
    return found[1].strip() if found else ""
