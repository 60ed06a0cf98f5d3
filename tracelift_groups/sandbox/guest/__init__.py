"""The side of the sandbox that runs programs. After the first program starts, nothing here is trusted."""
