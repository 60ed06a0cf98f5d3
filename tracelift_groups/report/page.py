"""report.html of a run: one self-contained page that shows what a run made and what it dropped.

It depends only on the run folder: the same run gives the same page. Text of problems and traces is always escaped.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import nsmallest
from html import escape
from pathlib import Path

from tracelift_groups.config import SPLITS, Config, about, read_config
from tracelift_groups.files.atomic import atomic_write, reported_as_run_error
from tracelift_groups.files.run_folder import RunFolder
from tracelift_groups.records.group import Candidate, Group
from tracelift_groups.records.provenance import tool_version
from tracelift_groups.records.stage import STAGES, STATUSES
from tracelift_groups.report.charts import histogram, stacked
from tracelift_groups.report.diff import certificate_sentence, diff, source_shown
from tracelift_groups.report.stats import Scores, Stats, collect, rows
from tracelift_groups.report.style import STYLE
from tracelift_groups.rng import unit_hash

EXAMPLES = 10
_SHORT = 40  # characters; a shorter name is kept on one line
_LABELS = ("label 0", "label 1", "label 2", "label 3", "label 4")


def write_report(path: Path) -> None:
    """Write RUN/report.html. Raises RunError if `path` is not a run folder or can't be written."""
    stats = collect(path)
    folder = RunFolder(path)
    config = Config(**read_config(folder.config))
    page = "\n".join(_page(stats, config, _examples(folder)))
    with reported_as_run_error(path), atomic_write(path / "report.html") as file:
        file.write_text(page, encoding="utf-8")


def _page(stats: Stats, config: Config, examples: Sequence[Group]) -> Iterator[str]:
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>tracelift-groups report</title>\n<style>{STYLE}</style>\n</head>\n<body>"
    yield "<h1>tracelift-groups report</h1>"
    yield from _tiles(stats)
    yield from _section("Stages", _stages(stats), "Problems by stage and status.")
    yield from _section("Splits", _splits(stats), "Groups, and their negatives, by domain and split.")
    yield from _section(
        "Kinds of flaw", _kinds(stats), "Problems in which a kind was tried, and flaws that groups contain."
    )
    for domain, scores in stats.scores.items():
        yield from _section(f"Scores, {domain}", _scores(scores))
    yield from _section("Dropped", _drops(stats), "Counts of the rows in rejected.jsonl.")
    yield from _section("Groups to read", map(_example, examples), "Selected by a hash of the problem_id.")
    yield from _section("Configuration", _configuration(config))
    yield f"<footer>tracelift-groups {escape(tool_version())}</footer>\n</body>\n</html>\n"


def _section(title: str, content: Iterable[str], note: str = "") -> Iterator[str]:
    yield f"<section>\n<h2>{escape(title)}</h2>"
    if note:
        yield f"<p class='note'>{escape(note)}</p>"
    yield from content
    yield "</section>"


def _tiles(stats: Stats) -> Iterator[str]:
    problems = sum(stats.stages["seed"].values())
    share = f"{stats.group_count / problems:.1%}" if problems else "–"
    keeping = sum(kind.keeps_answer for kind in stats.kinds.values())
    kept = f"{keeping / stats.negative_count:.1%}" if stats.negative_count else "–"
    tiles = {
        "problems": f"{problems:,}",
        "groups": f"{stats.group_count:,}",
        "problems with a group": share,
        "negatives": f"{stats.negative_count:,}",
        "negatives that keep the answer": kept,
        "drops": f"{sum(drop.count for drop in stats.drops):,}",
    }
    yield '<div class="tiles">'
    yield from (f"<div><b>{value}</b><span>{name}</span></div>" for name, value in tiles.items())
    yield "</div>"


def _stages(stats: Stats) -> Iterator[str]:
    yield _table(
        ["stage", *STATUSES],
        ([stage, *(stats.stages[stage].get(status, 0) for status in STATUSES)] for stage in STAGES),
    )


def _splits(stats: Stats) -> Iterator[str]:
    lines = [
        [domain, *(counts[domain].get(split, 0) for split in SPLITS), sum(counts[domain].values())]
        for counts in (stats.groups, stats.negatives)
        for domain in counts
    ]
    half = len(lines) // 2
    named = [[f"{'groups' if i < half else 'negatives'}, {line[0]}", *line[1:]] for i, line in enumerate(lines)]
    yield _table(["", *SPLITS, "all"], named)


