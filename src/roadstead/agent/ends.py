"""The ways in which an agent ends, as its supervisor sees them.

Source: the open-source ECS agent's exit codes: 1 may be started again, 5 must not.
"""

EXIT_CLEAN = 0
EXIT_RETRY = 1
EXIT_TERMINAL = 5


class AgentEnd(Exception):
    """The agent cannot go on; `code` is the exit status of its process."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
