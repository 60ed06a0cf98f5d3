"""Audit: what tells a flaw from its reference without reading the problem."""
