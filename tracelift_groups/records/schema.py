"""The JSON Schema documents, one per record type: the contract for all programs that write or read these files.

`errors("group", row)` gives one sentence for each violation of the document by a decoded row. The Python records agree
with the documents by test.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any  # JSON

from tracelift_groups.errors import UnknownNameError, shorten

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

_SUFFIX = ".schema.json"
_HERE = "#/$defs/"
_SHOWN = 200


def record_types() -> list[str]:
    """annotation, candidate, certificate, …"""
    documents = files("tracelift_groups.records.schemas").iterdir()
    return sorted(document.name.removesuffix(_SUFFIX) for document in documents if document.name.endswith(_SUFFIX))


@cache
def document(record_type: str) -> dict[str, Any]:
    """The schema document. UnknownNameError when there is none of that name."""
    if record_type not in record_types():
        raise UnknownNameError("record type", record_type, record_types())
    text = (files("tracelift_groups.records.schemas") / f"{record_type}{_SUFFIX}").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def errors(record_type: str, row: object) -> list[str]:
    """One sentence for each violation, such as `negative_bank[2].rubric.total: 1.4 is greater than …`; [] for none."""
    try:
        plain = json.loads(json.dumps(row, allow_nan=False))  # keys of YAML numbers become text
    except (TypeError, ValueError, RecursionError) as cause:
        return [f"The {record_type} is not JSON: {cause}"]
    found = _validator(record_type).iter_errors(plain)
    return [_sentence(error) for error in sorted(found, key=lambda error: [str(part) for part in error.absolute_path])]


@cache
def _validator(record_type: str) -> "Draft202012Validator":
    from jsonschema import Draft202012Validator

    return Draft202012Validator(_whole(document(record_type), document(record_type)))


def _whole(node: Any, root: Mapping[str, Any]) -> Any:  # JSON
    """A document with what it refers to put in place: looking references up takes a third of the time of a check."""
    if isinstance(node, list):
        return [_whole(item, root) for item in node]
    if not isinstance(node, dict):
        return node
    found = {key: _whole(value, root) for key, value in node.items() if key not in ("$ref", "$defs", "$id")}
    reference = node.get("$ref")
    if reference is None:
        return found
    if reference.startswith(_HERE):
        return _whole(root["$defs"][reference.removeprefix(_HERE)], root) | found
    other = document(reference.removesuffix(_SUFFIX))
    return _whole(other, other) | found


def _sentence(error: "ValidationError") -> str:
    place = error.json_path.removeprefix("$").removeprefix(".")
    message = shorten(error.message, _SHOWN, " …")
    return f"{place}: {message}" if place else message
