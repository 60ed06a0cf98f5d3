"""Tags told from tests."""

import pytest

from tracelift_groups.code.statement_examples import form_of
from tracelift_groups.code.test_tag import call_tag, text_tag


@pytest.mark.parametrize(
    ("given", "tag"),
    [("4\n5", "sample"), ("", "edge"), ("7", "edge"), ("0\n1", "edge"), ("3\n1 -2 3", "edge"), ("3\n1 2 3", "hidden")],
)
def test_inputs(given: str, tag: str) -> None:
    assert text_tag(given, {("4", "5")}) == tag


@pytest.mark.parametrize(
    ("arguments", "tag"),
    [
        ("[1, 2]", "sample"),
        *((text, "edge") for text in ("[]", "'a'", "0", "None", "-1.5")),
        *((text, "hidden") for text in ("True", "[1, 2, 3]", "'ab', 12")),
    ],
)
def test_calls(arguments: str, tag: str) -> None:
    assert call_tag(f"assert f({arguments}) == 1", "f", {form_of("f([1,2])")}) == tag
