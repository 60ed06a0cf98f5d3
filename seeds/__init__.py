"""Seed sources: one file each, found by `tracelift_groups.source`; the bundled problems lie beside them."""
