"""Flaws: the type of a kind, certificates, the verification ladder, and surface statistics of flaws."""
