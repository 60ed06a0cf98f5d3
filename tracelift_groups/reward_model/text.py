"""The text that a transformers reward model reads, in the format of the released one."""


def reward_text(problem: str, reasoning: str, *, domain: str, task_type: str, tests: str = "") -> str:
    """The rendered text, texts stripped, without a line end after `</reasoning>`; no tests block without tests."""
    lines = [f"<task>{domain}</task>", f"<type>{task_type}</type>", "<problem>", problem.strip(), "</problem>"]
    if tests.strip():
        lines += ["<tests>", tests.strip(), "</tests>"]
    return "\n".join([*lines, "<reasoning>", reasoning.strip(), "</reasoning>"])
