"""Backends: one file each, found by `tracelift_groups.registry.BACKENDS`."""
