"""The bootstrap: what Envoy is told at its start. It does not change while there is a proxy."""

from roadstead.dataplane.snapshot.messages import Json, watched
from roadstead.dataplane.snapshot.names import Files

REGEX_PROGRAM_SIZE_MAX = 100_000
"""Envoy's own bound of 100 is less than one path pattern of 128 characters may need."""
RUNTIME = {
    "re2.max_program_size.error_level": REGEX_PROGRAM_SIZE_MAX,
    "re2.max_program_size.warn_level": REGEX_PROGRAM_SIZE_MAX,
}
STATISTICS = (
    {"prefix": "listener_manager."},
    {"prefix": "cluster_manager."},
    {"prefix": "server."},
    {"suffix": ".version_text"},
)
"""All that somebody reads. The others cost a sixth of the requests (ADR 0022); what each target
answered is counted apart from them."""


def bootstrap(files: Files) -> Json:
    """Where listeners and clusters are read, and where the proxy can be asked how it is."""
    return {
        "node": {"id": "roadstead", "cluster": "roadstead"},
        "admin": {"address": {"pipe": {"path": str(files.admin_socket), "mode": 0o660}}},
        "dynamic_resources": {
            "lds_config": watched(str(files.listeners)),
            "cds_config": watched(str(files.clusters)),
        },
        "layered_runtime": runtime(),
        "stats_config": {"stats_matcher": {"inclusion_list": {"patterns": list(STATISTICS)}}},
    }


def runtime() -> Json:
    """Envoy's own settings, the same when it only validates."""
    return {"layers": [{"name": "roadstead", "static_layer": dict(RUNTIME)}]}
