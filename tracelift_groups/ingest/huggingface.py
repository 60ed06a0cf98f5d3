"""Rows of a data set of the Hugging Face Hub, or of a local one, streamed through `datasets`.

HF_HUB_OFFLINE and the Hub's own settings are honoured.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any  # a data set's rows

from tracelift_groups.errors import SourceError, shorten


@dataclass(frozen=True)
class HubSplit:
    """One split of a data set: name, configuration (may be empty) and split."""

    name: str
    config: str
    split: str

    @staticmethod
    def read(text: str, form: str) -> "HubSplit":
        """From `NAME`, `NAME:CONFIG:SPLIT` or `NAME::SPLIT`; the split is train unless said."""
        name, config, split, *rest = [*text.split(":"), "", ""]
        if not name or any(rest):
            todo = f"Write {form}:NAME, {form}:NAME:CONFIG:SPLIT or {form}:NAME::SPLIT."
            raise SourceError(f'"{form}:{shorten(text)}" is not a data set.', todo)
        return HubSplit(str(Path(name).expanduser()) if name.startswith("~/") else name, config, split or "train")

    @property
    def label(self) -> str:
        """For ids and places; a local data set's folder does not show."""
        return "-".join(part for part in (Path(self.name).name, self.config, self.split) if part)

    @property
    def source(self) -> str:
        """The name that rows carry."""
        return Path(self.name).name if Path(self.name).exists() else self.name

    def stream(self, wanted: Callable[[Sequence[str]], list[str]]) -> Iterator[dict[str, Any]]:
        """The rows with those of the columns that `wanted` picks. SourceError when they can't be read."""
        try:
            from datasets import load_dataset

            rows = load_dataset(self.name, self.config or None, split=self.split, streaming=True)
            if rows.column_names is not None:
                rows = rows.select_columns(wanted(rows.column_names))
            yield from rows
        except SourceError:
            raise
        except Exception as cause:  # datasets, the Hub's client and the network behind it
            reason = shorten(str(cause).partition("\n")[0], 300).rstrip(".")
            raise SourceError(
                f"The data set {shorten(self.name)} can't be read: {reason}.",
                "Check name, configuration, split and connection.",
            ) from cause
