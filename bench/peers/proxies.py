"""Proxies configured by hand: Envoy with the best file that does the job, with one that does less,
and HAProxy."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from bench.programs import NotAvailable, is_listening, program, wait_until
from roadstead.dataplane.program import envoy
from roadstead.dataplane.snapshot.clusters import READ_BYTES
from roadstead.dataplane.snapshot.listeners import DEFER_ACCEPT

ENVOY = "Envoy by hand"
BARE = "Envoy, loses requests"
"""Nothing that could be left out: a target that dies takes the requests with it that it had."""
HAPROXY = "HAProxy"
_TYPES = "type.googleapis.com/envoy.extensions.filters"
RETRIED = {
    "retry_policy": {
        "retry_on": "connect-failure,refused-stream,reset",
        "num_retries": 3,
        "retry_host_predicate": [
            {
                "name": "previous-hosts",
                "typed_config": {
                    "@type": "type.googleapis.com/"
                    "envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate"
                },
            }
        ],
        "host_selection_retry_max_attempts": 5,
    }
}
"""For GET; a file for all methods needs a second route, as ours has."""


@contextmanager
def envoy_by_hand(
    folder: Path, port: int, backends: list[int], *, is_bare: bool = False
) -> Iterator[str]:
    """The URL of an Envoy with one thread.

    It does what ours does with these requests: asks another target when one fails, and adds the
    X-Forwarded headers; tuned as ours is. is_bare: it only forwards, as Envoy is by itself.
    """
    path = folder / f"by-hand-{port}.json"
    path.write_bytes(msgspec.json.encode(_by_hand(port, backends, is_bare=is_bare)))
    words = [
        *(str(envoy()), "-c", str(path), "--concurrency", "1"),
        *("--disable-hot-restart", "-l", "error"),
    ]
    with program(words, folder / f"by-hand-{port}.log"):
        wait_until(lambda: is_listening(port), "Envoy listens")
        yield f"http://127.0.0.1:{port}/"


@contextmanager
def haproxy(folder: Path, port: int, backends: list[int]) -> Iterator[str]:
    """The URL of a HAProxy with one thread. Raises: NotAvailable"""
    found = shutil.which("haproxy")
    if found is None:
        raise NotAvailable("haproxy is not installed: apt-get install haproxy")
    path = folder / "haproxy.cfg"
    servers = "".join(f" server s{each} 127.0.0.1:{each}\n" for each in backends)
    path.write_text(
        "global\n nbthread 1\n"
        "defaults\n mode http\n timeout connect 1s\n timeout client 60s\n timeout server 60s\n"
        " option redispatch\n retries 3\n retry-on conn-failure empty-response\n"
        f"frontend f\n bind 127.0.0.1:{port}\n option forwardfor\n default_backend b\n"
        f"backend b\n balance roundrobin\n http-reuse always\n{servers}"
    )
    with program([found, "-f", str(path), "-db"], folder / "haproxy.log"):
        wait_until(lambda: is_listening(port), "HAProxy listens")
        yield f"http://127.0.0.1:{port}/"


def _by_hand(port: int, backends: list[int], *, is_bare: bool) -> dict[str, Any]:
    route = {"cluster": "web", "timeout": "0s"}
    router = {
        "name": "router",
        "typed_config": {"@type": f"{_TYPES}.http.router.v3.Router", "dynamic_stats": False},
    }
    host = {
        "name": "all",
        "domains": ["*"],
        "routes": [{"match": {"prefix": "/"}, "route": route if is_bare else {**route, **RETRIED}}],
    }
    manager = {
        "@type": f"{_TYPES}.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "http",
        "route_config": {"virtual_hosts": [host]},
        "http_filters": [router],
        "use_remote_address": True,
        "generate_request_id": False,
        "append_x_forwarded_port": not is_bare,
    }
    listener: dict[str, Any] = {
        "name": "web",
        "address": _address(port),
        "filter_chains": [{"filters": [{"name": "http", "typed_config": manager}]}],
    }
    endpoints = [{"endpoint": {"address": _address(each)}} for each in backends]
    cluster: dict[str, Any] = {
        "name": "web",
        "type": "STATIC",
        "load_assignment": {"cluster_name": "web", "endpoints": [{"lb_endpoints": endpoints}]},
    }
    if not is_bare:
        listener["socket_options"] = [DEFER_ACCEPT]
        cluster["per_connection_buffer_limit_bytes"] = READ_BYTES
    return {
        "static_resources": {"listeners": [listener], "clusters": [cluster]},
        "stats_config": {"stats_matcher": {"reject_all": True}},
    }


def _address(port: int) -> dict[str, Any]:
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}
