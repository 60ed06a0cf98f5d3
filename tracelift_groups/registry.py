"""Where components are found: one file in our own package, or an entry point of anybody's.

A registry knows a package to look through and an entry-point group. Nothing is imported before the first look-up,
so importing the library stays free. Ours and third-party components use the same door: import registers them.
"""

from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pkgutil import iter_modules
from typing import Any, Generic, TypeVar  # an entry point gives whatever its author put there

from tracelift_groups.errors import RecordError, UnknownNameError

T = TypeVar("T")


class Registry(Generic[T]):
    """Named components of one sort.

    `package` is a dotted name whose modules register on import; `group` is the entry-point group. An entry point whose
    object did not register itself while it was imported is registered under the entry point's own name.
    """

    def __init__(self, noun: str, package: str, group: str) -> None:
        self.noun = noun
        self._package = package
        self._group = group
        self._found: dict[str, T] = {}
        self._loaded = False

    def add(self, name: str, component: T) -> T:
        """Register under `name`. RecordError when the name is taken by something else."""
        if name in self._found and self._found[name] != component:
            raise RecordError(f'Two {self.noun}s are named "{name}".', "Rename one of them.")
        self._found[name] = component
        return component

    def register(self, name: str) -> Callable[[T], T]:
        """`add` as a decorator."""
        return lambda component: self.add(name, component)

    def get(self, name: str) -> T:
        """The component of that name. UnknownNameError, with a suggestion, when there is none."""
        self._load()
        if name not in self._found:
            raise UnknownNameError(self.noun, name, self._found)
        return self._found[name]

    def names(self) -> list[str]:
        """All names, sorted."""
        self._load()
        return sorted(self._found)

    def __iter__(self) -> Iterator[T]:
        return (self._found[name] for name in self.names())

    def _load(self) -> None:
        if self._loaded:
            return
        self._loaded = True  # first, so that a component may ask for another while it is imported
        try:
            self._import_all()
        except BaseException:
            self._loaded = False
            raise

    def _import_all(self) -> None:
        package = import_module(self._package)
        for module in sorted(m.name for m in iter_modules(package.__path__) if not m.name.startswith("_")):
            import_module(f"{self._package}.{module}")
        for point in sorted(entry_points(group=self._group), key=lambda p: (p.name, p.value)):
            component = load_point(point)
            if not any(component is known for known in self._found.values()):
                self.add(point.name, component)


def load_point(point: EntryPoint) -> Any:
    """What an entry point names. RecordError, with the package to blame, when importing it fails."""
    try:
        return point.load()
    except Exception as cause:  # anybody's code
        owner = point.dist.name if point.dist else "an unknown package"
        reason = f"{type(cause).__name__}: {cause}"
        raise RecordError(
            f'"{point.name}" of {owner} can\'t be imported ({reason}).', f"Mend or remove {owner}."
        ) from cause
