"""The trusted side of the sandbox: starts workers, compares results, gives verdicts."""
