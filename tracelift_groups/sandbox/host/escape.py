"""Escapes text of a program before it is shown: on a terminal, in JSON, in a log or on a page."""

import re

_UNSAFE = re.compile(
    r"[\x00-\x1f\x7f-\x9f"  # control characters, among them ESC
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # change the direction in which text is shown
    r"\u2028\u2029"  # end a line
    r"\ud800-\udfff]"  # lone surrogates can't be written as UTF-8
)
_SHORT = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}


def escape(text: str, block: bool = False) -> str:
    """The text with unsafe characters as Python escapes such as `\\x1b`; it encodes as UTF-8.

    `block`: line breaks and tabs are kept, for text that is shown in lines of its own. Backslashes are kept as they
    are, so escaping twice changes nothing.
    """
    return _UNSAFE.sub(lambda found: found[0] if block and found[0] in "\n\t" else _escape_of(found[0]), text)


def _escape_of(character: str) -> str:
    code = ord(character)
    return _SHORT.get(character) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")
