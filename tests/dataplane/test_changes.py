"""Nothing is lost while targets, rules, listeners and target groups change under load."""

import asyncio
from itertools import cycle

import pytest
from msgspec.structs import replace
from tests.dataplane.load import load
from tests.dataplane.test_traffic import QUICK, a_balancer, url_of
from tests.dataplane.world import World, ask, world
from tests.given import later
from tests.load_balancers import (
    a_listener,
    a_rule,
    a_target_group,
    an_answer,
    path_is,
)

from roadstead.elbv2.records.target_group import TARGETS

DRAIN_SECONDS = 0.4


def drain(here: World, backend: object) -> None:
    """Deregistered: no new requests from now on."""
    target = here.target(backend)  # type: ignore[arg-type]  # a Backend
    assert target is not None
    here.put(replace(target, status="draining", draining_until=later(5)))


def gone(here: World, backend: object) -> None:
    target = here.target(backend)  # type: ignore[arg-type]  # a Backend
    assert target is not None
    here.update(lambda tx: tx.delete(TARGETS, target.arn))


@pytest.mark.parametrize("is_closing", [False, True])
def test_targets_come_and_go_without_a_failed_request(is_closing: bool) -> None:
    async def story() -> None:
        balancer, listener, group = a_balancer(), a_listener(), a_target_group(health_check=QUICK)
        async with world(balancer, listener, a_rule(listener), group) as here:
            backends = [await here.backend(f"b{number}") for number in range(3)]
            await here.healthy(*backends)
            async with load(url_of(balancer), 6, is_closing=is_closing) as counted:
                for number in range(3, 7):
                    backends.append(await here.backend(f"b{number}"))
                    await here.healthy(backends[-1])
                    leaving = backends.pop(0)
                    drain(here, leaving)
                    await asyncio.sleep(DRAIN_SECONDS)
                    assert leaving.active == 0
                    before = leaving.seen["/"]
                    gone(here, leaving)
                    await asyncio.sleep(0.15)
                    leaving.kill()
                    assert leaving.seen["/"] == before
            assert counted.requests > 1000
            assert counted.failed == 0, counted.said

    asyncio.run(story())


def test_a_killed_target_fails_no_request_that_may_be_sent_twice() -> None:
    async def story() -> None:
        balancer, listener, group = a_balancer(), a_listener(), a_target_group(health_check=QUICK)
        async with world(balancer, listener, a_rule(listener), group) as here:
            backends = [await here.backend(f"b{number}") for number in range(4)]
            await here.healthy(*backends)
            async with load(url_of(balancer), 4) as counted:
                for each in backends[:2]:
                    each.kill()
                    await asyncio.sleep(0.5)
                    gone(here, each)
                    await asyncio.sleep(0.5)
            assert counted.failed == 0, counted.said

    asyncio.run(story())


@pytest.mark.parametrize("is_closing", [False, True])
def test_rules_listeners_and_groups_change_without_a_failed_request(is_closing: bool) -> None:
    async def story() -> None:
        balancer, listener, group = a_balancer(), a_listener(), a_target_group(health_check=QUICK)
        other = a_target_group("other", health_check=QUICK)
        async with world(balancer, listener, a_rule(listener), group, other) as here:
            backends = [await here.backend(f"b{number}") for number in range(2)]
            await here.backend("o", group="other")
            await here.healthy(*backends)
            async with load(url_of(balancer), 6, is_closing=is_closing) as counted:
                numbers = cycle((1, 2))
                # A rule comes, the default rule leads to a group that was not in use, and back.
                here.put(a_rule(listener, 1, path_is("/other/*"), action=an_answer("200", "x")))
                await asyncio.sleep(0.5)
                here.put(a_rule(listener, to=("web", "other"), weights=(1, 1)))
                await asyncio.sleep(1)
                # The listener, the group's cluster and another listener of the same balancer.
                for _ in range(3):
                    number = next(numbers)
                    attributes = {"idle_timeout.timeout_seconds": str(60 + number)}
                    here.put(replace(balancer, attributes=attributes))
                    await asyncio.sleep(0.3)
                    check = replace(QUICK, healthy_threshold=number + 1)
                    here.put(replace(group, health_check=check))
                    await asyncio.sleep(0.4)
                second = a_listener(port=8080)
                rule = a_rule(second)
                here.put(second, rule)
                await asyncio.sleep(0.3)
                here.remove(rule, second)
                await asyncio.sleep(0.3)
                here.put(a_rule(listener))
            assert counted.requests > 1000
            assert counted.failed == 0, counted.said

    asyncio.run(story())


