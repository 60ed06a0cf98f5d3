from dataclasses import fields
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tracelift_groups.config import SPLITS, Config, commented, read_config
from tracelift_groups.errors import ConfigError

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp")), min_size=1)
CONFIGS = st.builds(
    Config,
    seeds=st.lists(WORDS, min_size=1),
    seed=st.integers(0, 2**40),
    limit=st.none() | st.integers(1, 10**6),
    kinds=st.lists(WORDS),
    min_negatives=st.integers(0, 5),
    max_negatives=st.integers(5, 50),
    rubric=st.just("") | WORDS,
    near_duplicate=st.floats(0.01, 1.0),
    workers=st.none() | st.integers(1, 64),
    splits=st.sampled_from([{"train": 1.0}, {"train": 0.9, "rl": 0.1}]),
)


def written(folder: Path, text: str) -> Path:
    file = folder / "build.yaml"
    file.write_text(text, encoding="utf-8")
    return file


@given(config=CONFIGS)
def test_the_commented_file_reads_back_as_the_same_configuration(
    config: Config, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = written(tmp_path_factory.mktemp("config"), commented(config))
    assert Config(**read_config(file)) == config


def test_every_key_is_explained_by_a_phrase() -> None:
    lines = commented(Config()).splitlines()
    for key in fields(Config):
        at = next(i for i, line in enumerate(lines) if line.startswith(f"{key.name}:"))
        assert lines[at - 1].startswith("# ")
        assert len(lines[at - 1]) > 10


@pytest.mark.parametrize(
    ("text", "what", "todo"),
    [
        ("seed: 1\nmax_negative: 5\n", ':2: no configuration key is named "max_negative"', '"max_negatives"'),
        ("max_negatives: six\n", ":1: max_negatives must be a whole number from 1 up, not 'six'", ""),
        ("\nseed: true\n", ":2: seed must be a whole number", ""),
        ("seed:\n", ":1: seed must be a whole number from 0 up, not empty", ""),
        ("near_duplicate: .nan\n", ":1: near_duplicate must be a number above 0", ""),
        ("splits: {train: 0.5, trian: 0.5}\n", ':1: No split is named "trian"', '"train"'),
        ("splits: {train: 0.5}\n", ":1: The shares in splits add up to 0.5", "add up to 1"),
        ("splits: {train: .inf}\n", ":1: The share of split train", ""),
        ("splits: 7\n", ":1: splits must give a share", ""),
        ("kinds: [1]\n", ":1: kinds must be a list of names", ""),
        ("rubric: 3\n", ":1: rubric must be a name", ""),
        ("seed: 1\nseed: 2\n", ':2: "seed" is set twice', "Keep one"),
        ("seed: [1\n", ":2: not valid YAML", ""),
        ("- seed\n", "a configuration is a list of `key: value` lines", ""),
        ("[a, b]: 1\n", "", ""),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_line(tmp_path: Path, text: str, what: str, todo: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_config(written(tmp_path, text))
    assert what in caught.value.what
    assert todo in caught.value.todo


def test_a_file_that_is_not_text_or_not_there_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    for name, reason in (("bytes.yaml", "not UTF-8 text"), ("none.yaml", "No such file"), (".", "Is a directory")):
        with pytest.raises(ConfigError, match=reason):
            read_config(tmp_path / name)


def test_an_empty_file_sets_nothing(tmp_path: Path) -> None:
    assert read_config(written(tmp_path, "# nothing\n")) == {}


def test_the_keys_that_a_run_folder_adds_are_passed_over(tmp_path: Path) -> None:
    assert read_config(written(tmp_path, 'fingerprint: "ab"\nformat_version: 1\nseed: 3\n')) == {"seed": 3}


def test_more_negatives_needed_than_allowed_is_refused() -> None:
    with pytest.raises(ConfigError, match="min_negatives is 7, but max_negatives is only 6"):
        Config(min_negatives=7)


def test_splits_are_complete_and_in_one_order() -> None:
    config = Config(splits={"rl": 0.25, "train": 0.75})
    assert list(config.splits.items()) == [("train", 0.75), ("dev", 0.0), ("test", 0.0), ("rl", 0.25)]
    assert tuple(config.splits) == SPLITS


def test_the_commented_file_is_plain_yaml() -> None:
    assert yaml.safe_load(commented(Config())) == Config().to_json()
