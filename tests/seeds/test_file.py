"""`file:` reads one set of problems alike from JSON Lines, CSV and Parquet."""

import json
from pathlib import Path

import pytest

from tracelift_groups.errors import SourceError
from tracelift_groups.ingest.source import read_seeds
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.stage import Drop

ROWS = [{"question": f"What is {n} + {n}?", "final": str(2 * n), "why": f"{n} + {n} = {2 * n}."} for n in range(3)]
MAPPING = "?problem=question&answer=final&solution=why&license=MIT"


def write(path: Path) -> None:
    if path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    elif path.suffix == ".csv":
        path.write_text("question,final,why\n" + "".join(",".join(row.values()) + "\n" for row in ROWS))
    else:
        import pyarrow
        from pyarrow import parquet

        parquet.write_table(pyarrow.Table.from_pylist(ROWS), path)


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
def test_the_same_problems_are_the_same_seeds_in_every_form(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"my_sums{suffix}"
    write(path)
    assert list(read_seeds(f"file:{path}{MAPPING}")) == [
        Seed(f"my-sums-00000{n}", "math", "my_sums", "math", row["question"], row["final"], row["why"], license="MIT")
        for n, row in enumerate(ROWS)
    ]


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_column_that_is_not_there_stops_before_the_first_row(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    write(path)
    with pytest.raises(SourceError, match=r'no column "qestion" for problem\. Did you mean "question"'):
        next(read_seeds(f"file:{path}?problem=qestion"))


def test_seed_rows_come_back_as_they_were(tmp_path: Path) -> None:
    seed = Seed("i-1", "math", "s", "word", "p", "4", "2 + 2 = 4", license="MIT", metadata={"a": None}, extra={"b": []})
    path = tmp_path / "seeds.jsonl"
    path.write_text(json.dumps(seed.to_json()))
    assert list(read_seeds(f"file:{path}")) == [seed]


def test_an_answer_need_not_be_a_number(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"problem": "Who?", "answer": "Ada"}')
    (seed,) = read_seeds(f"file:{path}")
    assert isinstance(seed, Seed)


def test_a_file_name_may_look_like_a_mapping_or_hold_colons(tmp_path: Path) -> None:
    for name in ("a?problem=x.jsonl", "C:a:b.jsonl", "why?.jsonl"):
        (tmp_path / name).write_text('{"problem": "p", "answer": "4"}')
        (seed,) = read_seeds(f"file:{tmp_path / name}")
        assert isinstance(seed, Seed)
    (drop,) = read_seeds(f"file:{tmp_path / 'why?.jsonl'}?problem=question")
    assert isinstance(drop, Drop)
    assert drop.place == "why?.jsonl:1"


def test_a_tilde_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "a.jsonl").write_text('{"problem": "p", "answer": "4"}')
    assert len(list(read_seeds("file:~/a.jsonl"))) == 1


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.txt", "a", "a.json"])
def test_a_file_of_another_kind_says_which_kinds_are_read(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("{}")
    with pytest.raises(SourceError, match=r"\.jsonl, \.csv or \.parquet"):
        list(read_seeds(f"file:{tmp_path / name}"))
