"""Classic load balancers through the real proxy: requests, streams, health, draining."""

import asyncio
from typing import Any

from msgspec.structs import replace
from tests.dataplane.backends import Backend
from tests.dataplane.world import World, an_address, ask, world
from tests.given import REGION, SCOPE, a_call

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
from roadstead.elb.rules.instance_states import REGISTERING
from roadstead.elb.transitions.instances import deregister

ARN = f"arn:aws:elasticloadbalancing:{REGION}:123456789012:loadbalancer/old"
OFTEN = ClassicHealthCheck(  # more often than ELB allows, for the test's sake
    interval_seconds=1, timeout_seconds=1, healthy_threshold=2, unhealthy_threshold=2
)


class Classic:
    """A load balancer with HTTP on 80 and TCP on 81, both to one port of its instances."""

    def __init__(self, here: World, port: int, first: Backend, check: str, **fields: Any) -> None:
        self.here = here
        self.port = port
        self._first: Backend | None = first
        self.balancer = ClassicLoadBalancer(
            arn=ARN,
            name="old",
            scope=SCOPE,
            subnets=("subnet-a",),
            zones=("us-east-1a",),
            addresses=(("eni-1", an_address()),),
            listeners=tuple(
                ClassicListener(
                    protocol=protocol,
                    load_balancer_port=number,
                    instance_protocol=protocol,
                    instance_port=port,
                )
                for protocol, number in (("HTTP", 80), ("TCP", 81))
            ),
            health_check=replace(OFTEN, target=check.format(port=port)),
            **fields,
        )
        here.put(self.balancer)

    async def backend(self, name: str, answers: int = 200) -> Backend:
        """One more instance; the first was there before the port was known."""
        found, self._first = self._first, None
        if found is None:
            found = await Backend(name, an_address(), self.port).start()
        self.here.backends.append(found)
        found.name, found.status = name, answers
        self.here.put(
            ClassicInstance(
                arn=classic_instance_arn(ARN, f"i-{name}"),
                load_balancer_arn=ARN,
                instance_id=f"i-{name}",
                address=found.address,
                zone="us-east-1a",
                state=REGISTERING.state,
                reason_code=REGISTERING.reason_code,
                description=REGISTERING.description,
            )
        )
        return found

    def instance(self, name: str) -> ClassicInstance:
        return self.here.view.must(CLASSIC_INSTANCES, classic_instance_arn(ARN, f"i-{name}"))

    async def is_in(self, state: str, reason_code: str, *names: str) -> None:
        for name in names:

            def is_so(name: str = name) -> bool:
                found = self.instance(name)
                return (found.state, found.reason_code) == (state, reason_code)

            await self.here.until(is_so, f"{name} is {state}")

    def url(self, port: int = 80) -> str:
        return f"http://{self.balancer.addresses[0][1]}:{port}/"


async def a_classic(here: World, check: str = "HTTP:{port}/health", **fields: Any) -> Classic:
    first = await Backend("first", an_address()).start()
    classic = Classic(here, first.port, first, check, **fields)
    await here.taken()
    return classic


def test_a_late_instance_is_in_service_with_the_first_check_that_it_passes() -> None:
    async def story() -> None:
        async with world() as here:
            classic = await a_classic(here)
            check = replace(classic.balancer.health_check, healthy_threshold=10)
            here.put(replace(classic.balancer, health_check=replace(check, interval_seconds=5)))
            await here.taken()
            late = await classic.backend("late", answers=503)
            await here.until(lambda: late.seen["check"] >= 6, "both clusters asked several times")
            assert classic.instance("late").reason_code == "ELB"
            late.status, before = 200, late.seen["check"]
            await classic.is_in("InService", "N/A", "late")
            assert late.seen["check"] - before <= 2, "one check of each cluster"

    asyncio.run(story())


def test_requests_and_streams_reach_instances_that_are_in_service() -> None:
    async def story() -> None:
        async with world() as here:
            classic = await a_classic(here)
            assert (await ask(classic.url()))[0] == 503
            backend = await classic.backend("one")
            await classic.backend("two")
            await classic.is_in("InService", "N/A", "one", "two")
            for port in (80, 81):
                answers = [await ask(classic.url(port)) for _ in range(10)]
                assert {each[:2] for each in answers} == {(200, "one"), (200, "two")}
            assert backend.seen["check"] > 0
            assert any(each.get("x-forwarded-port") == "80" for each in backend.headers)

    asyncio.run(story())


def test_an_instance_that_fails_is_out_of_service_and_comes_back() -> None:
    async def story() -> None:
        async with world() as here:
            classic = await a_classic(here)
            one, _ = await classic.backend("one"), await classic.backend("two")
            await classic.is_in("InService", "N/A", "one", "two")
            one.status = 500
            await classic.is_in("OutOfService", "Instance", "one")
            assert {(await ask(classic.url()))[1] for _ in range(6)} == {"two"}
            one.status = 200
            await classic.is_in("InService", "N/A", "one")

    asyncio.run(story())


def test_an_instance_that_never_answered_well_is_failed_after_the_threshold() -> None:
    async def story() -> None:
        async with world() as here:
            classic = await a_classic(here)
            one = await classic.backend("one")
            one.status = 404
            await classic.is_in("OutOfService", "Instance", "one")

    asyncio.run(story())


def test_a_tcp_check_asks_for_a_connection_only() -> None:
    async def story() -> None:
        async with world() as here:
            classic = await a_classic(here, "TCP:{port}")
            one = await classic.backend("one")
            one.status = 500
            await classic.is_in("InService", "N/A", "one")
            assert one.seen["check"] == 0

    asyncio.run(story())


def test_what_is_under_way_ends_while_an_instance_drains() -> None:
    async def story() -> None:
        async with world() as here:
            classic = await a_classic(here, is_draining_enabled=True)
            one = await classic.backend("one")
            await classic.is_in("InService", "N/A", "one")
            one.delay_seconds = 1.0
            slow = asyncio.ensure_future(ask(classic.url()))
            await here.until(lambda: one.active == 1, "a request is under way")
            one.delay_seconds = 0.0
            here.update(
                lambda tx: deregister(
                    tx,
                    a_call(),
                    tx.must(CLASSIC_LOAD_BALANCERS, ARN),
                    tx.must(CLASSIC_INSTANCES, classic_instance_arn(ARN, "i-one")),
                )
            )
            await asyncio.sleep(0.3)
            assert (await ask(classic.url()))[0] == 503
            assert (await slow)[:2] == (200, "one")

    asyncio.run(story())
