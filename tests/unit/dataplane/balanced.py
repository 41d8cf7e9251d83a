"""States with load balancers: one that has everything, and random ones."""

from pathlib import PurePath
from typing import Any

from hypothesis import strategies as st
from msgspec.structs import replace
from tests.given import given
from tests.load_balancers import (
    a_listener,
    a_load_balancer,
    a_redirect,
    a_rule,
    a_target,
    a_target_group,
    an_answer,
    comes_from,
    header_is,
    host_is,
    method_is,
    path_is,
    query_has,
)

from roadstead.dataplane.snapshot import pieces
from roadstead.dataplane.snapshot.names import Files
from roadstead.dataplane.snapshot.piece import Piece
from roadstead.elbv2.records.target_group import HealthCheck, TargetGroup
from roadstead.elbv2.rules.actions import checked_actions
from roadstead.elbv2.rules.conditions import checked_conditions
from roadstead.state.records import Record
from roadstead.state.view import View

FILES = Files(PurePath("/data/dataplane"))
FORTUNE = {"Enabled": True, "DurationSeconds": 30}


def everything() -> View:
    """Every kind of listener, condition, action and target group."""
    web, near = a_listener(), a_listener(port=81)
    nlb = a_listener("nlb", 53, kind="net", protocol="TCP_UDP")
    tls = a_listener("nlb", 443, kind="net")
    return given(
        a_load_balancer(
            attributes={
                "access_logs.s3.enabled": "true",
                "idle_timeout.timeout_seconds": "30",
                "routing.http.xff_header_processing.mode": "remove",
            }
        ),
        a_load_balancer("nlb", kind="net", addresses=("10.0.0.6",)),
        web,
        near,
        nlb,
        tls,
        a_rule(web),
        a_rule(web, 1, path_is("/api/*"), host_is("*.example.com", "example.org"), to=("grpc",)),
        a_rule(web, 2, to=("web", "sticky"), weights=(3, 1), TargetGroupStickinessConfig=FORTUNE),
        a_rule(web, 3, header_is("User-Agent", "*Mozilla*"), method_is("GET"), to=("sticky",)),
        a_rule(web, 4, query_has(("a", "b*"), ("", "c")), action=an_answer("200", "x", "text/css")),
        a_rule(near, 5, comes_from("10.0.0.0/8"), path_is("/in"), action=an_answer("403")),
        a_rule(near, action=an_answer("200", "near")),
        a_rule(web, 6, path_is("/old/*"), action=a_redirect(Protocol="HTTPS", Port="443")),
        a_rule(nlb, to=("udp",)),
        a_rule(tls, to=("tcp", "udp"), weights=(1, 1)),
        a_target_group(),
        a_target_group("grpc", protocol_version="GRPC", health_check=_grpc()),
        a_target_group("sticky", attributes=_sticky(), health_check=_https()),
        a_target_group("udp", protocol="TCP_UDP", health_check=_tcp()),
        a_target_group("tcp", protocol="TCP", health_check=_tcp()),
        a_target_group("unused"),
        a_target(),
        a_target("10.0.0.18", 8080, status="draining"),
        replace(a_target("10.0.0.19"), status="unused", address=""),
    )


def whole(view: View) -> Piece:
    """All pieces as one."""
    found = Piece()
    for key in pieces.keys(view):
        piece = pieces.render(view, key, FILES)
        for name in Piece.__struct_fields__:
            getattr(found, name).update(getattr(piece, name))
    return found


def _grpc() -> HealthCheck:
    return HealthCheck(path="/AWS.ALB/healthcheck", matcher={"GrpcCode": "12"})


def _https() -> HealthCheck:
    return HealthCheck(protocol="HTTPS", port="8443", matcher={"HttpCode": "200,301-303"})


def _tcp() -> HealthCheck:
    return HealthCheck(protocol="TCP", path="", timeout_seconds=10)


def _sticky() -> dict[str, str]:
    return {
        "stickiness.enabled": "true",
        "stickiness.type": "lb_cookie",
        "slow_start.duration_seconds": "60",
    }


