"""The domain math: reading traces, making flaws, certifying them, scoring them, checking answers."""
