"""`hf:` on a local data set, which `datasets` opens by the same call as one of the Hub."""

from pathlib import Path

import pytest

from tracelift_groups.errors import SourceError
from tracelift_groups.ingest.source import read_seeds
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.stage import Drop

ROWS = '{"question": "p", "final": 4, "n": {"a": 1}}\n{"question": "q", "final": null, "n": {"a": 2}}\n'


@pytest.fixture
def local(tmp_path: Path) -> Path:
    path = tmp_path / "my_sums"
    path.mkdir()
    (path / "train.jsonl").write_text(ROWS)
    (path / "test.jsonl").write_text(ROWS.splitlines()[0])
    return path


def test_rows_are_streamed_mapped_and_numbered_without_the_folder(local: Path) -> None:
    seed, drop = read_seeds(f"hf:{local}?problem=question&answer=final&metadata.a=n.a&license=MIT")
    assert seed == Seed("my-sums-train-000000", "math", "my_sums", "math", "p", "4", license="MIT", metadata={"a": 1})
    assert isinstance(drop, Drop)
    assert (drop.rule, drop.place, drop.problem_id) == ("missing-field", "my_sums-train:2", "my-sums-train-000001")


def test_a_split_and_a_configuration_can_be_named(local: Path) -> None:
    (seed,) = read_seeds(f"hf:{local}:default:test?problem=question&answer=final")
    assert seed.problem_id == "my-sums-default-test-000000"
    (seed,) = read_seeds(f"hf:{local}::test?problem=question&answer=final")
    assert seed.problem_id == "my-sums-test-000000"


@pytest.mark.parametrize(
    ("rest", "words"),
    [
        ("::nosplit", "nosplit"),
        (":noconfig", "noconfig"),
        ("?problem=qestion", 'Did you mean "question"'),
        (":a:b:c", "is not a data set"),
    ],
)
def test_a_mistake_in_the_spec_is_one_sentence(local: Path, rest: str, words: str) -> None:
    with pytest.raises(SourceError, match=words) as caught:
        list(read_seeds(f"hf:{local}{rest}"))
    assert caught.value.todo
    assert "\n" not in str(caught.value)


def test_a_long_complaint_of_the_library_is_cut_to_its_first_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ConnectionError("No route to the Hub.\nA page of advice")

    monkeypatch.setattr("datasets.load_dataset", refuse)
    with pytest.raises(SourceError, match=r"openai/gsm8k can't be read: No route to the Hub\. Check"):
        list(read_seeds("hf:openai/gsm8k:main:train"))