# --- random states, of what the API lets through ---

_TEXT = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=40)
_CONDITION: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.lists(st.text("abZ9/*?._-$~\"'@:+&", min_size=1, max_size=128), min_size=1, max_size=3).map(
        lambda values: path_is(*values)
    ),
    st.lists(st.text("abz*?-", max_size=20), min_size=1, max_size=2).map(
        lambda values: host_is(*(f"{value}.example" for value in values))
    ),
    st.tuples(st.text("abX-_!", min_size=1, max_size=40), st.lists(_TEXT, min_size=1, max_size=2))
    .filter(lambda pair: pair[0].lower() != "host")
    .map(lambda pair: header_is(pair[0], *pair[1])),
    st.lists(st.text("GETPOS-_", min_size=1, max_size=8), min_size=1, max_size=3).map(
        lambda values: method_is(*values)
    ),
    st.lists(st.tuples(st.one_of(st.just(""), _TEXT), _TEXT), min_size=1, max_size=2).map(
        lambda pairs: query_has(*pairs)
    ),
    st.lists(
        st.sampled_from(("10.0.0.0/8", "10.1.2.3/16", "0.0.0.0/0", "2001:db8::/32", "::/0")),
        min_size=1,
        max_size=3,
    ).map(lambda ranges: comes_from(*ranges)),
)
_ACTION = st.one_of(
    st.none(),
    st.builds(
        an_answer,
        st.sampled_from(("200", "404", "503")),
        st.text(max_size=60).filter(lambda text: text.isprintable()),
        st.sampled_from(("", "text/plain", "application/json")),
    ),
    st.builds(
        a_redirect,
        Protocol=st.sampled_from(("HTTPS", "#{protocol}")),
        Port=st.sampled_from(("443", "#{port}")),
        Host=st.sampled_from(("#{host}", "www.#{host}", "example.org")),
        Path=st.sampled_from(("/#{path}", "/x", "/new/#{path}/%20", "/#{host}/#{path}")),
        Query=st.sampled_from(("", "#{query}", "a=b", "a=%41&#{query}", "#{port}")),
        StatusCode=st.sampled_from(("HTTP_301", "HTTP_302")),
    ),
)


@st.composite
def states(draw: st.DrawFn) -> list[Record]:
    """An application load balancer whose rules the API would have let through."""
    listener = a_listener()
    records: list[Record] = [a_load_balancer(), listener, a_rule(listener), a_target_group()]
    records.append(draw(_groups()))
    for priority in range(1, draw(st.integers(1, 5))):
        conditions = draw(
            st.lists(_CONDITION, min_size=1, max_size=3, unique_by=lambda each: each["Field"])
        )
        action = draw(_ACTION)
        weights = (draw(st.integers(0, 999)), draw(st.integers(0, 999)))
        rule = a_rule(
            listener, priority, *conditions, to=("web", "other"), weights=weights, action=action
        )
        try:
            checked_conditions(rule.conditions)
            checked_actions(rule.actions, listener.protocol, listener.port)
        except Exception:  # noqa: BLE001  # what the API refuses is of no interest
            continue
        records.append(rule)
    return records


def _groups() -> st.SearchStrategy[TargetGroup]:
    return st.builds(
        lambda protocol, version, algorithm, sticky, path, codes: a_target_group(
            "other",
            protocol=protocol,
            protocol_version=version,
            attributes={
                "load_balancing.algorithm.type": algorithm,
                "stickiness.enabled": sticky,
                "stickiness.type": "lb_cookie",
            },
            health_check=HealthCheck(path=path, matcher={"HttpCode": codes}),
        ),
        st.sampled_from(("HTTP", "HTTPS")),
        st.sampled_from(("HTTP1", "HTTP2", "GRPC")),
        st.sampled_from(("round_robin", "least_outstanding_requests", "weighted_random")),
        st.sampled_from(("true", "false")),
        st.text("abc/?&=%20", max_size=20).map(lambda text: f"/{text}"),
        st.sampled_from(("200", "200-499", "200,202,204-206")),
    )
