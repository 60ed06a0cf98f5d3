"""A data set of the Hugging Face Hub, or a local one, streamed through `datasets`; columns mapped as in `file:`.

`hf:openai/gsm8k:main:train?problem=question` names data set, configuration and split; `hf:NAME::test` leaves the
configuration out; the split is train unless said. HF_HUB_OFFLINE and the Hub's own settings are honoured.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any  # a data set's rows

from tracelift_groups.errors import SourceError
from tracelift_groups.mapping import FieldMap, split_mapping
from tracelift_groups.outcome import Drop
from tracelift_groups.record import shown
from tracelift_groups.rows import Row, no_rows, row_id
from tracelift_groups.seed import Seed
from tracelift_groups.source import SOURCES, seeds_from
from tracelift_groups.tables import table_row


@SOURCES.register("hf")
def hf(argument: str) -> Iterator[Seed | Drop]:
    """`hf:NAME[:CONFIG][:SPLIT]`: a data set of the Hugging Face Hub, with the mapping of file: behind a ?"""
    place, mapping = split_mapping(argument)
    name, config, split, *rest = [*place.split(":"), "", ""]
    if not name or any(rest):
        raise SourceError(
            f'"hf:{shown(place)}" is not a data set.', "Write hf:NAME, hf:NAME:CONFIG:SPLIT or hf:NAME::SPLIT."
        )
    split = split or "train"
    short = Path(name).name  # a local data set's folder must not show in any row
    label = "-".join(part for part in (short, config, split) if part)
    rows = _rows(_stream(name, config, split, mapping), label)
    source = short if Path(name).exists() else name
    return seeds_from(rows, lambda row: mapping.seed(row, source))


def _rows(stream: Iterator[dict[str, Any]], label: str) -> Iterator[Row | Drop]:
    index = -1
    for index, values in enumerate(stream):
        yield table_row(values, row_id(label, index), f"{shown(label)}:{index + 1}")
    if index < 0:
        raise no_rows(label)


def _stream(name: str, config: str, split: str, mapping: FieldMap) -> Iterator[dict[str, Any]]:
    try:
        from datasets import load_dataset

        rows = load_dataset(name, config or None, split=split, streaming=True)
        if rows.column_names is not None:
            rows = rows.select_columns(mapping.wanted(rows.column_names, name))
        yield from rows
    except SourceError:
        raise
    except Exception as cause:  # datasets, the Hub's client and the network behind it
        reason = shown(str(cause).partition("\n")[0], 300).rstrip(".")
        raise SourceError(
            f"The data set {shown(name)} can't be read: {reason}.", "Check name, configuration, split and connection."
        ) from cause
