"""What a container is called in its network, and whom it asks for names."""

import msgspec

from roadstead.agent.runtime.port import AWSVPC
from roadstead.agent_protocol.messages.network_interface import primary_address
from roadstead.agent_protocol.messages.payload import PayloadTask


class NetworkIdentity(msgspec.Struct, frozen=True):
    """Names and resolver of a container; empty: what its runtime chooses."""

    hostname: str = ""
    address: str = ""
    dns_servers: tuple[str, ...] = ()
    dns_search: tuple[str, ...] = ()


def network_identity(
    task: PayloadTask, own: NetworkIdentity, *, dns_server: str
) -> NetworkIdentity:
    """What the definition says (`own`), then what the task's interface says, then `dns_server`.

    Source: agent:agent/api/task/task.go, the primary interface gives host name and resolver
    """
    given = NetworkIdentity()
    if task.network_mode == AWSVPC:
        eni = task.elastic_network_interfaces[0]
        given = NetworkIdentity(
            eni.private_dns_name, primary_address(eni), eni.domain_name_servers, eni.domain_name
        )
    return NetworkIdentity(
        hostname=own.hostname or given.hostname,
        address=given.address,
        dns_servers=own.dns_servers or given.dns_servers or ((dns_server,) if dns_server else ()),
        dns_search=own.dns_search or given.dns_search,
    )
