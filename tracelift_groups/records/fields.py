"""Checks of decoded JSON rows: presence and type of fields, with one sentence for each violation.

What the rows mean is the records' own affair; the JSON Schema documents state the same types for everybody else.
"""

from collections.abc import Mapping
from typing import Any  # JSON

from tracelift_groups.errors import RecordError

Types = tuple[type, ...]

TEXT: Types = (str,)
NUMBER: Types = (int, float)
INTEGER: Types = (int,)
FLAG: Types = (bool,)
OBJECT: Types = (dict,)
LIST: Types = (list, tuple)

_WORDS = {TEXT: "text", NUMBER: "a number", INTEGER: "a whole number", FLAG: "true or false"}
_WORDS |= {OBJECT: "an object", LIST: "a list"}


def require_fields(
    row: object, noun: str, required: Mapping[str, Types], optional: Mapping[str, Types] | None = None
) -> Mapping[str, Any]:
    """The row itself. RecordError for the first required field that is missing or any known field of the wrong type.

    Optional fields may be null. `noun` says what the row is ("a certificate").
    """
    if not isinstance(row, Mapping):
        raise RecordError(
            f"{noun[0].upper()}{noun[1:]} must be an object, not {json_type_name(row)}.", rule="wrong-type"
        )
    for name, types in required.items():
        if name not in row:
            raise RecordError(f'Field "{name}" of {noun} is missing.', rule="missing-field")
        _check_type(row[name], name, noun, types)
    for name, types in (optional or {}).items():
        if row.get(name) is not None:
            _check_type(row[name], name, noun, types)
    return row


def text_field(row: Mapping[str, Any], name: str, noun: str) -> str:
    """A required text that is not blank."""
    value: str = require_fields(row, noun, {name: TEXT})[name]
    if not value.strip():
        raise RecordError(f'Field "{name}" of {noun} is empty.', rule="empty-field")
    return value


def json_type_name(value: object) -> str:
    """What a JSON value is: "text", "null", "a list", …"""
    if value is None:
        return "null"
    # bool comes first: in Python it is an int.
    for types in (FLAG, TEXT, INTEGER, NUMBER, LIST):
        if isinstance(value, types):
            return _WORDS[types]
    return "an object" if isinstance(value, Mapping) else f"a {type(value).__name__}"


def _check_type(value: object, name: str, noun: str, types: Types) -> None:
    if not isinstance(value, types) or (isinstance(value, bool) and types is not FLAG):
        raise RecordError(
            f'Field "{name}" of {noun} must be {_WORDS[types]}, not {json_type_name(value)}.', rule="wrong-type"
        )
