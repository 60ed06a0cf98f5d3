"""Certified, rubric-annotated groups of reasoning traces: one right trace and several localized flaws per problem."""
