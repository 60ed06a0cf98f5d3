"""README.md of a run: a dataset card that the Hub and `datasets.load_dataset(RUN, "math")` read.

The `configs:` block names every file of every split, so no other file in the folder is read as data. The card depends
only on the run folder: the same run gives the same card.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any  # YAML

from tracelift_groups.config import SPLITS, Config, read_config
from tracelift_groups.errors import RunError
from tracelift_groups.files.atomic import atomic_write, reported_as_run_error
from tracelift_groups.files.run_folder import RunFolder
from tracelift_groups.records.provenance import tool_version
from tracelift_groups.registry import KINDS
from tracelift_groups.report.diff import source_shown
from tracelift_groups.report.stats import Stats, collect

UNKNOWN = "unknown"  # the licence of a source that doesn't say


def write_card(path: Path, license_name: str = "") -> None:
    """Write RUN/README.md. Raises RunError if `path` is not a run folder or can't be written.

    `license_name` is that of the sources that don't say.
    """
    import yaml

    folder = RunFolder(path)
    stats = collect(path)
    config = Config(**read_config(folder.config))
    if license_name and UNKNOWN in stats.licenses:
        stats.licenses[license_name] = stats.licenses.pop(UNKNOWN) + stats.licenses.get(license_name, 0)
    front = yaml.safe_dump(_front(folder, stats), sort_keys=False, allow_unicode=True)
    with reported_as_run_error(path), atomic_write(folder.card) as file:
        file.write_text(f"---\n{front}---\n\n" + "\n".join(_body(stats, config)), encoding="utf-8")


def front_matter(folder: RunFolder) -> dict[str, Any]:
    """The YAML at the head of RUN/README.md. RunError when there is none."""
    import yaml

    try:
        head, front, _ = folder.card.read_text(encoding="utf-8").split("---\n", 2)
        found = yaml.safe_load(front)
    except (OSError, ValueError, yaml.YAMLError) as cause:
        raise RunError(
            f"{folder.card} has no front matter that can be read.", "Remove the file; build again."
        ) from cause
    if head or not isinstance(found, dict):
        raise RunError(f"{folder.card} has no front matter that can be read.", "Remove the file; build again.")
    return found


def data_configs(folder: RunFolder) -> list[dict[str, Any]]:
    """The `configs:` block that names every data file of the run: one config a domain, the files of each split."""
    return [_files(folder, domain.name) for domain in sorted(folder.data.glob("*")) if domain.is_dir()]


def _front(folder: RunFolder, stats: Stats) -> dict[str, Any]:
    licenses = [_license_id(name) for name in stats.licenses] or [UNKNOWN]
    return {
        "license": licenses[0] if len(licenses) == 1 else licenses,
        "pretty_name": "Reasoning groups with certified flaws",
        "task_categories": ["text-classification"],
        "tags": ["reasoning", "reward-model", "process-supervision", "tracelift"],
        "size_categories": [_size(stats.group_count)],
        "configs": data_configs(folder),
    }


def _files(folder: RunFolder, domain: str) -> dict[str, Any]:
    splits = []
    for split in SPLITS:
        files = sorted((folder.data / domain).glob(f"{split}-*-of-*.parquet"))
        if files:
            splits.append({"split": split, "path": [file.relative_to(folder.path).as_posix() for file in files]})
    return {"config_name": domain, "data_files": splits}


def _body(stats: Stats, config: Config) -> Iterator[str]:
    domains = list(stats.groups)
    yield "# Reasoning groups with certified flaws\n"
    yield (
        f"{stats.group_count:,} problems, each with reference reasoning and {config.min_negatives} to "
        f"{config.max_negatives} flawed versions of it ({stats.negative_count:,} in all). A flaw is one localized edit "
        "of the reference with its consequences, scored on a rubric, with a certificate that a program can recompute "
        "from the texts. Traces hold the reasoning only, never the final artifact.\n"
    )
    yield "## Load\n"
    yield "```python\nfrom datasets import load_dataset\n"
    yield from (f'groups = load_dataset("PATH_OR_NAME", "{domain}")' for domain in domains)
    yield "```\n"
    yield "`groups/` holds the same rows as JSON Lines. Recompute every certificate:\n"
    yield "```console\ntracelift-groups validate PATH --certificates\n```\n"
    yield "## Groups and negatives by split\n"
    yield from _table(
        ["", *SPLITS],
        (
            [f"{domain}, {name}", *(counts[domain].get(split, 0) for split in SPLITS)]
            for name, counts in (("groups", stats.groups), ("negatives", stats.negatives))
            for domain in domains
        ),
    )
    yield (
        "The splits share no problem, and near-duplicate problems are in one split. `rl` holds problems kept away from "
        "the reward model, for training a planner.\n"
    )
    yield "## Kinds of flaw\n"
    tried = ("tried", "made") if stats.stages else ()
    yield from _table(
        ["kind", "what is wrong", *tried, "kept", "answer stays right"],
        (
            [
                *(name, KINDS.get(name).summary),
                *((kind.tried, kind.made) if stats.stages else ()),
                *(kind.kept, kind.keeps_answer),
            ]
            for name, kind in stats.kinds.items()
        ),
    )
    yield f"Scores are those of the annotator `{config.annotator}`.\n"
    yield "## Dropped\n"
    yield from _table(["stage", "rule", "kind", "drops"], ([d.stage, d.rule, d.kind, d.count] for d in stats.drops))
    yield "`rejected.jsonl` lists every drop with its reason.\n"
    yield "## Sources and licences\n"
    yield from _table(["source", "groups"], ([name, count] for name, count in stats.sources.items()))
    yield from _table(["licence of the problems", "groups"], ([name, count] for name, count in stats.licenses.items()))
    yield "## How it was made\n"
    command = " ".join(["tracelift-groups build", *map(source_shown, config.seeds), "--config build.yaml"])
    yield f"tracelift-groups {tool_version()}, random seed {config.seed}. `build.yaml` is the whole configuration.\n"
    yield f"```console\n{command} --out RUN\n```"
    yield ""


def _table(head: Sequence[str], lines: Iterable[Sequence[object]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for line in lines:
        yield f"| {' | '.join(_cell(value) for value in line)} |"
    yield ""


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else " ".join(str(value).replace("|", "\\|").split())


def _license_id(name: str) -> str:
    """The Hub's spelling: `CC BY 4.0` → `cc-by-4.0`."""
    return "-".join(name.lower().split())


def _size(groups: int) -> str:
    """The Hub's size category."""
    for top, name in ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M")):
        if groups < top:
            return name
    return "1M<n<10M"
