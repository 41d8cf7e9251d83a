"""A listener of a load balancer → the proxy's: sockets on the balancer's own addresses.

Equal ports of different load balancers do not clash: each has addresses of its own, which may come
to this machine later than the listener does (freebind).
"""

import socket
from collections.abc import Sequence
from typing import Any

from roadstead.dataplane.snapshot.access_log import access_log
from roadstead.dataplane.snapshot.actions import Groups, weighted
from roadstead.dataplane.snapshot.http import http
from roadstead.dataplane.snapshot.messages import (
    LISTENER,
    Json,
    address,
    extension,
    seconds,
    typed,
)
from roadstead.dataplane.snapshot.names import Files, cluster_name, listener_name
from roadstead.dataplane.snapshot.routes import Served
from roadstead.dataplane.snapshot.tls import ALPN, downstream_tls
from roadstead.elbv2.records.target_group import attribute

TCP_IDLE_SECONDS = 350
UDP_IDLE_SECONDS = 120
"""Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html#connection-idle-timeout"""
CONNECT_ATTEMPTS = 3
DEFER_ACCEPT: Json = {
    "description": "TCP_DEFER_ACCEPT",
    "level": socket.IPPROTO_TCP,
    "name": socket.TCP_DEFER_ACCEPT,
    "int_value": 1,
    "state": "STATE_PREBIND",
}
"""Linux keeps a new connection to itself until the client's first bytes, or a second at most.

That is 4 % of what a request on a new connection costs (ADR 0022). Source: tcp(7)
"""
BOTH = ("http/1.1",)


def listeners(
    served: Served, groups: Groups, certificates: Sequence[str], files: Files
) -> list[Json]:
    """The listeners that serve it: one for streams, one an address for datagrams.

    certificates: names of the files of those that it has, the default one first.
    """
    addresses = [each.address for each in served.load_balancer.addresses if each.address]
    if not addresses:
        return []
    port, protocol = served.listener.port, served.listener.protocol
    found = []
    if protocol in ("UDP", "TCP_UDP"):
        found += [_datagrams(served, groups, number, each) for number, each in enumerate(addresses)]
    if protocol != "UDP":
        name = listener_name(served.load_balancer.arn, port)
        chain = filter_chain(name, served, groups, certificates, files)
        is_http = protocol in ("HTTP", "HTTPS")
        found.append(streams(name, addresses, port, [chain], client_begins=is_http))
    return found


def streams(
    name: str, addresses: Sequence[str], port: int, chains: list[Json], *, client_begins: bool
) -> Json:
    """A listener for TCP on all of the addresses.

    client_begins: nothing is said before the client speaks, so that a connection need not be looked
    at before.
    """
    found = typed(
        LISTENER,
        name=name,
        address=address(addresses[0], port),
        freebind=True,
        filter_chains=chains,
    )
    if client_begins:
        found["socket_options"] = [DEFER_ACCEPT]
    if len(addresses) > 1:
        found["additional_addresses"] = [{"address": address(each, port)} for each in addresses[1:]]
    return found


def filter_chain(
    name: str,
    served: Served,
    groups: Groups,
    certificates: Sequence[str],
    files: Files,
    *,
    together: Sequence[Served] = (),
) -> Json:
    """What becomes of a connection.

    name: of its routes, if it has some. together: all that share it, if there are more.
    """
    listener, balancer = served.listener, served.load_balancer
    is_http = listener.protocol in ("HTTP", "HTTPS")
    is_encrypted = listener.protocol in ("HTTPS", "TLS")
    if is_http:
        sharing = together or (served,)
        chain: Json = {
            "filters": [http(name, served, files, is_encrypted=is_encrypted, together=sharing)]
        }
    else:
        chain = {"filters": [_stream(served, groups, files)]}
    if is_encrypted:
        alpn: Sequence[str] = ALPN.get("".join(listener.alpn_policy), ())
        if is_http:
            alpn = BOTH if _is_http1(balancer.attributes) else ("h2", *BOTH)
        chain["transport_socket"] = downstream_tls(certificates, listener.ssl_policy, alpn, files)
    return chain


def _is_http1(attributes: dict[str, str]) -> bool:
    return attributes.get("routing.http2.enabled") == "false"


def _stream(served: Served, groups: Groups, files: Files) -> Json:
    """TCP, decrypted or not, to the groups of the default rule."""
    found: dict[str, Any] = {
        "stat_prefix": "tcp",
        "idle_timeout": seconds(
            int(served.listener.attributes.get("tcp.idle_timeout.seconds", TCP_IDLE_SECONDS))
        ),
        "max_connect_attempts": CONNECT_ATTEMPTS,
        "hash_policy": [{"source_ip": {}}],
    }
    targets = weighted(_forward_of(served), groups)
    if len(targets) == 1:
        found["cluster"] = cluster_name(targets[0][0].arn)
    elif targets:
        found["weighted_clusters"] = {
            "clusters": [
                {"name": cluster_name(group.arn), "weight": weight} for group, weight in targets
            ]
        }
    else:
        found["cluster"] = "none"
    if served.load_balancer.attributes.get("access_logs.s3.enabled") == "true":
        kind = "tls" if served.listener.protocol == "TLS" else "tcp"
        found["access_log"] = [access_log(kind, served.load_balancer, files)]
    return extension("stream", "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy", **found)


def _datagrams(served: Served, groups: Groups, number: int, host: str) -> Json:
    port = served.listener.port
    transport = "udp" if number == 0 else f"udp-{number}"
    targets = weighted(_forward_of(served), groups)
    sticky = bool(targets) and attribute(targets[0][0], "stickiness.enabled", "false") == "true"
    proxy = extension(
        "datagrams",
        "envoy.extensions.filters.udp.udp_proxy.v3.UdpProxyConfig",
        stat_prefix="udp",
        idle_timeout=seconds(UDP_IDLE_SECONDS),
        matcher={
            "on_no_match": {
                "action": {
                    "name": "route",
                    "typed_config": typed(
                        "envoy.extensions.filters.udp.udp_proxy.v3.Route",
                        cluster=cluster_name(targets[0][0].arn) if targets else "none",
                    ),
                }
            }
        },
    )
    if sticky:
        proxy["typed_config"]["hash_policies"] = [{"source_ip": True}]
    return typed(
        LISTENER,
        name=listener_name(served.load_balancer.arn, port, transport),
        address=address(host, port, "UDP"),
        freebind=True,
        udp_listener_config={},
        listener_filters=[proxy],
    )


def _forward_of(served: Served) -> dict[str, Any]:
    """Where the default rule of a network load balancer's listener leads."""
    for rule in served.rules:
        if rule.priority == 0:
            config: dict[str, Any] = rule.actions[-1]["ForwardConfig"]
            return config
    return {"TargetGroups": []}
