"""Flaws: what a kind is, the certificate of a flaw, the verification ladder."""
