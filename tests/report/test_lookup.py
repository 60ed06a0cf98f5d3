from pathlib import Path

import orjson
import pytest
from small_run import built

from tracelift_groups.errors import RunError
from tracelift_groups.files.group_files import read_groups
from tracelift_groups.report.lookup import find_group


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("runs") / "run", limit=4)


def test_a_group_is_found_by_its_whole_id(run: Path) -> None:
    for file in (run / "groups").glob("*.jsonl"):
        for group in read_groups(file):
            assert find_group(run, group.problem_id) == group


def test_a_row_that_only_mentions_the_id_is_not_taken_for_it(tmp_path: Path) -> None:
    run = built(tmp_path / "run", limit=2)
    file = min((run / "groups").glob("*.jsonl"))
    row = orjson.loads(file.read_bytes().splitlines()[0])
    twin = row | {"problem_id": "twin", "metadata": row["metadata"] | {"split_key": row["problem_id"]}}
    file.write_bytes(orjson.dumps(twin) + b"\n" + file.read_bytes())
    assert find_group(run, row["problem_id"]).problem_id == row["problem_id"]


def test_an_unknown_id_gets_the_nearest_ones(run: Path) -> None:
    with pytest.raises(RunError, match=r'no problem "bundled-math-1"') as caught:
        find_group(run, "bundled-math-1")
    assert caught.value.todo.startswith("Nearest: bundled-math-0001")


def test_a_dropped_problem_says_where_and_why(tmp_path: Path) -> None:
    seeds = tmp_path / "gsm8k_x.jsonl"
    seeds.write_bytes(orjson.dumps({"question": "What is 2 + 2?", "answer": "2 + 2 = <<2+2=5>>5\n#### 5"}) + b"\n")
    from tracelift_groups.config import Config
    from tracelift_groups.pipeline.build import build

    build(Config(seeds=(f"gsm8k:{seeds}",), workers=1), tmp_path / "run")
    with pytest.raises(RunError, match="rejected at seed") as caught:
        find_group(tmp_path / "run", "gsm8k-x-000000")
    assert "4" in caught.value.todo
