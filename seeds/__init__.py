"""Seed sources: one file each, found by `tracelift_groups.ingest.source`; the bundled problems lie beside them."""
