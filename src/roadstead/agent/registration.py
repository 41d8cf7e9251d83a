"""Registration: how an instance gets its ARN, and when an agent has to give up instead.

Source: the open-source ECS agent's exits, as seen on the wire: a request that the control plane
calls wrong ends the agent for good; one that it cannot serve now is tried again for an hour.
"""

import logging
from typing import Any

from roadstead.agent.api import ApiCaller, ApiFailure
from roadstead.agent.capabilities import attributes, total_resources
from roadstead.agent.configuration import AgentSettings, identity_document
from roadstead.agent.ends import EXIT_RETRY, EXIT_TERMINAL, AgentEnd
from roadstead.agent.journal import Identity
from roadstead.agent_protocol import backoff
from roadstead.agent_protocol.backoff import Backoff, BackoffTable
from roadstead.clock import Clock
from roadstead.ids import Ids

TRANSIENT = frozenset(
    (
        "ServerException",
        "InternalFailure",
        "ServiceUnavailableException",
        "ThrottlingException",
        "LimitExceededException",
    )
)
WRONG = frozenset(("InvalidParameterException", "ClientException", "ClusterNotFoundException"))
TRANSIENT_SECONDS_MAX = 3600.0
NO_ANSWER = BackoffTable(0.25, 1.5, 5.0, 20)
NO_ANSWER_SECONDS_MAX = 60.0
"""A control plane that is only starting is waited for; then the supervisor decides."""
CLUSTER_MISSING = "cluster not found."

log = logging.getLogger(__name__)


def check_saved(settings: AgentSettings, saved: Identity | None) -> None:
    """An instance keeps its cluster for ever. Raises: AgentEnd"""
    if saved is not None and _short(saved.cluster) != _short(settings.cluster):
        raise AgentEnd(
            EXIT_TERMINAL,
            f"this instance is registered in cluster {saved.cluster}, but ECS_CLUSTER is "
            f"{settings.cluster}; set it back, or empty {settings.data_dir} to register anew",
        )


async def register(
    settings: AgentSettings, saved: Identity | None, *, api: ApiCaller, clock: Clock, ids: Ids
) -> Identity:
    """Register, or register again under the ARN that is `saved`. Raises: AgentEnd"""
    request = registration_request(settings, saved, ids)
    transient = Backoff(backoff.REGISTRATION, ids)
    unanswered = Backoff(NO_ANSWER, ids)
    started_at_seconds = clock.monotonic()
    while True:
        try:
            response = await api("RegisterContainerInstance", request)
            break
        except ApiFailure as failure:
            elapsed_seconds = clock.monotonic() - started_at_seconds
            if _lacks_default_cluster(settings, failure):
                await _create_cluster(settings, api)
            elif failure.type in TRANSIENT and elapsed_seconds < TRANSIENT_SECONDS_MAX:
                log.warning("registration: %s", failure)
                await clock.sleep(transient.next_seconds())
            elif not failure.type and elapsed_seconds < NO_ANSWER_SECONDS_MAX:
                log.warning("registration: %s", failure)
                await clock.sleep(unanswered.next_seconds())
            else:
                raise _end(failure) from failure
    instance = response["containerInstance"]
    check_echo(request["attributes"], instance.get("attributes", []))
    if saved is not None:
        return saved
    return Identity(settings.cluster, instance["containerInstanceArn"])


def registration_request(
    settings: AgentSettings, saved: Identity | None, ids: Ids
) -> dict[str, Any]:
    """What RegisterContainerInstance is asked with."""
    request: dict[str, Any] = {
        "cluster": settings.cluster,
        "clientToken": ids.uuid(),
        "instanceIdentityDocument": identity_document(settings),
        "instanceIdentityDocumentSignature": "",
        "attributes": attributes(settings, is_first=saved is None),
        "totalResources": total_resources(settings),
    }
    if saved is not None:
        request["containerInstanceArn"] = saved.container_instance_arn
    elif settings.tags:
        request["tags"] = [{"key": key, "value": value} for key, value in settings.tags.items()]
    return request


def check_echo(sent: list[dict[str, str]], received: list[dict[str, Any]]) -> None:
    """Every attribute must have come back with its value. Raises: AgentEnd"""
    known = {each["name"]: each.get("value") or "" for each in received}
    for attribute in sent:
        if known.get(attribute["name"]) != attribute.get("value", ""):
            raise AgentEnd(
                EXIT_TERMINAL,
                "Attribute validation failed: the control plane did not give back attribute "
                f"{attribute['name']} with the value {attribute.get('value', '')!r}",
            )


def _lacks_default_cluster(settings: AgentSettings, failure: ApiFailure) -> bool:
    return not settings.is_cluster_named and CLUSTER_MISSING in failure.message.lower()


async def _create_cluster(settings: AgentSettings, api: ApiCaller) -> None:
    try:
        await api("CreateCluster", {"clusterName": settings.cluster})
    except ApiFailure as failure:
        raise _end(failure) from failure


def _end(failure: ApiFailure) -> AgentEnd:
    code = EXIT_TERMINAL if failure.type in WRONG else EXIT_RETRY
    return AgentEnd(code, f"this instance cannot be registered: {failure}")


def _short(cluster: str) -> str:
    return cluster.rpartition("/")[2]
