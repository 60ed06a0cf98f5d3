"""Seeds told from rows that can't be seeds: checked and written."""

import json
from pathlib import Path

import pytest

from tracelift_groups.errors import RunError, SourceError
from tracelift_groups.ingest.import_seeds import import_seeds
from tracelift_groups.ingest.source import read_seeds
from tracelift_groups.pipeline.check_seeds import check_seeds

GOOD = {"question": "What is 48 / 2 plus 48?", "answer": "48/2 = <<48/2=24>>24\n48+24 = <<48+24=72>>72\n#### 72"}
UNTRUE = {"question": "What is 48 / 2 plus 48?", "answer": "48/2 = <<48/2=24>>24\n48+24 = <<48+24=72>>72\n#### 99"}


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "in" / "rows.jsonl"
    path.parent.mkdir()
    path.write_text(f"{json.dumps(GOOD)}\nnot json\n{json.dumps(UNTRUE)}\n{{}}\n")
    return path


def test_check_lets_the_gold_pass_its_own_check_and_counts_by_rule(rows: Path) -> None:
    sifted = check_seeds(f"gsm8k:{rows}")
    assert sifted.seeds == 1
    assert [drop.problem_id for drop in sifted.drops] == ["rows-000001", "rows-000002", "rows-000003"]
    assert len(sifted.by_rule) == 3
    assert sum(sifted.by_rule.values()) == 3


def test_imported_seeds_are_read_back_as_they_were_and_rejects_lie_beside(rows: Path, tmp_path: Path) -> None:
    out = tmp_path / "out" / "seeds.jsonl"
    sifted = import_seeds(f"gsm8k:{rows}", out)
    assert sifted.seeds == 2
    assert list(read_seeds(f"file:{out}")) == [seed for seed in read_seeds(f"gsm8k:{rows}") if seed not in sifted.drops]
    rejected = [json.loads(line) for line in (tmp_path / "out" / "seeds.rejected.jsonl").read_text().splitlines()]
    assert [row["place"] for row in rejected] == ["rows.jsonl:2", "rows.jsonl:4"]
    assert sorted(path.name for path in out.parent.iterdir()) == ["seeds.jsonl", "seeds.rejected.jsonl"]


def test_a_clean_import_leaves_no_older_list_of_rejects(rows: Path, tmp_path: Path) -> None:
    out = tmp_path / "seeds.jsonl"
    import_seeds(f"gsm8k:{rows}", out)
    rows.write_text(json.dumps(GOOD))
    import_seeds(f"gsm8k:{rows}", out)
    assert not (tmp_path / "seeds.rejected.jsonl").exists()


def test_without_a_single_seed_an_older_file_is_left_as_it_was(rows: Path, tmp_path: Path) -> None:
    out = tmp_path / "seeds.jsonl"
    out.write_text("mine")
    rows.write_text("{}")
    assert import_seeds(f"gsm8k:{rows}", out).seeds == 0
    assert out.read_text() == "mine"


def test_an_import_that_breaks_off_changes_nothing(tmp_path: Path) -> None:
    out = tmp_path / "seeds.jsonl"
    out.write_text("mine")
    with pytest.raises(SourceError):
        import_seeds(f"gsm8k:{tmp_path / 'no.jsonl'}", out)
    assert [path.name for path in tmp_path.iterdir()] == ["seeds.jsonl"]
    assert out.read_text() == "mine"


def test_an_import_never_overwrites_what_it_reads(tmp_path: Path) -> None:
    path, tests = tmp_path / "seeds.jsonl", tmp_path / "tests.rejected.jsonl"
    path.write_text('{"problem": "p", "answer": "4"}\n' * 3)
    tests.write_text('{"problem_id": "p-1", "tests": []}\n')
    before = path.read_bytes(), tests.read_bytes()
    for spec, out, oracles in (
        (f"file:{path}", path, None),
        (f"file:{path}?problem=problem", tmp_path / "tests.jsonl", tests),
    ):
        with pytest.raises(RunError, match="is the input"):
            import_seeds(spec, out, oracles)
    assert (path.read_bytes(), tests.read_bytes()) == before


@pytest.mark.parametrize("name", ["seeds.csv", "seeds", "seeds.rejected.jsonl"])
def test_a_file_that_would_not_be_read_as_seeds_is_refused(rows: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError, match=r"\.jsonl file"):
        import_seeds(f"gsm8k:{rows}", tmp_path / name)


def test_a_folder_that_cannot_be_written_is_a_sentence(rows: Path) -> None:
    with pytest.raises(RunError, match="Can't write"):
        import_seeds(f"gsm8k:{rows}", rows / "below a file" / "seeds.jsonl")
