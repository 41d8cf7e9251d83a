"""Listeners on the loopback address: `*.elb.localhost` is 127.0.0.1 to browsers and curl.

One a port, for all application load balancers that have a listener there; which one is meant, the
Host header says, or the name in the TLS greeting. If there is but one, it is meant by any name that
is not another load balancer's.
"""

from collections.abc import Callable, Sequence

from roadstead.aws.domains import LOAD_BALANCERS
from roadstead.dataplane.snapshot.actions import Groups
from roadstead.dataplane.snapshot.listeners import filter_chain, streams
from roadstead.dataplane.snapshot.messages import ROUTES, Json, extension, typed
from roadstead.dataplane.snapshot.names import Files, front_name, listener_name
from roadstead.dataplane.snapshot.routes import Served, asks_for_source, host, options

LOOPBACK = "127.0.0.1"
INSPECTOR = "envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector"

Certificates = Callable[[Served], Sequence[str]]


def front(
    port: int,
    served: Sequence[Served],
    groups: Groups,
    certificates: Certificates,
    files: Files,
) -> Json:
    """The listener on the loopback address for these, which are all on that port."""
    plain = [each for each in served if each.listener.protocol == "HTTP"]
    encrypted = [each for each in served if each.listener.protocol == "HTTPS"]
    chains = []
    if plain:
        # Timeouts and access log are those of the first: they belong to the connection.
        chain = filter_chain(front_name(port), plain[0], groups, (), files, together=plain)
        chains.append({"filter_chain_match": {"transport_protocol": "raw_buffer"}, **chain})
    for each in encrypted:
        name = listener_name(each.load_balancer.arn, port)
        match: Json = {"transport_protocol": "tls"}
        if len(encrypted) > 1:
            match["server_names"] = [each.load_balancer.dns_name]
        chain = filter_chain(name, each, groups, certificates(each), files)
        chains.append({"name": name, "filter_chain_match": match, **chain})
    found = streams(front_name(port), [LOOPBACK], port, chains, client_begins=True)
    # Alone on its port: another proxy that shared it would get every other request.
    found["enable_reuse_port"] = False
    found["listener_filters"] = [extension("tls", INSPECTOR)]
    del found["freebind"]
    return found


def front_table(port: int, served: Sequence[Served], groups: Groups) -> Json:
    """The routes of those that speak HTTP without TLS, by host."""
    hosts = []
    tells = any(map(asks_for_source, served))
    for each in served:
        domains = _with_port([each.load_balancer.dns_name], port)
        if len(served) == 1:
            domains.append("*")
        hosts.append(
            {
                **host(each, groups, listener_name(each.load_balancer.arn, port), domains),
                **options(each, tells_client=tells),
            }
        )
    hosts.append(
        {
            "name": "others",
            "domains": ["*"] if len(served) > 1 else _with_port([f"*.{LOAD_BALANCERS}"], port),
            "routes": [
                {
                    "match": {"prefix": "/"},
                    "direct_response": {
                        "status": 404,
                        "body": {"inline_string": _others(port, served)},
                    },
                }
            ],
        }
    )
    return typed(ROUTES, name=front_name(port), virtual_hosts=hosts)


def _with_port(names: Sequence[str], port: int) -> list[str]:
    """The names as a Host header may have them."""
    return [*names, *(f"{each}:{port}" for each in names)]


def _others(port: int, served: Sequence[Served]) -> str:
    names = "".join(f"{each.load_balancer.dns_name}\n" for each in served)
    return (
        f"No application load balancer of this name listens on port {port} of 127.0.0.1. These do, "
        f"by their names:\n{names}Others are reached at addresses of their own."
    )
