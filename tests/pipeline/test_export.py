import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import fake_stages
import orjson
import pyarrow.parquet
import pytest

from tracelift_groups.config import Config
from tracelift_groups.errors import RecordError
from tracelift_groups.files.checksums import verify_checksums
from tracelift_groups.files.group_files import read_groups
from tracelift_groups.files.run_folder import RunFolder
from tracelift_groups.pipeline import export as exporting
from tracelift_groups.pipeline.build import build
from tracelift_groups.pipeline.ledger import Ledger
from tracelift_groups.pipeline.parquet import ParquetFile, features
from tracelift_groups.records.rubric import load_rubric

LOAD = """
import json, sys
import datasets
loaded = datasets.load_dataset("parquet", data_files={"train": sys.argv[1]})["train"]
print(json.dumps([list(loaded), loaded.features.to_dict()]))
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    spec = fake_stages.write_seeds(folder / "seeds.jsonl", fake_stages.many(63))
    build(Config(seeds=(spec,), workers=1), folder / "run", pipeline=fake_stages.PIPELINE)
    return folder / "run"


def test_load_dataset_gives_the_rows_of_the_jsonl_with_explicit_features(run: Path, tmp_path: Path) -> None:
    (file,) = (run / "data" / "math").glob("train-*.parquet")
    environment = os.environ | {"HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", LOAD, str(file)], env=environment, capture_output=True, text=True, check=True
    )
    rows, found = json.loads(done.stdout)
    groups = [orjson.loads(line) for line in (run / "groups" / "math_train.jsonl").read_bytes().splitlines()]
    assert len(groups) > 20
    assert [_decoded(row) for row in rows] == groups
    flaw = found["negative_bank"]["feature"]
    text = {"dtype": "string", "_type": "Value"}
    assert flaw["metadata"] == dict.fromkeys(("perturbation", "certificate", "provenance", "annotations"), text)
    assert flaw["rubric"]["total"] == {"dtype": "float64", "_type": "Value"}


def test_every_reader_of_parquet_sees_plain_columns_and_json_text(run: Path) -> None:
    """No extension type: `datasets` before 4.7, DuckDB and pandas know none of Arrow's JSON."""
    import polars

    (file,) = (run / "data" / "math").glob("train-*.parquet")
    groups = [orjson.loads(line) for line in (run / "groups" / "math_train.jsonl").read_bytes().splitlines()]
    assert [_decoded(row) for row in polars.read_parquet(file).to_dicts()] == groups
    assert "extension" not in str(pyarrow.parquet.read_schema(file))


def test_the_features_are_in_the_file_for_readers_that_do_not_infer_them(run: Path) -> None:
    for file in (run / "data" / "math").iterdir():
        note = orjson.loads(pyarrow.parquet.read_schema(file).metadata[b"huggingface"])
        assert note == {"info": {"features": features(load_rubric("math").names)}}


def _decoded(row: dict[str, Any]) -> dict[str, Any]:
    """The row of a group: JSON text as what it holds, and without the fields of a struct that have no value."""
    pools = {pool: [_candidate(candidate) for candidate in row[pool]] for pool in ("positive_pool", "negative_bank")}
    return row | pools | {"metadata": orjson.loads(row["metadata"])}


def _candidate(columns: dict[str, Any]) -> dict[str, Any]:
    found = {name: value for name, value in columns.items() if value is not None}
    texts = {name: orjson.loads(text) for name, text in (found.pop("metadata", None) or {}).items() if text}
    return found | ({"metadata": texts} if texts else {})


def test_groups_are_sorted_and_hold_no_path_or_time(run: Path) -> None:
    seen = []
    for file in sorted((run / "groups").iterdir()):
        names = [group.problem_id for group in read_groups(file)]
        assert names == sorted(names)
        seen += names
        assert str(run.parent).encode() not in file.read_bytes()
    assert len(seen) == 63 - 9 == len(set(seen))
    assert {file.name for file in (run / "groups").iterdir()} == {"math_train.jsonl", "math_dev.jsonl"}
    assert {file.name for file in (run / "data" / "math").iterdir()} == {
        "train-00000-of-00001.parquet",
        "dev-00000-of-00001.parquet",
    }


def test_each_group_says_which_family_decided_its_split(run: Path) -> None:
    for group in read_groups(run / "groups" / "math_dev.jsonl"):
        assert group.metadata["split_key"] == group.problem_id


def test_rejected_lines_are_sorted_by_problem_stage_and_rule(run: Path) -> None:
    drops = [orjson.loads(line) for line in (run / "rejected.jsonl").read_bytes().splitlines()]
    stages = ("seed", "generate", "perturb", "annotate", "validate")
    order = [(drop["problem_id"], stages.index(drop["stage"]), drop["rule"]) for drop in drops]
    assert order == sorted(order)
    assert {drop["rule"] for drop in drops} == {"false-gold", "too-few-negatives", "crash", "rung-3", "rung-5"}
    assert str(run.parent) not in (run / "rejected.jsonl").read_text()


def test_files_of_an_earlier_export_go_and_other_peoples_stay(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = RunFolder(tmp_path)
    monkeypatch.setattr(exporting, "ROWS_A_FILE", 10)
    with closing(Ledger(run / "ledger.sqlite")) as ledger:
        exporting.export_groups(ledger, target, Config(), fake_stages.assign)
        many = {file.name for file in (tmp_path / "data" / "math").iterdir()}
        assert "train-00001-of-00004.parquet" in many
        (tmp_path / "groups" / "math_rl.jsonl").touch()
        (tmp_path / "groups" / ".math_train.jsonl.part").touch()
        (tmp_path / "groups" / "notes.txt").touch()
        monkeypatch.undo()
        exporting.export_groups(ledger, target, Config(), fake_stages.assign)
    assert {file.name for file in (tmp_path / "groups").iterdir()} == {
        "math_train.jsonl",
        "math_dev.jsonl",
        "notes.txt",
    }
    assert len(list((tmp_path / "data" / "math").iterdir())) == 2


def test_several_files_hold_every_row_once(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "ROWS_A_FILE", 10)
    with closing(Ledger(run / "ledger.sqlite")) as ledger:
        exporting.export_groups(ledger, RunFolder(tmp_path), Config(), fake_stages.assign)
    names = []
    for file in sorted((tmp_path / "data" / "math").glob("train-*")):
        names += pyarrow.parquet.read_table(file, columns=["problem_id"])["problem_id"].to_pylist()
    assert names == [group.problem_id for group in read_groups(run / "groups" / "math_train.jsonl")]


def test_no_groups_make_no_files(tmp_path: Path) -> None:
    with closing(Ledger(tmp_path / "ledger.sqlite")) as ledger:
        assert exporting.export_groups(ledger, RunFolder(tmp_path), Config(), fake_stages.assign) == {}
        assert exporting.export_rejected(ledger, RunFolder(tmp_path)) == 0
    assert (tmp_path / "rejected.jsonl").read_bytes() == b""


def test_a_field_without_a_column_is_refused_instead_of_lost(tmp_path: Path) -> None:
    group = {"problem_id": "p", "positive_pool": [{"reasoning": "r", "mood": "good"}]}
    with (
        pytest.raises(RecordError, match="Group p has fields that its Parquet columns don't: mood"),
        ParquetFile(tmp_path / "f", features(("a",))) as file,
    ):
        file.add(group)


def test_the_checksums_of_a_finished_run_hold(run: Path) -> None:
    verify_checksums(RunFolder(run))
