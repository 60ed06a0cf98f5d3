"""The configuration of a build: one flat set of keys, the same in flags, in a YAML file and in Python.

The metadata of each field holds its meaning (`about`) and the first stage whose results it changes (`redoes`; empty:
none). `init`, `--help` and the refusal of a changed configuration are printed from it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any  # YAML

from tracelift_groups.errors import ConfigError, suggestion

SPLITS = ("train", "dev", "test", "rl")

# Keys of a run folder's build.yaml that are not configuration; --config ignores them.
RUN_KEYS = ("format_version", "tool_version", "fingerprint")


def _key(about: str, redoes: str = "") -> dict[str, str]:
    return {"about": about, "redoes": redoes}


@dataclass(frozen=True)
class Config:
    """The resolved configuration. ConfigError names the key whose value can't be used."""

    seeds: tuple[str, ...] = field(
        default=("bundled",),
        metadata=_key("sources of problems: bundled, gsm8k:PATH, math:PATH, file:PATH, hf:NAME"),
    )
    seed: int = field(
        default=0, metadata=_key("random seed; the randomness of an item comes from it and the problem_id", "generate")
    )
    limit: int | None = field(default=None, metadata=_key("number of seeds to take from each source; empty: all"))
    teacher: str = field(
        default="",
        metadata=_key("model that writes reference traces for seeds without one, MODEL@URL; empty: none", "generate"),
    )
    teacher_candidates: int = field(
        default=4, metadata=_key("traces that the teacher writes for such a seed", "generate")
    )
    kinds: tuple[str, ...] = field(default=(), metadata=_key("kinds of flaw to make; empty: all", "perturb"))
    min_negatives: int = field(default=4, metadata=_key("flaws a group must have to be kept", "validate"))
    max_negatives: int = field(default=6, metadata=_key("flaws a group may have at most", "validate"))
    annotator: str = field(default="checks", metadata=_key("annotator that scores the traces", "annotate"))
    rubric: str = field(default="", metadata=_key("rubric to score on; empty: that of the domain", "annotate"))
    splits: Mapping[str, float] = field(
        default_factory=lambda: {"train": 0.7, "dev": 0.1, "test": 0.1, "rl": 0.1},
        metadata=_key("share of the problems in each split", "split"),
    )
    near_duplicate: float = field(
        default=0.8,
        metadata=_key("problems at least this alike (Jaccard, word 3-grams) share a split", "split"),
    )
    workers: int | None = field(default=None, metadata=_key("number of worker processes; empty: one per core"))

    def __post_init__(self) -> None:
        for key in fields(self):
            object.__setattr__(self, key.name, checked(key.name, getattr(self, key.name)))
        if self.min_negatives > self.max_negatives:
            raise ConfigError(
                f"min_negatives is {self.min_negatives}, but max_negatives is only {self.max_negatives}.",
                "Lower the first or raise the second.",
            )

    def to_json(self) -> dict[str, Any]:
        row = {key.name: getattr(self, key.name) for key in fields(self)}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in row.items()}


def about(name: str) -> str:
    """The phrase that explains a key."""
    return str(_metadata(name)["about"])


def redoes(name: str) -> str:
    """The first stage whose results a change of this key makes obsolete; empty: none."""
    return str(_metadata(name)["redoes"])


def _metadata(name: str) -> Mapping[str, Any]:
    return next(key.metadata for key in fields(Config) if key.name == name)


def checked(name: str, value: object) -> object:
    """The value in the type that Config holds. ConfigError says what the key takes."""
    if name in ("seeds", "kinds"):
        texts = [value] if isinstance(value, str) else value
        if not isinstance(texts, Sequence) or not all(isinstance(text, str) and text for text in texts):
            raise ConfigError(f"{name} must be a list of names, not {_shown(value)}.")
        return tuple(texts)
    if name in ("annotator", "rubric", "teacher"):
        if not isinstance(value, str):
            raise ConfigError(f"{name} must be a name, not {_shown(value)}.")
        return value
    if name == "splits":
        return _shares(value)
    if name == "near_duplicate":
        if not _is_number(value) or not 0.0 < float(value) <= 1.0:  # type: ignore[arg-type]  # a number, just checked
            raise ConfigError(f"near_duplicate must be a number above 0, up to 1, not {_shown(value)}.")
        return float(value)  # type: ignore[arg-type]  # a number, just checked
    least = {"seed": 0, "min_negatives": 0}.get(name, 1)
    if value is None and name in ("limit", "workers"):
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ConfigError(f"{name} must be a whole number from {least} up, not {_shown(value)}.")
    return value


def _shares(value: object) -> dict[str, float]:
    if not isinstance(value, Mapping):
        raise ConfigError(f"splits must give a share to each split, not {_shown(value)}.")
    for name, share in value.items():
        if name not in SPLITS:
            raise ConfigError(f'No split is named "{name}".', suggestion(str(name), SPLITS))
        if not _is_number(share) or not 0.0 <= share <= 1.0:
            raise ConfigError(f"The share of split {name} must be between 0 and 1, not {_shown(share)}.")
    if abs(math.fsum(value.values()) - 1.0) > 1e-9:
        raise ConfigError(f"The shares in splits add up to {math.fsum(value.values()):g}.", "They must add up to 1.")
    return {name: float(value.get(name, 0.0)) for name in SPLITS}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _shown(value: object) -> str:
    return "empty" if value is None else repr(value)


def read_config(path: Path) -> dict[str, Any]:
    """The keys that a YAML file sets, checked. ConfigError gives file:line, and the nearest known name for a typo."""
    import yaml

    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except (OSError, UnicodeDecodeError) as cause:
        reason = cause.strerror if isinstance(cause, OSError) else "not UTF-8 text"
        raise ConfigError(f"Can't read configuration {path}: {reason}.") from cause
    except yaml.YAMLError as cause:
        mark = getattr(cause, "problem_mark", None)  # only some of PyYAML's errors know their place
        line = f":{mark.line + 1}" if mark else ""
        raise ConfigError(f"{path}{line}: not valid YAML ({getattr(cause, 'problem', cause)}).") from cause
    if root is None:
        return {}
    if not isinstance(values, dict) or not isinstance(root, yaml.MappingNode):
        raise ConfigError(f"{path}: a configuration is a list of `key: value` lines.")
    return _checked_keys(path, [(node.value, node.start_mark.line + 1) for node, _ in root.value], values)


def _checked_keys(path: Path, lines: Sequence[tuple[Any, int]], values: Mapping[Any, object]) -> dict[str, Any]:
    known = [key.name for key in fields(Config)]
    found: dict[str, Any] = {}
    for name, line in lines:
        if name in RUN_KEYS:
            continue
        if name not in known:
            raise ConfigError(f'{path}:{line}: no configuration key is named "{name}".', suggestion(str(name), known))
        if name in found:
            raise ConfigError(f'{path}:{line}: "{name}" is set twice.', "Keep one of the two lines.")
        try:
            found[name] = checked(name, values[name])
        except ConfigError as cause:
            raise ConfigError(f"{path}:{line}: {cause.what}", cause.todo) from cause
    return found


def commented(config: Config) -> str:
    """The configuration as YAML text, each key under the phrase that explains it."""
    import yaml

    text = yaml.safe_dump(
        config.to_json(), sort_keys=False, default_flow_style=None, allow_unicode=True, width=math.inf
    )
    phrases = {key.name: f"# {about(key.name)}\n" for key in fields(Config)}
    return "".join(phrases.get(line.partition(":")[0], "") + line for line in text.splitlines(keepends=True))
