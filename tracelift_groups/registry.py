"""Extension points: a component is one file in this package, or an entry point of any other package.

Every extension point of the library is declared at the end of this page. Nothing is imported before the first look-up,
so importing the library stays free. Our own components and third-party ones use the same door: importing a component's
module registers it.
"""

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, Generic, TypeVar  # Any: an entry point may name any object

from tracelift_groups.errors import RecordError, UnknownNameError

if TYPE_CHECKING:
    from tracelift_groups.annotators.annotator import Annotator
    from tracelift_groups.flaws.checker import Check
    from tracelift_groups.flaws.kind import Kind
    from tracelift_groups.ingest.source import Source
    from tracelift_groups.models.backend import Backend

T = TypeVar("T")
ANY = ""  # the domain of a component that serves every domain


class Registry(Generic[T]):
    """Named components of one type. The key of a component is its domain and its name.

    `packages` are dotted names of packages whose modules register on import; `group` is the entry-point group. An entry
    point whose object did not register itself while it was imported is registered under the entry point's own name.
    """

    def __init__(self, noun: str, packages: Iterable[str], group: str) -> None:
        self.noun = noun
        self.packages = tuple(packages)
        self.group = group
        self._found: dict[tuple[str, str], T] = {}
        self._loaded = False

    def add(self, name: str, component: T, domains: Iterable[str] = (ANY,)) -> T:
        """Register under `name` in each domain. RecordError when the name is taken by something else."""
        keys = [(domain, name) for domain in domains]
        for key in keys:
            if key in self._found and self._found[key] != component:
                raise RecordError(f'Two {self.noun}s are named "{name}".', "Rename one of them.")
        self._found |= dict.fromkeys(keys, component)
        return component

    def register(self, name: str) -> Callable[[T], T]:
        """`add` as a decorator."""
        return lambda component: self.add(name, component)

    def get(self, name: str, domain: str | None = None) -> T:
        """The component of that name. Without a domain, the first domain in the order of their names that has one.

        UnknownNameError, with a suggestion, when there is none.
        """
        found = self._look_up(name, domain)
        if found is None and not self._loaded:
            self._import_named(name)
            found = self._look_up(name, domain)
        if found is None:
            self._load()
            found = self._look_up(name, domain)
        if found is None:
            raise UnknownNameError(self.noun, name, self.names(domain))
        return found

    def names(self, domain: str | None = None) -> list[str]:
        """All names, of one domain or of all, sorted."""
        self._load()
        return sorted({name for own, name in self._found if domain is None or own in (domain, ANY)})

    def __iter__(self) -> Iterator[T]:
        """Every component once, by name."""
        self._load()
        met: list[T] = []
        for _, component in sorted(self._found.items(), key=lambda item: (item[0][1], item[0][0])):
            if not any(component is other for other in met):
                met.append(component)
        return iter(met)

    @property
    def registered(self) -> dict[str, T]:
        """The components registered so far, by name; nothing is imported to find others."""
        return {name: component for (_, name), component in self._found.items()}

    def _look_up(self, name: str, domain: str | None) -> T | None:
        if domain is not None:
            return self._found.get((domain, name), self._found.get((ANY, name)))
        return next((self._found[key] for key in sorted(self._found) if key[1] == name), None)

    def _import_named(self, name: str) -> None:
        """Import only the module of that name, if there is one; most look-ups need no other."""
        for package in self.packages:
            if name.isidentifier() and not name.startswith("_") and find_spec(f"{package}.{name}"):
                import_module(f"{package}.{name}")

    def _load(self) -> None:
        if self._loaded:
            return
        self._loaded = True  # set first: a component may look up another one while it is imported
        try:
            self._import_all()
        except BaseException:
            self._loaded = False
            raise

    def _import_all(self) -> None:
        for package in self.packages:
            places = import_module(package).__path__
            for module in sorted(m.name for m in iter_modules(places) if not m.name.startswith("_")):
                import_module(f"{package}.{module}")
        for point in sorted(entry_points(group=self.group), key=lambda p: (p.name, p.value)):
            component = load_point(point)
            if not any(component is known for known in self._found.values()):
                self.add(point.name, component)


def load_point(point: EntryPoint) -> Any:
    """The object that an entry point names. RecordError, with the name of its package, when importing it fails."""
    try:
        return point.load()
    except Exception as cause:  # code of another package
        owner = point.dist.name if point.dist else "an unknown package"
        reason = f"{type(cause).__name__}: {cause}"
        raise RecordError(
            f'"{point.name}" of {owner} can\'t be imported ({reason}).', f"Fix or uninstall {owner}."
        ) from cause


SOURCES: "Registry[Source]" = Registry("source", ["tracelift_groups.seeds"], "tracelift_groups.sources")
KINDS: "Registry[Kind]" = Registry(
    "kind", ["tracelift_groups.math.kinds", "tracelift_groups.code.kinds"], "tracelift_groups.kinds"
)
CHECKERS: "Registry[Check]" = Registry(
    "checker", ["tracelift_groups.math.checkers", "tracelift_groups.code.checkers"], "tracelift_groups.checkers"
)
ANNOTATORS: "Registry[Annotator]" = Registry(
    "annotator", ["tracelift_groups.annotators"], "tracelift_groups.annotators"
)
BACKENDS: "Registry[Callable[[str], Backend]]" = Registry(
    "backend", ["tracelift_groups.models.backends"], "tracelift_groups.backends"
)
# Rubrics are files: records/rubric.py finds ours and those of the group `tracelift_groups.rubrics`.
