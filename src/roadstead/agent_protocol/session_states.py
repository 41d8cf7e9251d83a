"""The states of agent connections and every move between them, as tables.

The tables do not know what is sent; the sessions ask them what an event leads to. A move that is
not in a table is a mistake of the program around the session and raises.
"""

from enum import StrEnum


class AgentState(StrEnum):
    """One channel (ACS or TCS) as an agent sees it, across all its connections."""

    IDLE = "IDLE"
    """Not started."""
    CONNECTING = "CONNECTING"
    OPEN = "OPEN"
    CLOSING = "CLOSING"
    """The agent asked for the close and waits for it to happen."""
    WAITING = "WAITING"
    """Backing off before the next attempt."""
    INACTIVE = "INACTIVE"
    """The instance is deregistered: the next attempt is an hour away."""


class AgentEvent(StrEnum):
    START = "START"
    OPENED = "OPENED"
    FAILED = "FAILED"
    """No connection came about, or it ended in a way that asks for patience."""
    REFUSED_INACTIVE = "REFUSED_INACTIVE"
    """Refused, or closed, because the instance is deregistered."""
    CLOSED_NORMALLY = "CLOSED_NORMALLY"
    """Ended in a way that asks to come back at once."""
    CLOSE_WANTED = "CLOSE_WANTED"
    TIME_TO_CONNECT = "TIME_TO_CONNECT"


AGENT_MOVES: dict[tuple[AgentState, AgentEvent], AgentState] = {
    (AgentState.IDLE, AgentEvent.START): AgentState.CONNECTING,
    (AgentState.CONNECTING, AgentEvent.OPENED): AgentState.OPEN,
    (AgentState.CONNECTING, AgentEvent.FAILED): AgentState.WAITING,
    (AgentState.CONNECTING, AgentEvent.REFUSED_INACTIVE): AgentState.INACTIVE,
    (AgentState.OPEN, AgentEvent.CLOSE_WANTED): AgentState.CLOSING,
    (AgentState.OPEN, AgentEvent.CLOSED_NORMALLY): AgentState.CONNECTING,
    (AgentState.OPEN, AgentEvent.FAILED): AgentState.WAITING,
    (AgentState.OPEN, AgentEvent.REFUSED_INACTIVE): AgentState.INACTIVE,
    (AgentState.CLOSING, AgentEvent.CLOSED_NORMALLY): AgentState.CONNECTING,
    (AgentState.CLOSING, AgentEvent.FAILED): AgentState.CONNECTING,
    (AgentState.CLOSING, AgentEvent.REFUSED_INACTIVE): AgentState.INACTIVE,
    (AgentState.WAITING, AgentEvent.TIME_TO_CONNECT): AgentState.CONNECTING,
    (AgentState.WAITING, AgentEvent.REFUSED_INACTIVE): AgentState.INACTIVE,
    (AgentState.INACTIVE, AgentEvent.TIME_TO_CONNECT): AgentState.CONNECTING,
    (AgentState.INACTIVE, AgentEvent.REFUSED_INACTIVE): AgentState.INACTIVE,
}


class ServerState(StrEnum):
    """One connection of one agent as the control plane sees it."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"
    """Closed by either side; nothing is sent any more."""


class ServerEvent(StrEnum):
    CLOSE_WANTED = "CLOSE_WANTED"
    CLOSED_BY_AGENT = "CLOSED_BY_AGENT"


SERVER_MOVES: dict[tuple[ServerState, ServerEvent], ServerState] = {
    (ServerState.OPEN, ServerEvent.CLOSE_WANTED): ServerState.CLOSED,
    (ServerState.OPEN, ServerEvent.CLOSED_BY_AGENT): ServerState.CLOSED,
    (ServerState.CLOSED, ServerEvent.CLOSE_WANTED): ServerState.CLOSED,
    (ServerState.CLOSED, ServerEvent.CLOSED_BY_AGENT): ServerState.CLOSED,
}
