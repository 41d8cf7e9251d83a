"""What the proxy's health checks find becomes the state of targets, with ELB's reasons."""

import asyncio
import socket

from msgspec.structs import replace
from tests.dataplane.backends import Backend
from tests.dataplane.test_traffic import QUICK, a_balancer, url_of
from tests.dataplane.world import an_address, ask, world
from tests.load_balancers import CHECK, a_listener, a_rule, a_target, a_target_group

from roadstead.elbv2.records.load_balancer import LOAD_BALANCERS
from roadstead.elbv2.records.target_group import HealthCheck

OFTEN = HealthCheck(  # shorter than ELB allows, for the test's sake
    interval_seconds=1, timeout_seconds=1, healthy_threshold=3, unhealthy_threshold=2,
    matcher={"HttpCode": "200,202"},
)  # fmt: skip


def test_first_check_makes_healthy() -> None:
    async def story() -> None:
        balancer, listener = a_balancer(), a_listener()
        group = a_target_group(health_check=replace(QUICK, healthy_threshold=10))
        async with world(balancer, listener, a_rule(listener), group) as here:
            backend = await here.backend("one")
            await here.healthy(backend)
            assert backend.seen["check"] == 1

    asyncio.run(story())


def test_a_failing_target_tells_its_code_and_comes_back() -> None:
    async def story() -> None:
        balancer, listener = a_balancer(), a_listener()
        group = a_target_group(health_check=OFTEN)
        async with world(balancer, listener, a_rule(listener), group) as here:
            good, bad = await here.backend("good"), await here.backend("bad")
            await here.healthy(good, bad)
            bad.status = 503
            await here.until(lambda: _health(here.target(bad)) == "unhealthy", "it is unhealthy")
            found = here.target(bad)
            assert found is not None
            assert found.reason == "Target.ResponseCodeMismatch"
            assert found.description == "Health checks failed with these codes: [503]"
            assert bad.seen["check"] >= OFTEN.unhealthy_threshold
            await asyncio.sleep(0.2)
            assert {(await ask(url_of(balancer)))[1] for _ in range(4)} == {"good"}
            bad.status = 202
            await here.healthy(bad)

    asyncio.run(story())


def test_a_new_target_that_fails_is_initial_until_the_threshold() -> None:
    async def story() -> None:
        balancer, listener = a_balancer(), a_listener()
        group = a_target_group(health_check=OFTEN)
        async with world(balancer, listener, a_rule(listener), group) as here:
            await here.healthy(await here.backend("good"))
            nobody = Backend("nobody", an_address(), 8000)
            target = a_target(
                nobody.address, 8000, status="initial", reason="Elb.RegistrationInProgress"
            )
            here.put(target)
            await here.until(
                lambda: _reason(here.target(nobody)) == "Elb.InitialHealthChecking", "checked"
            )
            assert {(await ask(url_of(balancer)))[1] for _ in range(4)} == {"good"}
            await here.until(lambda: _health(here.target(nobody)) == "unhealthy", "unhealthy")
            assert _reason(here.target(nobody)) == "Target.FailedHealthChecks"

    asyncio.run(story())


def test_a_late_target_is_healthy_with_the_first_check_that_it_passes() -> None:
    """Nobody listened there at first; that counts no check against it."""

    async def story() -> None:
        balancer, listener = a_balancer(), a_listener()
        group = a_target_group(health_check=replace(QUICK, healthy_threshold=10))
        async with world(balancer, listener, a_rule(listener), group) as here:
            late = Backend("late", an_address(), 8000)
            here.put(a_target(late.address, 8000, status="initial"))
            await here.until(
                lambda: _reason(here.target(late)) == "Elb.InitialHealthChecking", "it failed"
            )
            await late.start()
            here.backends.append(late)
            await here.healthy(late)
            assert late.seen["check"] == 1
            assert (await ask(url_of(balancer)))[1] == "late"

    asyncio.run(story())


def test_checks_between_the_intervals_make_nobody_unhealthy() -> None:
    async def story() -> None:
        balancer, listener = a_balancer(), a_listener()
        group = a_target_group(health_check=CHECK)
        assert (CHECK.interval_seconds, CHECK.unhealthy_threshold) == (30, 2)
        async with world(balancer, listener, a_rule(listener), group) as here:
            slow = await Backend("slow", an_address()).start()
            here.backends.append(slow)
            slow.status = 503
            here.put(a_target(slow.address, slow.port, status="initial"))
            await here.until(lambda: slow.seen["check"] >= 4, "it was asked several times")
            assert _health(here.target(slow)) == "initial"
            slow.status, before = 200, slow.seen["check"]
            await here.healthy(slow)
            assert slow.seen["check"] == before + 1

    asyncio.run(story())


