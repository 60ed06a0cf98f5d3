"""Audit: shortcuts that distinguish a flaw from its reference without reading the problem."""
