"""Runs untrusted programs against tests in isolation.

    with Sandbox() as sandbox:
        (verdict,) = sandbox.run("print(int(input()) * 2)", [StdioTest("4", "8")])

The library starts one worker per core. A worker enters its own namespaces, imports common modules, and forks:

    library             host/: has the expected results, compares, gives the verdict
    └─ zygote           one per worker: read-only root, no network, no environment; never reads a program
       └─ supervisor    one per program: first process of a PID namespace; passes descriptors on, watches, kills
          └─ runner     one per test: fresh scratch directory, own uid, limits, seccomp filter; then the program

protocol/messages.py defines their messages, protocol/values.py the values; protocol/conversation.py and
protocol/objects.py how an assertion talks with the program that it tests.
guest/isolation.py and guest/rootfs.py make the namespaces with system calls instead of bubblewrap: nothing has to be
installed, the root directory is defined in one file, and without bubblewrap's nested user namespace each supervisor
and each test can make its own namespaces at the cost of one call.
"""
