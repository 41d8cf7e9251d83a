"""Rules that ask where a client is: the routes for each range of addresses.

Envoy's routes can ask for headers only. So a listener with such rules writes the address of the
connection into one, over whatever was sent. A tree of ranges yields the narrowest one that holds
the address, and there are the rules that may hold for it, in their order.
"""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network

from roadstead.dataplane.snapshot.conditions import Condition
from roadstead.dataplane.snapshot.messages import Json, extension, header, typed

Network = IPv4Network | IPv6Network
CLIENT_ADDRESS = "x-roadstead-client-address"
"""What it tells is the listener's, never the client's word, and no target gets it."""
EVERYWHERE = ("0.0.0.0/0", "::/0")


def tells_source() -> Json:
    """Of a listener's HTTP: what writes the header."""
    address = "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%"
    return extension(
        "client-address",
        "envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation",
        mutations=[{"append": header(CLIENT_ADDRESS, address)}],
    )


def by_source(ranges: Iterable[str], rules: Sequence[tuple[Condition, list[Json]]]) -> Json:
    """The matcher of a virtual host."""
    networks = sorted(
        {ip_network(each, strict=False) for each in (*ranges, *EVERYWHERE)},
        key=lambda each: (each.version, each.network_address, each.prefixlen),
    )
    return {
        "matcher_tree": {
            "input": extension(
                "source-address",
                "envoy.type.matcher.v3.HttpRequestHeaderMatchInput",
                header_name=CLIENT_ADDRESS,
            ),
            "custom_match": extension(
                "ranges",
                "xds.type.matcher.v3.IPMatcher",
                range_matchers=[
                    {"ranges": [_range(each)], "on_match": _routes(each, rules)}
                    for each in networks
                ],
            ),
        }
    }


def _range(network: Network) -> Json:
    return {
        "address_prefix": str(network.network_address),
        "prefix_len": network.prefixlen,
    }


def _routes(network: Network, rules: Sequence[tuple[Condition, list[Json]]]) -> Json:
    routes = [
        route
        for asked, routes in rules
        if asked.sources is None or any(_holds(each, network) for each in asked.sources)
        for route in routes
    ]
    return {
        "action": {
            "name": "routes",
            "typed_config": typed("envoy.config.route.v3.RouteList", routes=routes),
        }
    }


def _holds(outer: str, inner: Network) -> bool:
    other = ip_network(outer, strict=False)
    return other.version == inner.version and inner.subnet_of(other)  # type: ignore[arg-type]  # of one version
