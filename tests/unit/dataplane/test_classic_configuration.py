"""A Classic load balancer is just this configuration, and its changes concern just its pieces.

After a change that is meant: `ROADSTEAD_GOLDEN=write pytest` with this file, and read the
difference.
"""

import os
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from tests.given import NOW, REGION, SCOPE, given
from tests.unit.dataplane.balanced import FILES, whole

from roadstead.acm.records.certificate import CERTIFICATES, Certificate
from roadstead.dataplane.snapshot import pieces
from roadstead.elb.records.instance import (
    CLASSIC_INSTANCES,
    ClassicInstance,
    classic_instance_arn,
)
from roadstead.elb.records.load_balancer import (
    CLASSIC_LOAD_BALANCERS,
    ClassicHealthCheck,
    ClassicListener,
    ClassicLoadBalancer,
)
from roadstead.state.records import Record
from roadstead.state.view import Tx, View

GOLDEN = Path(__file__).parent / "golden"
ARN = f"arn:aws:elasticloadbalancing:{REGION}:123456789012:loadbalancer/old"
CERTIFICATE = Certificate(
    arn=f"arn:aws:acm:{REGION}:123456789012:certificate/12345678",
    scope=SCOPE,
    certificate_pem="certificate",
    private_key_pem="key",
)


def a_listener(
    protocol: str, port: int, to: tuple[str, int] = ("HTTP", 8080), **fields: Any
) -> ClassicListener:
    return ClassicListener(
        protocol=protocol,
        load_balancer_port=port,
        instance_protocol=to[0],
        instance_port=to[1],
        **fields,
    )


BALANCER = ClassicLoadBalancer(
    arn=ARN,
    name="old",
    scope=SCOPE,
    dns_name="old-1.us-east-1.elb.localhost",
    subnets=("subnet-a", "subnet-b"),
    zones=("us-east-1a", "us-east-1b"),
    addresses=(("eni-1", "10.0.0.5"), ("eni-2", "10.0.1.5")),
    listeners=(
        a_listener("HTTP", 80),
        a_listener("HTTPS", 443, ssl_certificate_id=CERTIFICATE.arn),
        a_listener("TCP", 25, ("TCP", 2525)),
        a_listener("SSL", 465, ("SSL", 4650), ssl_certificate_id=CERTIFICATE.arn),
    ),
    health_check=ClassicHealthCheck(target="HTTPS:8443/health"),
    idle_seconds=20,
)


def an_instance(number: int, **fields: Any) -> ClassicInstance:
    return ClassicInstance(
        arn=classic_instance_arn(ARN, f"i-{number}"),
        load_balancer_arn=ARN,
        instance_id=f"i-{number}",
        address=f"10.0.0.{number}",
        **fields,
    )


def a_state(*records: Record) -> Tx:
    tx = Tx(given())
    tables: dict[type[Record], Any] = {
        ClassicLoadBalancer: CLASSIC_LOAD_BALANCERS,
        ClassicInstance: CLASSIC_INSTANCES,
        Certificate: CERTIFICATES,
    }
    for each in records:
        tx.put(tables[type(each)], each)
    return tx


def everything() -> View:
    return a_state(
        BALANCER,
        CERTIFICATE,
        an_instance(10),
        an_instance(11, draining_until=NOW),
        replace(an_instance(12), address=""),
    )


@pytest.mark.parametrize("name", ["listeners", "routes", "clusters", "endpoints"])
def test_the_configuration_is_as_it_was(name: str) -> None:
    found = getattr(whole(everything()), name)
    content = msgspec.json.format(msgspec.json.encode(found), indent=1).decode() + "\n"
    path = GOLDEN / f"classic-{name}.json"
    if os.environ.get("ROADSTEAD_GOLDEN") == "write":
        path.write_text(content)
    assert content == path.read_text()


def test_a_listener_whose_certificate_is_gone_is_not_served() -> None:
    found = whole(a_state(BALANCER))
    ports = {name.rpartition("-")[2] for name in found.listeners}
    assert ports == {"80", "25"}


def test_a_balancer_that_is_gone_contributes_nothing() -> None:
    tx = a_state(BALANCER)
    keys = set(pieces.keys(tx))
    tx.delete(CLASSIC_LOAD_BALANCERS, ARN)
    piece = pieces.render(tx, f"classic|{ARN}", FILES)
    assert keys == {f"classic|{ARN}", f"targets|{ARN}"}
    assert (piece.listeners, piece.clusters, piece.routes) == ({}, {}, {})


def test_a_change_of_an_instance_concerns_the_endpoints_only() -> None:
    tx = a_state(BALANCER)
    before = len(tx.changes())
    tx.put(CLASSIC_INSTANCES, an_instance(10))
    (change,) = tx.changes()[before:]
    assert list(pieces.affected(tx, change)) == [f"targets|{ARN}"]


def test_a_certificate_concerns_the_balancers_that_use_it() -> None:
    tx = a_state(BALANCER)
    before = len(tx.changes())
    tx.put(CERTIFICATES, CERTIFICATE)
    (change,) = tx.changes()[before:]
    assert list(pieces.affected(tx, change)) == [f"classic|{ARN}"]
