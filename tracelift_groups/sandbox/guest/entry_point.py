"""Looks up the function that a test calls: a name of the program's, or a method as `Solution.add`."""

from typing import Any  # a program's module and its functions


def entry_point(module: dict[str, Any], name: str) -> Any:
    """The function; a method of a class is that of an instance made without arguments, as contest sites do.

    Raises NameError if the program defines no such name.
    """
    first, *rest = name.split(".")
    if first not in module:
        raise NameError(f"the program defines no {name}")
    found: Any = module[first]
    for attribute in rest:
        holder = found() if isinstance(found, type) else found
        if not hasattr(holder, attribute):
            raise NameError(f"the program defines no {name}")
        found = getattr(holder, attribute)
    return found
