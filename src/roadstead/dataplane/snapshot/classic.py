"""A Classic load balancer → listeners, routes, clusters and endpoints.

It leads each of its ports to one port of all of its instances: a cluster for each of these. All
clusters ask the instances the same question, that of the load balancer's health check.
"""

from collections.abc import Iterable

from roadstead.acm.records.certificate import Certificate
from roadstead.dataplane.snapshot.certificates import certificate_name, pair_of
from roadstead.dataplane.snapshot.clusters import common, http_options
from roadstead.dataplane.snapshot.endpoints import assignment, endpoint
from roadstead.dataplane.snapshot.health_checks import CHECKS, health_check
from roadstead.dataplane.snapshot.http import manager
from roadstead.dataplane.snapshot.listeners import CONNECT_ATTEMPTS, streams
from roadstead.dataplane.snapshot.messages import (
    ROUTES,
    Json,
    extension,
    header,
    seconds,
    typed,
)
from roadstead.dataplane.snapshot.names import Files, listener_name, load_balancer_name
from roadstead.dataplane.snapshot.piece import Piece
from roadstead.dataplane.snapshot.routes import ENVOYS_OWN, ONE_HOST, forwarding, refusal
from roadstead.dataplane.snapshot.tls import downstream_tls, upstream_tls
from roadstead.elb.records.instance import CLASSIC_INSTANCES_BY_LOAD_BALANCER, ClassicInstance
from roadstead.elb.records.load_balancer import (
    CLASSIC_BY_CERTIFICATE,
    CLASSIC_LOAD_BALANCERS,
    ClassicListener,
    ClassicLoadBalancer,
)
from roadstead.elb.rules.health_check import question_of
from roadstead.elb.rules.listeners import DEFAULT_POLICY, SECURE
from roadstead.elbv2.records.target_group import HealthCheck
from roadstead.state.records import Change
from roadstead.state.view import View

HTTP = ("HTTP", "HTTPS")
USER_AGENT = "ELB-HealthChecker/1.0"
KEEP_ALIVE_SECONDS = 3600
NO_PANIC: Json = {"value": 0}
"""Where no instance is in service, nobody gets requests: the answer is 503."""


def keys(view: View) -> Iterable[str]:
    """The pieces of every Classic load balancer."""
    for balancer in view.all(CLASSIC_LOAD_BALANCERS):
        yield from _of(balancer.arn)


def affected(view: View, change: Change) -> Iterable[str]:
    """The pieces that may look otherwise after the change."""
    match change.after or change.before:
        case ClassicInstance() as instance:
            yield f"targets|{instance.load_balancer_arn}"
        case ClassicLoadBalancer():
            yield from _of(change.arn)
        case Certificate():
            for balancer in view.find(CLASSIC_BY_CERTIFICATE, change.arn):
                yield f"classic|{balancer.arn}"


def configuration(view: View, arn: str, files: Files) -> Piece:
    """What the load balancer contributes, but for its instances."""
    piece = Piece()
    balancer = view.get(CLASSIC_LOAD_BALANCERS, arn)
    if balancer is None:
        return piece
    for each in balancer.listeners:
        certificates = _certificates(view, each, piece)
        if each.protocol in SECURE and not certificates:
            continue
        name, cluster = listener_name(arn, each.load_balancer_port), classic_cluster(arn, each)
        piece.listeners[name] = _listener(name, balancer, each, certificates, files)
        piece.clusters[cluster] = _cluster(cluster, balancer, each, files)
        if each.protocol in HTTP:
            piece.routes[name] = _routes(name, cluster)
    return piece


def targets(view: View, arn: str) -> Piece:
    """Where the instances are, for each cluster of the load balancer."""
    balancer = view.get(CLASSIC_LOAD_BALANCERS, arn)
    if balancer is None:
        return Piece()
    check_port = str(question_of(balancer.health_check.target).port)
    placed = [each for each in view.find(CLASSIC_INSTANCES_BY_LOAD_BALANCER, arn) if each.address]
    return Piece(
        endpoints={
            name: assignment(
                name,
                [
                    endpoint(
                        each.address,
                        listener.instance_port,
                        check_port=check_port,
                        is_draining=each.draining_until is not None,
                    )
                    for each in placed
                ],
            )
            for name, listener in clusters_of(balancer).items()
        }
    )