def test_a_killed_proxy_comes_back_with_all() -> None:
    async def story() -> None:
        balancer, listener, group = a_balancer(), a_listener(), a_target_group(health_check=QUICK)
        async with world(balancer, listener, a_rule(listener), group) as here:
            backend = await here.backend("one")
            await here.healthy(backend)
            await here.kill_proxy()
            here.put(a_rule(listener, 1, path_is("/new"), action=an_answer("200", "new")))
            await asyncio.sleep(0.5)
            await here.start_proxy()
            await here.taken()
            assert (await ask(url_of(balancer)))[1] == "one"
            assert (await ask(url_of(balancer, path="/new")))[1] == "new"
            target = here.target(backend)
            assert target is not None
            assert target.status == "healthy"

    asyncio.run(story())


def test_a_wrong_configuration_replaces_nothing() -> None:
    async def story() -> None:
        balancer, listener = a_balancer(), a_listener()
        other = a_listener(port=81)
        good = a_rule(listener, action=an_answer("200", "good"))
        async with world(balancer, listener, other, good) as here:
            # Nothing that the API lets through; a status that Envoy does not know.
            bad = a_rule(listener, action=an_answer("999", "bad"))
            here.put(bad, a_rule(other, action=an_answer("200", "other")))
            await here.until(lambda: bool(here.plane.carrier.problems), "it is told")
            await here.taken()
            assert (await ask(url_of(balancer)))[1] == "good"
            assert (await ask(url_of(balancer, 81)))[1] == "other"
            [name, *_] = sorted(here.plane.carrier.problems)
            assert name == "routes/app-web-00000000000000aa-80"
            await here.kill_proxy()
            await here.start_proxy()
            await here.taken()
            assert (await ask(url_of(balancer)))[1] == "good"
            here.put(a_rule(listener, action=an_answer("200", "better")))
            await here.until(lambda: not here.plane.carrier.problems, "all is well again")
            await here.taken()
            assert (await ask(url_of(balancer)))[1] == "better"

    asyncio.run(story())


def test_requests_in_flight_go_on_while_their_target_drains() -> None:
    async def story() -> None:
        balancer, listener, group = a_balancer(), a_listener(), a_target_group(health_check=QUICK)
        async with world(balancer, listener, a_rule(listener), group) as here:
            slow = await here.backend("slow")
            await here.healthy(slow)
            slow.delay_seconds = 2
            asking = asyncio.ensure_future(ask(url_of(balancer)))
            await here.until(lambda: slow.active == 1, "the request is there")
            fresh = await here.backend("fresh")
            await here.healthy(fresh)
            drain(here, slow)
            await asyncio.sleep(0.3)
            assert [(await ask(url_of(balancer)))[1] for _ in range(4)] == ["fresh"] * 4
            gone(here, slow)
            assert (await asking)[:2] == (200, "slow")

    asyncio.run(story())


def test_a_change_of_targets_is_with_the_proxy_within_100_ms() -> None:
    async def story() -> None:
        balancer, listener, group = a_balancer(), a_listener(), a_target_group(health_check=QUICK)
        async with world(balancer, listener, a_rule(listener), group) as here:
            await here.backend("one")
            loop = asyncio.get_running_loop()
            took = []
            for number in range(5):
                backend = await here.backend(f"b{number}")
                began = loop.time()
                while backend.address not in await here.plane.admin.get("/clusters"):
                    await asyncio.sleep(0.002)
                took.append(loop.time() - began)
            assert sorted(took)[2] < 0.1, took

    asyncio.run(story())
