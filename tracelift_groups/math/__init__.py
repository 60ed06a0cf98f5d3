"""The math domain: parses traces, makes and certifies flaws, scores traces, compares answers."""
