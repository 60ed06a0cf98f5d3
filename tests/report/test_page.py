from html.parser import HTMLParser
from pathlib import Path

import orjson
import pytest
from small_run import built

from tracelift_groups.report.page import write_report

VOID = {"meta"}
HOSTILE = '</p><script>alert(1)</script><img src=x onerror="alert(1)"> & \' {braces}'


class Page(HTMLParser):
    """Collects tags and text, and checks that tags are closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.names: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.names |= {name for name, _ in attrs}
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.names |= {name for name, _ in attrs}

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(path: Path) -> Page:
    page = Page()
    page.feed((path / "report.html").read_text(encoding="utf-8"))
    page.close()
    assert page.open == []
    return page


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return built(tmp_path / "run")


def test_the_page_stands_alone_and_holds_every_section(run: Path) -> None:
    page = read(run)
    assert page.tags.count("h2") == 7
    assert page.tags.count("article") == 10
    assert page.tags.count("svg") == 3
    assert {"ins", "del", "details"} <= set(page.tags)
    assert {"src", "href", "onclick"} & page.names == set()
    assert {"script", "link", "img", "iframe"} & set(page.tags) == set()
    content = (run / "report.html").read_text(encoding="utf-8")
    assert "http" not in content
    assert "prefers-color-scheme: dark" in content


def test_the_same_run_gives_the_same_page_whatever_its_workers(run: Path) -> None:
    first = (run / "report.html").read_bytes()
    config = run / "build.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("workers: 1", "workers: 7"), encoding="utf-8")
    write_report(run)
    assert (run / "report.html").read_bytes() == first


def test_hostile_text_is_shown_and_never_run(run: Path) -> None:
    tags = set(read(run).tags)
    for file in (run / "groups").glob("*.jsonl"):
        rows = [orjson.loads(line) for line in file.read_bytes().splitlines()]
        for row in rows:
            row["problem"] = row["problem_id"] = HOSTILE
            for candidate in (*row["positive_pool"], *row["negative_bank"]):
                candidate["reasoning"] = candidate["rubric_reason"] = candidate["rubric_label"] = HOSTILE
            for flaw in row["negative_bank"]:
                flaw["metadata"]["certificate"]["claim"] = HOSTILE
                flaw["negative_kind"] = "</b><script>"
        file.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    rejected = [{"stage": "seed", "rule": HOSTILE, "kind": HOSTILE, "reason": HOSTILE, "problem_id": HOSTILE}]
    (run / "rejected.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rejected))
    write_report(run)
    page = read(run)
    assert set(page.tags) <= tags
    assert page.text.count(HOSTILE) > 50


def test_both_sides_of_an_edit_are_escaped() -> None:
    from tracelift_groups.report.page import _marked

    assert _marked("<b>", "<i>", "origin") == "<del class='origin'>&lt;b&gt;</del><ins class='origin'>&lt;i&gt;</ins>"
    assert _marked("", "x", "propagated") == "<ins class='propagated'>x</ins>"


def test_a_source_is_named_without_its_folder(run: Path) -> None:
    config = run / "build.yaml"
    text = config.read_text(encoding="utf-8").replace("[bundled]", '["gsm8k:/home/somebody/train.jsonl"]')
    config.write_text(text, encoding="utf-8")
    write_report(run)
    assert "gsm8k:train.jsonl" in read(run).text
    assert "somebody" not in read(run).text


def test_a_run_without_a_single_group_has_a_page(tmp_path: Path) -> None:
    run = built(tmp_path / "run", limit=1)
    for file in (run / "groups").glob("*.jsonl"):
        file.unlink()
    (run / "rejected.jsonl").write_bytes(b"")
    write_report(run)
    assert "Nothing was dropped." in read(run).text
