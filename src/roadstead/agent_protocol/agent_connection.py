"""The life of one channel as its agent sees it: connect, listen, lose it, wait, come back.

ACS and TCS share it; they differ in their back-off tables and in what is said. Pure: the session
around it tells what happened and carries out what is asked. All moments are `Clock.monotonic()`.
"""

import msgspec

from roadstead.agent_protocol import refusals
from roadstead.agent_protocol.backoff import Backoff, BackoffTable
from roadstead.agent_protocol.session_states import AGENT_MOVES, AgentEvent, AgentState
from roadstead.ids import Ids

INACTIVITY_SECONDS = 60.0
INACTIVITY_JITTER_SECONDS = 60.0
LIFE_SECONDS = 30 * 60.0
LIFE_JITTER_SECONDS = 5 * 60.0
CONNECT_SECONDS_MAX = 30.0
"""For the program that connects: an attempt that takes longer has failed."""
INACTIVE_INSTANCE_SECONDS = 3600.0
RESET_BACKOFF_SECONDS = 60.0
RESET_BACKOFF_JITTER_SECONDS = 60.0
CLOSING_SECONDS_MAX = 10.0
"""A close that is not answered by then counts as done."""
SHORTEST_LIFE_SECONDS = 1.0
"""A connection that ends sooner, however politely, is followed by a back-off: no hot loop."""
NORMAL_CLOSE_CODES = frozenset((1000, 1001, 1006, 1011))
"""After these an agent comes back at once."""


# Stimuli that both sessions take


class Start(msgspec.Struct, frozen=True):
    """Begin; fed once."""


class Opened(msgspec.Struct, frozen=True):
    """The connection asked for is open."""


class Refused(msgspec.Struct, frozen=True):
    """The server answered the attempt with something else than a connection."""

    status: int
    body: str


class ConnectFailed(msgspec.Struct, frozen=True):
    """No answer, no address, no time."""

    reason: str


class FrameReceived(msgspec.Struct, frozen=True):
    text: str


class Closed(msgspec.Struct, frozen=True):
    """The connection ended, whoever did it."""

    code: int
    reason: str


class Tick(msgspec.Struct, frozen=True):
    """`wake_at_seconds` has come (too early does no harm)."""


Happening = Start | Opened | Refused | ConnectFailed | Closed | Tick
"""What becomes of the connection itself, whatever is said on it."""

# Outputs that both sessions give


class Connect(msgspec.Struct, frozen=True):
    """Open a connection, then feed `Opened`, `Refused` or `ConnectFailed`."""


class SendFrame(msgspec.Struct, frozen=True):
    text: str


class CloseConnection(msgspec.Struct, frozen=True):
    """Close it, then feed `Closed`."""

    code: int
    reason: str


class InstanceInactive(msgspec.Struct, frozen=True):
    """The control plane says that this container instance is deregistered."""

    text: str


class Ignored(msgspec.Struct, frozen=True):
    """Something came that leads to nothing; for the log."""

    text: str


