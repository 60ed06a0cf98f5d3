from pathlib import Path
from typing import Any

import pytest
import yaml
from small_run import built

from tracelift_groups.config import Config
from tracelift_groups.files.group_files import read_groups
from tracelift_groups.pipeline.build import build
from tracelift_groups.report.dataset_card import write_card


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("runs") / "run")


def front(run: Path) -> dict[str, Any]:
    text = (run / "README.md").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text.split("---\n")[1])
    return found


def test_the_configs_block_names_every_data_file_and_nothing_else(run: Path) -> None:
    (config,) = front(run)["configs"]
    assert config["config_name"] == "math"
    named = [path for split in config["data_files"] for path in split["path"]]
    assert sorted(named) == sorted(file.relative_to(run).as_posix() for file in run.glob("data/math/*.parquet"))
    assert len(named) == len({split["split"] for split in config["data_files"]})


def test_load_dataset_honours_the_card(run: Path, tmp_path: Path) -> None:
    import datasets

    loaded = datasets.load_dataset(str(run), "math", cache_dir=str(tmp_path))
    files = sorted((run / "groups").glob("*.jsonl"))
    assert len(files) > 1
    assert {f"math_{split}.jsonl" for split in loaded} == {file.name for file in files}
    for split, rows in loaded.items():
        groups = list(read_groups(run / "groups" / f"math_{split}.jsonl"))
        assert [row["problem_id"] for row in rows] == [group.problem_id for group in groups]


def test_the_card_says_licence_counts_kinds_and_how_to_recheck(run: Path) -> None:
    assert front(run)["license"] == "apache-2.0"
    text = (run / "README.md").read_text(encoding="utf-8")
    groups = [group for file in (run / "groups").glob("*.jsonl") for group in read_groups(file)]
    assert f"{len(groups)} problems" in text
    assert "tracelift-groups validate PATH --certificates" in text
    for kind in {flaw.negative_kind for group in groups for flaw in group.negative_bank}:
        assert f"| {kind} |" in text


def test_the_same_run_gives_the_same_card(run: Path) -> None:
    before = (run / "README.md").read_bytes()
    write_card(run)
    assert (run / "README.md").read_bytes() == before


def test_a_source_is_named_without_its_folder(tmp_path: Path) -> None:
    run = built(tmp_path / "run", limit=2)
    config = run / "build.yaml"
    text = config.read_text(encoding="utf-8").replace("[bundled]", '["gsm8k:/home/somebody/train.jsonl"]')
    config.write_text(text, encoding="utf-8")
    write_card(run)
    text = (run / "README.md").read_text(encoding="utf-8")
    assert "build gsm8k:train.jsonl" in text
    assert "somebody" not in text


def test_each_domain_has_a_config_of_its_own(tmp_path: Path) -> None:
    run = tmp_path / "run"
    build(Config(seeds=("bundled", "bundled:code"), limit=4, workers=1), run)
    configs = {config["config_name"]: config["data_files"] for config in front(run)["configs"]}
    assert set(configs) == {"math", "code"}
    for domain, splits in configs.items():
        named = [path for split in splits for path in split["path"]]
        assert named
        assert sorted(named) == sorted(str(file.relative_to(run)) for file in run.glob(f"data/{domain}/*.parquet"))
