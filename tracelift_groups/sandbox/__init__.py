"""Untrusted programs, run against tests in isolation.

    with Sandbox() as sandbox:
        (verdict,) = sandbox.run("print(int(input()) * 2)", [StdioTest("4", "8")])

The library starts workers, one a core. A worker enters namespaces of its own, loads what programs import, and forks:

    library          knows what is expected, compares, gives the verdict
    └─ zygote        one a worker: a read-only root, no network, no environment; reads no program, ever
       └─ session    one a program: the first process of a process namespace; hands on descriptors, watches, ends
          └─ test    one a test: a fresh scratch, a uid of its own, limits, a system call filter; then the program

The namespaces are made by our own calls (isolation.py, root.py) and not by bubblewrap: nothing has to be installed,
which root directory and devices there are is in plain sight here, and without the second user namespace that
bubblewrap nests, each session and each test can make namespaces of its own at the cost of one call.
"""

from importlib import import_module

_HOME = {
    "AssertionTest": "host.test_case",
    "CallTest": "host.test_case",
    "Limits": "host.limits",
    "Sandbox": "host.sandbox",
    "StdioTest": "host.test_case",
    "SandboxTest": "host.test_case",
    "Verdict": "host.verdict",
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
