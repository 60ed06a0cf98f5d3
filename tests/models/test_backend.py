"""The backend slot, ours and a third party's."""

import asyncio
from pathlib import Path

import pytest

from tracelift_groups.errors import SourceError, TraceliftError, UnknownNameError
from tracelift_groups.models.backend import Request, open_backend


def ask(spec: str, text: str) -> str:
    return asyncio.run(open_backend(spec).complete(Request("none", (("user", text),)))).text


def test_the_scripted_backend_answers_the_last_message(tmp_path: Path) -> None:
    script = tmp_path / "answers.json"
    script.write_text('{"2 + 2?": "4"}')
    assert ask(f"scripted:{script}", "2 + 2?") == "4"


def test_a_question_without_an_answer_is_an_error_and_not_an_empty_answer(tmp_path: Path) -> None:
    script = tmp_path / "answers.json"
    script.write_text("{}")
    with pytest.raises(TraceliftError, match="no answer"):
        ask(f"scripted:{script}", "2 + 2?")


@pytest.mark.parametrize("content", ["", "[1]", '{"a": 1}'])
def test_a_script_that_is_none_is_refused_by_name(tmp_path: Path, content: str) -> None:
    script = tmp_path / "answers.json"
    script.write_text(content)
    with pytest.raises(SourceError, match=r"answers\.json"):
        open_backend(f"scripted:{script}")


def test_an_unknown_backend_suggests_a_known_one() -> None:
    with pytest.raises(UnknownNameError, match="scripted"):
        open_backend("scriptd:x")
