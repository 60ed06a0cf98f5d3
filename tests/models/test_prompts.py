"""Prompt files and how they are filled."""

import pytest
from repo_files import ROOT

from tracelift_groups.models.prompts import fill, load_prompt

NAMES = sorted(path.stem for path in (ROOT / "tracelift_groups" / "models" / "prompts").glob("*.yaml"))


def test_a_value_that_looks_like_a_placeholder_stays_as_it_is() -> None:
    assert fill("{a} and {b}", {"a": "{b} {a} {c} {{", "b": "}{a}"}) == "{b} {a} {c} {{ and }{a}"


def test_a_placeholder_without_a_value_is_a_bug() -> None:
    with pytest.raises(KeyError):
        fill("{a}", {})


def test_json_in_a_template_is_no_placeholder() -> None:
    assert fill('{"answer": "..."} {a}', {"a": "1"}) == '{"answer": "..."} 1'


@pytest.mark.parametrize("name", NAMES)
def test_every_prompt_has_a_version_and_can_be_identified(name: str) -> None:
    assert len(NAMES) >= 2
    prompt = load_prompt(name)
    assert prompt.identity == f"{name}/{prompt.version}"
    assert prompt.system
    assert prompt.turns
