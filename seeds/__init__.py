"""Seed sources: one file each, found by `registry.SOURCES`; bundled problems are stored beside them."""
