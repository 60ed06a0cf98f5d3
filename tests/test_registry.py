"""Components are found by name, ours and other people's through one door."""

import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from tracelift_groups.errors import RecordError, UnknownNameError
from tracelift_groups.registry import Registry, load_point


@pytest.fixture
def numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry[int]:
    """A registry over a package with two modules, `one` and `two`; a third, `_hidden`, would fail."""
    package = tmp_path / "numbers_of_ours"
    package.mkdir()
    (package / "__init__.py").write_text(
        "from tracelift_groups.registry import Registry\n"
        'NUMBERS = Registry("number", ["numbers_of_ours"], "numbers.none")\n'
    )
    for name, value in (("one", 1), ("two", 2)):
        (package / f"{name}.py").write_text(f'from numbers_of_ours import NUMBERS\nNUMBERS.add("{name}", {value})\n')
    (package / "_hidden.py").write_text("raise RuntimeError\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in [name for name in sys.modules if name.startswith("numbers_of_ours")]:
        monkeypatch.delitem(sys.modules, name)
    import numbers_of_ours

    found: Registry[int] = numbers_of_ours.NUMBERS
    return found


def test_a_file_in_the_package_is_found_without_being_named_anywhere(numbers: Registry[int]) -> None:
    assert "numbers_of_ours.one" not in sys.modules
    assert numbers.names() == ["one", "two"]
    assert list(numbers) == [1, 2]
    assert numbers.get("two") == 2


def test_an_unknown_name_is_answered_with_the_nearest_or_with_all(numbers: Registry[int]) -> None:
    with pytest.raises(UnknownNameError, match='No number named "twoo"') as caught:
        numbers.get("twoo")
    assert caught.value.todo == 'Did you mean "two"?'
    with pytest.raises(UnknownNameError, match="Known: one, two"):
        numbers.get("seventeen")


def test_the_key_of_a_component_is_its_domain_and_its_name() -> None:
    found: Registry[int] = Registry("number", [], "numbers.none")
    found.add("one", 1, ["math"])
    found.add("one", 11, ["code"])
    found.add("two", 2)
    assert (found.get("one", "math"), found.get("one", "code"), found.get("two", "math")) == (1, 11, 2)
    assert found.names("math") == found.names() == ["one", "two"]
    assert list(found) == [11, 1, 2]
    with pytest.raises(UnknownNameError):
        Registry[int]("number", [], "numbers.none").get("one", "math")


def test_a_look_up_imports_only_the_module_of_that_name(numbers: Registry[int]) -> None:
    assert numbers.get("two") == 2
    assert "numbers_of_ours.two" in sys.modules
    assert "numbers_of_ours.one" not in sys.modules


def test_one_name_stands_for_one_component(numbers: Registry[int]) -> None:
    assert numbers.register("three")(3) == 3
    numbers.add("three", 3)
    with pytest.raises(RecordError, match='Two numbers are named "three"'):
        numbers.add("three", 4)


def test_a_failed_search_is_made_again_instead_of_leaving_half_the_names(
    numbers: Registry[int], tmp_path: Path
) -> None:
    broken = tmp_path / "numbers_of_ours" / "three.py"
    broken.write_text("raise ImportError('no')\n")
    for _ in range(2):
        with pytest.raises(ImportError):
            numbers.names()
    broken.unlink()
    assert numbers.names() == ["one", "two"]


def test_an_entry_point_that_cannot_be_imported_is_blamed_in_words() -> None:
    with pytest.raises(RecordError, match='"bad" of an unknown package') as caught:
        load_point(EntryPoint("bad", "no_such_module:thing", "group"))
    assert "no_such_module" in caught.value.what
    assert caught.value.todo
