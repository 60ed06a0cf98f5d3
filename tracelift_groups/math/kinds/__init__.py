"""Symbolic kinds of flaw: one file each, found by `tracelift_groups.registry`."""