def clusters_of(balancer: ClassicLoadBalancer) -> dict[str, ClassicListener]:
    """The names of its clusters, each with a listener that leads there."""
    return {classic_cluster(balancer.arn, each): each for each in balancer.listeners}


def classic_cluster(arn: str, listener: ClassicListener) -> str:
    """`classic-<name>-<8 hex>-http-8080`"""
    protocol = listener.instance_protocol.lower()
    return f"{load_balancer_name(arn)}-{protocol}-{listener.instance_port}"


def _of(arn: str) -> Iterable[str]:
    # The instances first: a cluster is taken only if the file of its endpoints is there.
    yield f"targets|{arn}"
    yield f"classic|{arn}"


def _certificates(view: View, listener: ClassicListener, piece: Piece) -> list[str]:
    pair = pair_of(view, listener.ssl_certificate_id) if listener.ssl_certificate_id else None
    if pair is None:
        return []
    name = certificate_name(listener.ssl_certificate_id, pair)
    piece.certificates[name] = pair
    return [name]


def _listener(
    name: str,
    balancer: ClassicLoadBalancer,
    listener: ClassicListener,
    certificates: list[str],
    files: Files,
) -> Json:
    if listener.protocol in HTTP:
        spoken = manager(
            name,
            files,
            idle_seconds=balancer.idle_seconds,
            keep_alive_seconds=KEEP_ALIVE_SECONDS,
        )
        spoken["typed_config"]["codec_type"] = "HTTP1"
    else:
        spoken = extension(
            "stream",
            "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
            stat_prefix="tcp",
            idle_timeout=seconds(balancer.idle_seconds),
            max_connect_attempts=CONNECT_ATTEMPTS,
            cluster=classic_cluster(balancer.arn, listener),
        )
    chain: Json = {"filters": [spoken]}
    if certificates:
        chain["transport_socket"] = downstream_tls(certificates, DEFAULT_POLICY, (), files)
    addresses = [address for _, address in balancer.addresses]
    port, is_http = listener.load_balancer_port, listener.protocol in HTTP
    return streams(name, addresses, port, [chain], client_begins=is_http)


def _routes(name: str, cluster: str) -> Json:
    to_cluster: Json = {"route": {"cluster": cluster, "timeout": "0s"}}

    def route(headers: Iterable[Json], fields: Json) -> Json:
        return {"match": {"prefix": "/", "headers": [*headers, ONE_HOST]}, **fields}

    routes = [*forwarding(to_cluster, route), refusal()]
    host = {"name": "all", "domains": ["*"], "routes": routes}
    return typed(ROUTES, name=name, request_headers_to_remove=[ENVOYS_OWN], virtual_hosts=[host])


def _cluster(
    name: str, balancer: ClassicLoadBalancer, listener: ClassicListener, files: Files
) -> Json:
    """Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html#routing-algorithm"""
    found = common(name, balancer.addresses[0][1], files)
    found["common_lb_config"]["healthy_panic_threshold"] = NO_PANIC
    is_http = listener.instance_protocol in HTTP
    found["lb_policy"] = "LEAST_REQUEST" if is_http else "ROUND_ROBIN"
    if is_http:
        found |= http_options("HTTP1")
    found["health_checks"] = [_check(balancer, files)]
    is_encrypted = listener.instance_protocol in SECURE
    asks_encrypted = question_of(balancer.health_check.target).protocol in SECURE
    if is_encrypted:
        found["transport_socket"] = upstream_tls("HTTP1")
    if is_encrypted != asks_encrypted:
        plain = extension("plain", "envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer")
        found["health_checks"][0]["transport_socket_match_criteria"] = {CHECKS: True}
        found["transport_socket_matches"] = [
            {
                "name": CHECKS,
                "match": {CHECKS: True},
                "transport_socket": upstream_tls("HTTP1") if asks_encrypted else plain,
            }
        ]
    return found


def _check(balancer: ClassicLoadBalancer, files: Files) -> Json:
    check = balancer.health_check
    question = question_of(check.target)
    found = health_check(
        HealthCheck(
            protocol=question.protocol,
            port=str(question.port),
            path=question.path,
            interval_seconds=check.interval_seconds,
            timeout_seconds=check.timeout_seconds,
            healthy_threshold=check.healthy_threshold,
            unhealthy_threshold=check.unhealthy_threshold,
        ),
        "HTTP1",
        files,
    )
    if "http_health_check" in found:
        found["http_health_check"]["request_headers_to_add"] = [header("user-agent", USER_AGENT)]
    return found
