"""JSON Schema documents (draft 2020-12), one per record type."""
