"""The trusted side of the sandbox: starts workers, compares, gives verdicts."""