def _kinds(stats: Stats) -> Iterator[str]:
    head = ["kind", "tried", "does not apply", "dropped", "made", "kept", "keeps the answer", "mean fall of the total"]
    yield _table(
        head,
        (
            [
                name,
                kind.tried,
                kind.does_not_apply,
                kind.dropped,
                kind.made,
                kind.kept,
                f"{kind.keeps_answer / kind.kept:.0%}" if kind.kept else "–",
                f"{kind.fall:.3f}" if kind.fall is not None else "–",
            ]
            for name, kind in stats.kinds.items()
        ),
    )


def _scores(scores: Scores) -> Iterator[str]:
    bars = {f"{name} {sign}": pool[name] for name in scores.positive for sign, pool in _pools(scores) if name in pool}
    legend = "".join(f'<span><i class="part{i}"></i>{label}</span>' for i, label in enumerate(_LABELS))
    yield f"<h3>Labels by dimension, positives (+) and negatives (−)</h3>\n<p class='legend'>{legend}</p>"
    yield _wide(stacked(bars, "Labels by dimension", _LABELS))
    yield "<h3>Totals of the negatives</h3>" + _wide(histogram(scores.totals, "Totals of the negatives"))
    yield "<h3>Severity: how far a negative is below its positive</h3>" + _wide(histogram(scores.falls, "Severity"))
    counts = ", ".join(f"{label} {count:,}" for label, count in scores.rubric_labels.items())
    yield f"<p class='note'>Negatives by rubric label: {escape(counts)}.</p>"


def _pools(scores: Scores) -> list[tuple[str, Mapping[str, list[int]]]]:
    return [("+", scores.positive), ("−", scores.negative)]


def _drops(stats: Stats) -> Iterator[str]:
    if not stats.drops:
        yield "<p>Nothing was dropped.</p>"
        return
    yield _table(
        ["stage", "rule", "kind", "drops", "for example"],
        ([drop.stage, drop.rule, drop.kind, drop.count, drop.example] for drop in stats.drops),
    )


def _configuration(config: Config) -> Iterator[str]:
    shown = config.to_json() | {"seeds": [source_shown(spec) for spec in config.seeds]}
    del shown["workers"]  # it does not affect the result
    yield _table(["key", "value", "meaning"], ([name, str(value), about(name)] for name, value in shown.items()))


def _example(group: Group) -> str:
    parts = [f"<article>\n<h3>{escape(group.problem_id)}</h3>\n<p class='problem'>{escape(group.problem)}</p>"]
    parts += [
        f"<div class='trace'><p><b>reference</b> {_score(positive)}</p><p>{escape(positive.reasoning)}</p></div>"
        for positive in group.positive_pool
    ]
    for flaw in group.negative_bank:
        marked = "".join(
            _marked(piece.before, piece.after, piece.role) if piece.role else escape(piece.after)
            for piece in diff(group, flaw)
        )
        why = certificate_sentence(flaw.metadata.get("certificate", {}))
        parts.append(
            f"<details><summary><b>{escape(flaw.negative_kind or '')}</b> {_score(flaw)}</summary>"
            f"<div class='trace'><p>{marked}</p><p class='note'>{escape(why)}</p>"
            f"<p class='note'>{escape(flaw.rubric_reason)}</p></div></details>"
        )
    return "\n".join([*parts, "</article>"])


def _marked(before: str, after: str, role: str) -> str:
    gone = f"<del class='{role}'>{escape(before)}</del>" if before else ""
    new = f"<ins class='{role}'>{escape(after)}</ins>" if after else ""
    return gone + new


def _score(candidate: Candidate) -> str:
    if candidate.total is None:
        return "<span class='score'>not scored</span>"
    return f"<span class='score'>{candidate.total:.2f} {escape(candidate.rubric_label)}</span>"


def _table(head: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    def cell(value: object) -> str:
        if isinstance(value, int):
            return f"<td class='number'>{value:,}</td>"
        text = str(value)
        name = " class='name'" if len(text) <= _SHORT and " " not in text else ""
        return f"<td{name}>{escape(text)}</td>"

    top = "".join(f"<th>{escape(name)}</th>" for name in head)
    body = "\n".join(f"<tr>{''.join(map(cell, line))}</tr>" for line in lines)
    return _wide(f"<table>\n<thead><tr>{top}</tr></thead>\n<tbody>\n{body}\n</tbody></table>")


def _wide(content: str) -> str:
    """Content that scrolls horizontally on a narrow screen."""
    return f"<div class='wide'>{content}</div>"


def _examples(folder: RunFolder) -> list[Group]:
    found = (row for file in folder.group_files() for row in rows(file))
    drawn = nsmallest(EXAMPLES, found, key=lambda row: unit_hash(row["problem_id"]))
    return [Group.from_json(row) for row in drawn]
