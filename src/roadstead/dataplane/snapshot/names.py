"""What things are called in the proxy, and where its files are.

Envoy wakes every watch of a directory for whatever happens there, so each file that changes often
is alone in a directory, and is made in another one (`staging`).
"""

import hashlib
from pathlib import PurePath

import msgspec


class Files(msgspec.Struct, frozen=True):
    """Paths below the directory of the data plane."""

    root: PurePath

    @property
    def bootstrap(self) -> PurePath:
        return self.root / "bootstrap.json"

    @property
    def listeners(self) -> PurePath:
        return self.root / "listeners" / "listeners.json"

    @property
    def clusters(self) -> PurePath:
        return self.root / "clusters" / "clusters.json"

    @property
    def staging(self) -> PurePath:
        return self.root / "staging"

    @property
    def certificates(self) -> PurePath:
        return self.root / "certificates"

    @property
    def run(self) -> PurePath:
        """What Envoy itself writes, but for access logs."""
        return self.root / "run"

    @property
    def admin_socket(self) -> PurePath:
        return self.run / "admin.sock"

    @property
    def health_events(self) -> PurePath:
        return self.run / "health-events.log"

    @property
    def access_logs(self) -> PurePath:
        return self.root / "access-logs"

    def routes(self, listener: str) -> PurePath:
        return self.root / "routes" / listener / "routes.json"

    def endpoints(self, cluster: str) -> PurePath:
        return self.root / "endpoints" / cluster / "endpoints.json"

    def access_log(self, load_balancer_arn: str) -> PurePath:
        return self.access_logs / f"{load_balancer_name(load_balancer_arn)}.log"

    def certificate(self, name: str) -> PurePath:
        return self.certificates / f"{name}.crt"

    def key(self, name: str) -> PurePath:
        return self.certificates / f"{name}.key"


def cluster_name(target_group_arn: str) -> str:
    """`<group's name>-<16 hex>`"""
    return _joined(target_group_arn.partition(":targetgroup/")[2])


def load_balancer_name(load_balancer_arn: str) -> str:
    """`app-<name>-<16 hex>`; of a classic one `classic-<name>-<8 hex of its ARN's digest>`."""
    path = load_balancer_arn.partition(":loadbalancer/")[2]
    if "/" in path:
        return _joined(path)
    return f"classic-{path}-{digest(load_balancer_arn.encode())[:8]}"


def listener_name(load_balancer_arn: str, port: int, transport: str = "tcp") -> str:
    """One socket of a load balancer: `app-<name>-<16 hex>-80`, with `-udp` for datagrams."""
    suffix = "" if transport == "tcp" else f"-{transport}"
    return f"{load_balancer_name(load_balancer_arn)}-{port}{suffix}"


def front_name(port: int) -> str:
    """The listener on the loopback address."""
    return f"loopback-{port}"


def front_port(name: str) -> int:
    """The port of a listener on the loopback address; 0 of any other."""
    return int(name.removeprefix("loopback-")) if name.startswith("loopback-") else 0


def digest(content: bytes) -> str:
    """What names a content; versions of files are made of it."""
    return hashlib.sha256(content).hexdigest()[:16]


def _joined(path: str) -> str:
    return path.replace("/", "-")
