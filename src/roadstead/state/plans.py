"""Call, Action, Plan: the circumstances of a change, and changes as data."""

from datetime import datetime
from typing import Protocol

import msgspec

from roadstead.ids import Ids
from roadstead.state.view import Tx


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """Who changes something, where and when. How time and chance reach the core: as arguments."""

    account: str
    region: str
    caller_arn: str
    request_id: str
    now: datetime
    ids: Ids
    partition: str = "aws"
    endpoint: str = ""
    """Base URL by which the caller reached this server; agents are sent back to it."""

    @property
    def scope(self) -> str:
        """`account/region`: what the call may see."""
        return f"{self.account}/{self.region}"

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a resource of this account and region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"


class Action(Protocol):
    """One step of a plan: frozen data, with a reason that people can read."""

    @property
    def reason(self) -> str: ...

    def apply(self, tx: Tx, call: Call) -> None:
        """Call the one transition that this action is."""
        ...


class Plan(msgspec.Struct, frozen=True):
    """What a reconciler wants done now, and when to look again if nothing changes."""

    actions: tuple[Action, ...] = ()
    wake_at: datetime | None = None


SETTLED = Plan()
"""The plan of a state that is as it should be."""
