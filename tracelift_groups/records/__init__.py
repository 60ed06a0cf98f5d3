"""Records: what is stored, each a frozen dataclass that refuses to be built wrong."""
