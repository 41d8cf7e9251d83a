"""The query strings with which agents open ACS and TCS."""

from urllib.parse import parse_qsl, quote

import msgspec


class QueryError(Exception):
    """A connection's query lacks something or makes no sense; the text tells what."""


class AcsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Who opens an ACS connection. `cluster` may be a bare name: the wire calls it an ARN."""

    cluster: str
    container_instance_arn: str
    agent_version: str = ""
    agent_hash: str = ""
    docker_version: str = ""
    protocol_version: int = 1
    """From 2 on, the server closes the connection itself when heartbeats stay unanswered."""
    sequence_number: int = 0
    send_credentials: bool = False


class TcsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Who opens a TCS connection."""

    cluster: str
    container_instance_arn: str
    agent_version: str = ""
    agent_hash: str = ""
    docker_version: str = ""


def parse_acs(query: str) -> AcsQuery:
    """Read the raw query of an ACS connection. Raises: QueryError"""
    found = dict(parse_qsl(query, keep_blank_values=True))
    return AcsQuery(
        cluster=_needed(found, "clusterArn"),
        container_instance_arn=_needed(found, "containerInstanceArn"),
        agent_version=found.get("agentVersion", ""),
        agent_hash=found.get("agentHash", ""),
        docker_version=found.get("dockerVersion", "").removeprefix("DockerVersion: "),
        protocol_version=_number(found, "protocolVersion", 1),
        sequence_number=_number(found, "seqNum", 0),
        send_credentials=found.get("sendCredentials", "").lower() == "true",
    )


def parse_tcs(query: str) -> TcsQuery:
    """Read the raw query of a TCS connection. Raises: QueryError"""
    found = dict(parse_qsl(query, keep_blank_values=True))
    return TcsQuery(
        cluster=_needed(found, "cluster"),
        container_instance_arn=_needed(found, "containerInstance"),
        agent_version=found.get("agentVersion", ""),
        agent_hash=found.get("agentHash", ""),
        docker_version=found.get("dockerVersion", ""),
    )


def build_acs(query: AcsQuery) -> str:
    """The raw query string, in the order and spelling in which it is signed."""
    return _build(
        {
            "agentHash": query.agent_hash,
            "agentVersion": query.agent_version,
            "clusterArn": query.cluster,
            "containerInstanceArn": query.container_instance_arn,
            "dockerVersion": f"DockerVersion: {query.docker_version}",
            "protocolVersion": str(query.protocol_version),
            "sendCredentials": "true" if query.send_credentials else "false",
            "seqNum": str(query.sequence_number),
        }
    )


def build_tcs(query: TcsQuery) -> str:
    """The raw query string, in the order and spelling in which it is signed."""
    return _build(
        {
            "agentHash": query.agent_hash,
            "agentVersion": query.agent_version,
            "cluster": query.cluster,
            "containerInstance": query.container_instance_arn,
            "dockerVersion": query.docker_version,
        }
    )


def _build(parameters: dict[str, str]) -> str:
    return "&".join(f"{name}={quote(value, safe='-_.~')}" for name, value in parameters.items())


def _needed(found: dict[str, str], name: str) -> str:
    value = found.get(name, "")
    if not value:
        raise QueryError(f"the query must have {name}")
    return value


def _number(found: dict[str, str], name: str, absent: int) -> int:
    value = found.get(name, "")
    if not value:
        return absent
    if not value.isascii() or not value.isdigit() or len(value) > 18:
        raise QueryError(f"{name} must be a whole number, not {value[:40]!r}")
    return int(value)
