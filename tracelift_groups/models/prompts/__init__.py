"""Prompts: one YAML file each, with a version that is part of every record made with it.

A file has `version`, `system`, `turns` (name → template of the user's message) and, where the answer is JSON, its
`schema`. A template holds `{name}` placeholders, which are filled in one pass.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any  # a JSON Schema document

_PLACEHOLDER = re.compile(r"\{(\w+)\}")

Messages = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Prompt:
    """A prompt file. `turns` maps a name to a template of the user's message."""

    name: str
    version: str
    system: str
    turns: Mapping[str, str]
    schema: Mapping[str, Any] | None = None

    @property
    def identity(self) -> str:
        """Name and version: `executor_math/1`."""
        return f"{self.name}/{self.version}"

    def messages(self, turn: str, **values: str) -> Messages:
        """The (role, text) pairs of one call, the template of `turn` filled with `values`."""
        return ("system", fill(self.system, values)), ("user", fill(self.turns[turn], values))


def fill(template: str, values: Mapping[str, str]) -> str:
    """The template with each `{name}` replaced by its value. Values are never searched for placeholders.

    KeyError for a placeholder without a value.
    """
    return _PLACEHOLDER.sub(lambda found: values[found[1]], template)


def has_prompt(name: str) -> bool:
    """Whether a prompt of that name is bundled."""
    return (files(__name__) / f"{name}.yaml").is_file()


@cache
def load_prompt(name: str) -> Prompt:
    """The bundled prompt of that name."""
    import yaml

    row = yaml.safe_load((files(__name__) / f"{name}.yaml").read_text(encoding="utf-8"))
    turns = {turn: template.strip() for turn, template in row["turns"].items()}
    return Prompt(name, row["version"], row["system"].strip(), turns, row.get("schema"))