class AgentConnection:
    """State, timers and back-off of one channel."""

    def __init__(self, table: BackoffTable, ids: Ids) -> None:
        self.state = AgentState.IDLE
        self.wake_at_seconds: float | None = None
        self._ids = ids
        self._backoff = Backoff(table, ids)
        self._opened_at_seconds = 0.0
        self._inactive_at_seconds = 0.0
        self._expires_at_seconds = 0.0
        self._reset_after_seconds = 0.0

    def handle(
        self, happening: Happening, at_seconds: float
    ) -> list[Connect | CloseConnection | InstanceInactive]:
        """What follows from `happening`; to be carried out in this order."""
        match happening:
            case Start():
                return [*self._connect(AgentEvent.START)]
            case Opened():
                self._opened(at_seconds)
                return []
            case Refused(_, body):
                return [*self._refused(body, at_seconds)]
            case ConnectFailed():
                self._failed(at_seconds)
                return []
            case Closed(code, reason):
                return [*self._closed(code, reason, at_seconds)]
            case Tick():
                return [*self._tick(at_seconds)]

    def heard(self, at_seconds: float) -> None:
        """A message came that could be read: the other side lives."""
        if self.state is not AgentState.OPEN:
            return
        self._inactive_at_seconds = (
            at_seconds + INACTIVITY_SECONDS + self._up_to(INACTIVITY_JITTER_SECONDS)
        )
        self.wake_at_seconds = min(self._inactive_at_seconds, self._expires_at_seconds)

    def inactive(self, text: str, at_seconds: float) -> list[InstanceInactive]:
        """The instance is deregistered: come back in an hour."""
        self._wait(at_seconds, INACTIVE_INSTANCE_SECONDS, AgentEvent.REFUSED_INACTIVE)
        self._backoff.reset()
        return [InstanceInactive(text)]

    def _opened(self, at_seconds: float) -> None:
        """The attempt succeeded."""
        self._move(AgentEvent.OPENED)
        self._opened_at_seconds = at_seconds
        self._expires_at_seconds = at_seconds + LIFE_SECONDS + self._up_to(LIFE_JITTER_SECONDS)
        self._reset_after_seconds = RESET_BACKOFF_SECONDS + self._up_to(
            RESET_BACKOFF_JITTER_SECONDS
        )
        self.heard(at_seconds)

    def _failed(self, at_seconds: float) -> None:
        """The attempt came to nothing."""
        self._wait(at_seconds, self._backoff.next_seconds(), AgentEvent.FAILED)

    def _refused(self, body: str, at_seconds: float) -> list[InstanceInactive]:
        """The attempt was answered with a refusal."""
        kind, text = refusals.read_refusal(body)
        if kind != refusals.INACTIVE:
            self._failed(at_seconds)
            return []
        return self.inactive(text, at_seconds)

    def _closed(
        self, code: int, reason: str, at_seconds: float
    ) -> list[InstanceInactive | Connect]:
        """The open connection has ended; nothing new when it was given up already."""
        if self.state not in (AgentState.OPEN, AgentState.CLOSING):
            return []
        if refusals.tells_inactive(reason):
            return [*self.inactive(reason, at_seconds)]
        lasted_seconds = at_seconds - self._opened_at_seconds
        if lasted_seconds >= self._reset_after_seconds:
            self._backoff.reset()
        if self.state is AgentState.CLOSING:
            return [*self._connect(AgentEvent.CLOSED_NORMALLY)]
        if code in NORMAL_CLOSE_CODES and lasted_seconds >= SHORTEST_LIFE_SECONDS:
            self._backoff.reset()
            return [*self._connect(AgentEvent.CLOSED_NORMALLY)]
        self._failed(at_seconds)
        return []

    def _tick(self, at_seconds: float) -> list[Connect | CloseConnection]:
        """Time has passed: connect again, or give up a connection that is silent or old."""
        if self.wake_at_seconds is None or at_seconds < self.wake_at_seconds:
            return []
        match self.state:
            case AgentState.WAITING | AgentState.INACTIVE:
                return [*self._connect(AgentEvent.TIME_TO_CONNECT)]
            case AgentState.CLOSING:
                return [*self._connect(AgentEvent.FAILED)]
            case AgentState.OPEN:
                silent = at_seconds >= self._inactive_at_seconds
                reason = "no message for too long" if silent else "the connection has expired"
                self._move(AgentEvent.CLOSE_WANTED)
                self.wake_at_seconds = at_seconds + CLOSING_SECONDS_MAX
                return [CloseConnection(1000, reason)]
        raise AssertionError(f"a timer is set in state {self.state}")

    def _connect(self, event: AgentEvent) -> list[Connect]:
        self._move(event)
        self.wake_at_seconds = None
        return [Connect()]

    def _wait(self, at_seconds: float, seconds: float, event: AgentEvent) -> None:
        self._move(event)
        self.wake_at_seconds = at_seconds + seconds

    def _move(self, event: AgentEvent) -> None:
        self.state = AGENT_MOVES[self.state, event]

    def _up_to(self, seconds: float) -> float:
        return self._ids.below(int(seconds * 1000) + 1) / 1000
