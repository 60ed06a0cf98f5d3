"""Seeds from a data set of the Hugging Face Hub, or a local one, streamed with `datasets`; mapping as in `file:`.

`hf:openai/gsm8k:main:train?problem=question` names data set, configuration and split; `hf:NAME::test` leaves the
configuration out; the default split is train.
"""

from collections.abc import Iterator
from typing import Any  # a data set's rows

from tracelift_groups.errors import shorten
from tracelift_groups.files.jsonl import SourceRow, no_rows, row_id
from tracelift_groups.files.tables import table_row
from tracelift_groups.ingest.field_mapping import split_mapping
from tracelift_groups.ingest.huggingface import HubSplit
from tracelift_groups.ingest.source import seeds_from
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.stage import Drop
from tracelift_groups.registry import SOURCES


@SOURCES.register("hf")
def hf(argument: str) -> Iterator[Seed | Drop]:
    """`hf:NAME[:CONFIG][:SPLIT]`: a data set of the Hugging Face Hub; after ?, a mapping as in file:"""
    place, mapping = split_mapping(argument)
    split = HubSplit.read(place, "hf")
    rows = _rows(split.stream(lambda names: mapping.wanted(names, split.name)), split.label)
    return seeds_from(rows, lambda row: mapping.seed(row, split.source))


def _rows(stream: Iterator[dict[str, Any]], label: str) -> Iterator[SourceRow | Drop]:
    index = -1
    for index, values in enumerate(stream):
        yield table_row(values, row_id(label, index), f"{shorten(label)}:{index + 1}")
    if index < 0:
        raise no_rows(label)
