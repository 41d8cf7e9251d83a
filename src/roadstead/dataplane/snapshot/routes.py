"""The rules of a listener → its routes, in their order, the default rule last."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from roadstead.dataplane.snapshot.actions import Groups, action
from roadstead.dataplane.snapshot.conditions import ANYWHERE, Condition, condition
from roadstead.dataplane.snapshot.messages import ROUTES, Json, header, typed
from roadstead.dataplane.snapshot.redirects import needs_parts
from roadstead.dataplane.snapshot.source_addresses import CLIENT_ADDRESS, by_source
from roadstead.elbv2.records.load_balancer import Listener, LoadBalancer, Rule
from roadstead.elbv2.rules.listener_attributes import RESPONSE_HEADERS, SERVER_HEADER

RETRIED_METHODS = "GET|HEAD|OPTIONS|TRACE|PUT|DELETE"
"""Those that may be sent twice. Source: RFC 9110, section 9.2.2"""

ENVOYS_OWN = "x-envoy-external-address"
"""A header that Envoy adds and cannot be told not to."""
ONE_HOST: Json = {
    "name": ":authority",
    "string_match": {"contains": ","},
    "invert_match": True,
}
"""Of a request with one Host header that may name a host: Envoy joins several by commas."""
BAD_REQUEST: Json = {
    "status": 400,
    "body": {
        "inline_string": "<html>\r\n<head><title>400 Bad Request</title></head>\r\n<body>\r\n"
        "<center><h1>400 Bad Request</h1></center>\r\n</body>\r\n</html>\r\n"
    },
}

Route = tuple[Condition, list[Json]]


class Served(msgspec.Struct, frozen=True):
    """A listener with what is needed to serve it."""

    load_balancer: LoadBalancer
    listener: Listener
    rules: Sequence[Rule]


def route_table(name: str, served: Served, groups: Groups) -> Json:
    """The route configuration of one listener: every host is its own."""
    told = options(served, tells_client=asks_for_source(served))
    return typed(ROUTES, name=name, **told, virtual_hosts=[host(served, groups)])


def host(
    served: Served, groups: Groups, name: str = "all", domains: Sequence[str] = ("*",)
) -> Json:
    """The virtual host that holds a listener's rules."""
    refused = (Condition(ANYWHERE, [], None), [refusal()])
    found = [*(_routes_of(each, served, groups) for each in _in_order(served.rules)), refused]
    ranges = {each for rule, _ in found for each in rule.sources or ()}
    base: Json = {"name": name, "domains": list(domains)}
    if not ranges:
        return {**base, "routes": [route for _, routes in found for route in routes]}
    return {**base, "matcher": by_source(ranges, found)}


def refusal() -> Json:
    """The last route of every host, where nothing is left but what has no `ONE_HOST`.

    Nobody can tell which host such a request means.
    """
    return {
        "name": "several hosts",
        "match": ANYWHERE,
        "direct_response": BAD_REQUEST,
        "response_headers_to_add": [header("content-type", "text/html")],
    }


def options(served: Served, *, tells_client: bool) -> Json:
    """What holds for all routes of the listener.

    tells_client: it writes where the client is into a header. Only then is there one to remove:
    one look for a header costs 1.5 % of all requests (ADR 0022).
    """
    attributes = served.load_balancer.attributes
    removed = [ENVOYS_OWN, CLIENT_ADDRESS] if tells_client else [ENVOYS_OWN]
    if attributes.get("routing.http.xff_header_processing.mode") == "remove":
        removed.append("x-forwarded-for")
    found: Json = {"request_headers_to_remove": removed}
    if (
        attributes.get("routing.http.x_amzn_tls_version_and_cipher_suite.enabled") == "true"
        and served.listener.protocol == "HTTPS"
    ):
        found["request_headers_to_add"] = [
            header("x-amzn-tls-version", "%DOWNSTREAM_TLS_VERSION%"),
            header("x-amzn-tls-cipher-suite", "%DOWNSTREAM_TLS_CIPHER%"),
        ]
    of_listener = served.listener.attributes
    answered = [
        header(name, of_listener[key].replace("%", "%%"))
        for key, name in RESPONSE_HEADERS.items()
        if of_listener.get(key)
    ]
    if answered:
        found["response_headers_to_add"] = answered
    if of_listener.get(SERVER_HEADER) == "false":
        found["response_headers_to_remove"] = ["server"]
    return found


def asks_for_source(served: Served) -> bool:
    """Whether a rule depends on where the client is."""
    return any(each["Field"] == "source-ip" for rule in served.rules for each in rule.conditions)


def asks_for_parts(served: Served) -> bool:
    """Whether a rule redirects to what is put together from parts of the request."""
    return any(
        each["Type"] == "redirect" and needs_parts(each["RedirectConfig"])
        for rule in served.rules
        for each in rule.actions
    )


def _in_order(rules: Iterable[Rule]) -> list[Rule]:
    """By priority; the default rule, whose number is 0, comes last."""
    return sorted(rules, key=lambda rule: (rule.priority == 0, rule.priority))


def _routes_of(rule: Rule, served: Served, groups: Groups) -> Route:
    asked = condition(rule.conditions)
    last = rule.actions[-1]
    listener = served.listener
    name = f"rule {rule.priority}" if rule.priority else "default rule"
    done = action(last, listener.protocol, listener.port, groups)

    def route(headers: Sequence[Json], fields: dict[str, Any]) -> Json:
        match = {**asked.path, "headers": [*headers, *asked.headers, ONE_HOST]}
        return {"name": name, "match": match, **fields}

    return asked, forwarding(done, route)


def forwarding(done: Json, route: Callable[[Sequence[Json], dict[str, Any]], Json]) -> list[Json]:
    """One route; or two where requests are forwarded: for those that may be sent twice, first."""
    if "route" not in done:
        return [route((), done)]
    repeatable = {"name": ":method", "string_match": {"safe_regex": {"regex": RETRIED_METHODS}}}
    return [
        route((repeatable,), _retried(done, "connect-failure,refused-stream,reset")),
        route((), _retried(done, "connect-failure,refused-stream,reset-before-request")),
    ]


def _retried(done: Json, when: str) -> Json:
    """With what is tried again, always at another target."""
    policy = {
        "retry_on": when,
        "num_retries": 3,
        "retry_host_predicate": [
            {
                "name": "previous-hosts",
                "typed_config": typed(
                    "envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate"
                ),
            }
        ],
        "host_selection_retry_max_attempts": 5,
    }
    return {**done, "route": {**done["route"], "retry_policy": policy}}
