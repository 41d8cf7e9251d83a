"""Call, Action, Plan, Reconciler: the circumstances of a change, changes as data, their authors."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

import msgspec

from roadstead.ids import Ids
from roadstead.state.records import Change
from roadstead.state.view import Tx, View


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
    access_key_id: str = ""
    """The key with which the call was signed; empty where we act by ourselves."""

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


class Reconciler(Protocol):
    """A module with these three functions: part of what is done without being asked."""

    __name__: str

    def keys(self, view: View) -> Iterable[str]:
        """Everything it would look at: asked at the start."""
        ...

    def affected(self, view: View, change: Change) -> Iterable[str]:
        """What it should look at after this change."""
        ...

    def reconcile(self, view: View, key: str, now: datetime) -> Plan:
        """What should change, given what is."""
        ...
