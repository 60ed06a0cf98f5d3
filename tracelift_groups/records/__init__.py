"""Records: what is stored, each a frozen dataclass that checks its fields when it is made."""
