"""Backends: one file each, found by `tracelift_groups.models.backend`."""