def test_who_was_found_unhealthy_needs_as_many_checks_as_the_group_says() -> None:
    async def story() -> None:
        balancer, listener = a_balancer(), a_listener()
        group = a_target_group(health_check=OFTEN)
        async with world(balancer, listener, a_rule(listener), group) as here:
            late = Backend("late", an_address(), 8000)
            here.put(a_target(late.address, 8000, status="initial"))
            await here.until(lambda: _health(here.target(late)) == "unhealthy", "unhealthy")
            await late.start()
            here.backends.append(late)
            await here.healthy(late)
            assert late.seen["check"] == OFTEN.healthy_threshold

    asyncio.run(story())


def test_who_does_not_tell_its_code_is_unhealthy_without_it() -> None:
    async def story() -> None:
        balancer, listener = a_balancer(), a_listener()
        group = a_target_group(health_check=OFTEN)
        async with world(balancer, listener, a_rule(listener), group) as here:
            bad = await here.backend("bad")
            await here.healthy(bad)
            bad.status, bad.delay_seconds = 503, 60.0  # of all that are no checks
            await here.until(lambda: _health(here.target(bad)) == "unhealthy", "it is unhealthy")
            assert bad.active == 1, "it was asked for its code"
            found = here.target(bad)
            assert found is not None
            assert (found.reason, found.description) == ("Target.ResponseCodeMismatch", "")

    asyncio.run(story())


def test_a_target_that_does_not_answer_times_out() -> None:
    async def story() -> None:
        balancer, listener = a_balancer(), a_listener()
        group = a_target_group(health_check=replace(OFTEN, interval_seconds=2))
        silent = socket.create_server((an_address(), 0))  # the kernel answers, nobody accepts
        address, port = silent.getsockname()
        async with world(balancer, listener, a_rule(listener), group) as here:
            here.put(a_target(address, port, status="initial"))
            await here.until(
                lambda: _health(here.target(Backend("", address, port))) == "unhealthy",
                "it is unhealthy",
            )
            assert _reason(here.target(Backend("", address, port))) == "Target.Timeout"
        silent.close()

    asyncio.run(story())


def test_all_unhealthy_fail_open() -> None:
    async def story() -> None:
        balancer, listener = a_balancer(), a_listener()
        group = a_target_group(health_check=OFTEN)
        async with world(balancer, listener, a_rule(listener), group) as here:
            backends = [await here.backend("a"), await here.backend("b")]
            await here.healthy(*backends)
            for each in backends:
                each.status = 500
            for each in backends:
                await here.until(
                    lambda each=each: _health(here.target(each)) == "unhealthy",  # type: ignore[misc]  # a default
                    "both are unhealthy",
                )
            assert {(await ask(url_of(balancer)))[1] for _ in range(6)} == {"a", "b"}

    asyncio.run(story())


def test_a_group_without_targets_answers_503_as_elb_does() -> None:
    async def story() -> None:
        balancer, listener, group = a_balancer(), a_listener(), a_target_group()
        async with world(balancer, listener, a_rule(listener), group):
            status, body, _ = await ask(url_of(balancer))
            assert status == 503
            assert "503 Service Temporarily Unavailable" in body

    asyncio.run(story())


def test_a_load_balancer_is_active_once_the_proxy_has_it() -> None:
    async def story() -> None:
        async with world() as here:
            balancer = a_balancer(state="provisioning")
            here.put(balancer)

            def is_active() -> bool:
                return here.view.must(LOAD_BALANCERS, balancer.arn).state == "active"

            await here.until(is_active, "it is active")
            await here.kill_proxy()
            second = replace(
                balancer, arn=f"{balancer.arn[:-1]}c", name="second", state="provisioning"
            )
            here.put(second)
            await asyncio.sleep(0.6)
            assert here.view.must(LOAD_BALANCERS, second.arn).state == "provisioning"
            await here.start_proxy()
            await here.until(
                lambda: here.view.must(LOAD_BALANCERS, second.arn).state == "active", "and this"
            )

    asyncio.run(story())


def _health(target: object) -> str:
    return str(getattr(target, "status", ""))


def _reason(target: object) -> str:
    return str(getattr(target, "reason", ""))
