"""AgentDoors: how an agent's websocket comes about. Signature, permission, query, admission.

Who is not let in gets HTTP 400 and a body that names one of the refusals agents know; what is let
in goes to `agent_sessions` as a channel.
"""

import logging
from collections.abc import Callable, Coroutine
from typing import TypeVar

from roadstead.agent_protocol import refusals
from roadstead.agent_protocol.channel import Channel, ChannelClosed
from roadstead.agent_protocol.queries import QueryError, parse_acs, parse_tcs
from roadstead.aws.errors import ApiError
from roadstead.aws.http import HttpRequest
from roadstead.aws.signed_frames import open_frame
from roadstead.aws.sigv4 import Caller, authenticate
from roadstead.clock import Clock
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.transitions.container_instances import InstanceRefused
from roadstead.server.access import check_access, instance_id_of
from roadstead.server.agent_sessions import AgentSessions
from roadstead.server.key_ring import KeyRing
from roadstead.server.websockets import WebsocketUpgrade
from roadstead.store.store import Store, StoreFailed

ACS_PATH = "/acs/ws"
TCS_PATH = "/tcs/ws"
SIGNING_NAME = "ecs"
CLOSE_CODE_GOING_AWAY = 1001
CLOSE_CODE_INTERNAL_ERROR = 1011
"""Agents come back at once after both."""

Query = TypeVar("Query")

log = logging.getLogger(__name__)


class AgentDoors:
    """Opens or refuses websockets."""

    def __init__(self, sessions: AgentSessions, store: Store, keys: KeyRing, clock: Clock) -> None:
        self._sessions = sessions
        self._store = store
        self._keys = keys
        self._clock = clock

    async def open(self, upgrade: WebsocketUpgrade) -> None:
        """Serve the connection until it ends, or refuse it."""
        try:
            await self._open(upgrade)
        except ChannelClosed:
            log.info("an agent had gone before its connection was open")

    async def _open(self, upgrade: WebsocketUpgrade) -> None:
        try:
            path = upgrade.request.path
            if path == ACS_PATH:
                await self._open_acs(upgrade)
            elif path == TCS_PATH:
                await self._open_tcs(upgrade)
            else:
                raise InstanceRefused(
                    "BadRequestException",
                    f"There is no websocket at {path[:100]}; agents use {ACS_PATH} and {TCS_PATH}, "
                    "as DiscoverPollEndpoint says.",
                )
        except InstanceRefused as refusal:
            log.info("agent refused: %s: %s", refusal.kind, refusal.text)
            body = refusals.refusal_body(refusal.kind, refusal.text)
            await upgrade.refuse(refusals.HTTP_STATUS, body)
        except StoreFailed:
            body = refusals.refusal_body("ServerException", "this control plane is stopping")
            await upgrade.refuse(refusals.HTTP_STATUS, body)

    async def _open_acs(self, upgrade: WebsocketUpgrade) -> None:
        caller = self._authenticate(upgrade.request, "ecs:Poll")
        query = _parsed(parse_acs, upgrade.request.query)
        self._check_own_instance(caller, query.container_instance_arn)
        instance = self._sessions.admit(query)
        await self._store.durable()
        try:
            channel = await upgrade.accept()
        except ChannelClosed:
            self._sessions.never_opened(instance)
            raise
        log.info("agent of %s is connected", instance.arn)
        await _carried(channel, self._sessions.serve(channel, query, instance))

    async def _open_tcs(self, upgrade: WebsocketUpgrade) -> None:
        request = upgrade.request
        caller = self._authenticate(request, "ecs:StartTelemetrySession")
        query = _parsed(parse_tcs, request.query)
        self._check_own_instance(caller, query.container_instance_arn)
        instance = self._sessions.admit_telemetry(query)
        await self._store.durable()
        channel = await upgrade.accept()

        def opened(frame: str) -> str:
            signer, body = open_frame(frame.encode(), request, self._keys, self._clock.now())
            if signer is not None and signer.arn != caller.arn:
                raise ApiError(
                    "AccessDeniedException",
                    f"{signer.arn} signed a frame on the connection of {caller.arn}.",
                )
            return body.decode()

        await _carried(channel, self._sessions.serve_telemetry(channel, instance, opened))

    def _authenticate(self, request: HttpRequest, action: str) -> Caller:
        try:
            caller = authenticate(request, self._keys, self._clock.now(), service=SIGNING_NAME)
            check_access(self._keys.kind(caller.access_key_id), caller.arn, action)
        except ApiError as error:
            raise InstanceRefused(
                "AccessDeniedException", f"{error.code}: {error.message}"
            ) from error
        return caller

    def _check_own_instance(self, caller: Caller, container_instance_arn: str) -> None:
        """An instance's key speaks for that instance and for no other.

        Raises: InstanceRefused
        """
        if self._keys.kind(caller.access_key_id) != "instance":
            return
        instance = self._store.view.get(CONTAINER_INSTANCES, container_instance_arn)
        if instance is not None and instance.ec2_instance_id != instance_id_of(caller.arn):
            whom = instance.ec2_instance_id or "a machine without an EC2 id"
            raise InstanceRefused(
                "AccessDeniedException", f"The key of {caller.arn} does not speak for {whom}."
            )


async def _carried(channel: Channel, serving: Coroutine[None, None, None]) -> None:
    """Serve an open connection to its end; of what goes wrong the agent hears a close code."""
    try:
        await serving
    except* StoreFailed:
        await channel.close(CLOSE_CODE_GOING_AWAY, "the control plane stops")
    except* Exception:  # the agent comes back, and others are not harmed
        log.exception("an agent's connection failed")
        await channel.close(CLOSE_CODE_INTERNAL_ERROR, "the control plane failed")


def _parsed(parse: Callable[[str], Query], query: str) -> Query:
    try:
        return parse(query)
    except QueryError as error:
        raise InstanceRefused("BadRequestException", str(error)) from error
