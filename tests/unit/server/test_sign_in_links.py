"""Sign-in links by themselves: how long they are good, how many there are, what is kept of them."""

from datetime import timedelta

import pytest

from given import NOW
from roadstead.aws.errors import ApiError
from roadstead.clock import SystemClock
from roadstead.ids import SystemIds
from roadstead.keys import Key
from roadstead.server.key_ring import KeyRing
from roadstead.server.sign_in_links import GOOD_FOR, LINKS_MAX, SignInLinks

ROOT = Key(
    access_key_id="AKIAROOT",
    secret_access_key="the secret",
    kind="root",
    account="123456789012",
    arn="arn:aws:iam::123456789012:root",
)


def links() -> SignInLinks:
    clock = SystemClock()
    return SignInLinks(KeyRing((ROOT,), clock), clock, SystemIds())


def refusal(of: SignInLinks, token: str, seconds: float = 0) -> str:
    with pytest.raises(ApiError) as refused:
        of.redeem(token, NOW + timedelta(seconds=seconds))
    assert refused.value.status == 403
    assert "roadstead console" in refused.value.message
    assert not token or token not in refused.value.message
    return refused.value.code


def test_a_token_is_good_once() -> None:
    made = links()
    token, expires_at = made.make("AKIAROOT", NOW)
    other, _ = made.make("AKIAROOT", NOW)
    assert expires_at == NOW + timedelta(minutes=15)
    assert made.redeem(token, NOW).secret == "the secret"
    assert refusal(made, token) == "InvalidSignInLinkException"
    assert made.redeem(other, NOW).access_key_id == "AKIAROOT"


def test_a_token_is_good_until_it_ends() -> None:
    made = links()
    token, other = made.make("AKIAROOT", NOW)[0], made.make("AKIAROOT", NOW)[0]
    assert made.redeem(token, NOW + GOOD_FOR - timedelta(seconds=1))
    assert refusal(made, other, GOOD_FOR.total_seconds()) == "InvalidSignInLinkException"


@pytest.mark.parametrize("token", ["", "x", "\ud800", "x" * 4000])
def test_what_is_no_token_is_refused(token: str) -> None:
    made = links()
    made.make("AKIAROOT", NOW)
    assert refusal(made, token) == "InvalidSignInLinkException"


def test_a_part_of_a_token_is_none() -> None:
    made = links()
    token, _ = made.make("AKIAROOT", NOW)
    assert len(token) >= 43, "256 bits"
    for other in (token[:-1], token + "x", token.swapcase()):
        assert refusal(made, other) == "InvalidSignInLinkException"
    assert made.redeem(token, NOW)


def test_one_too_many_ends_the_oldest() -> None:
    made = links()
    tokens = [made.make("AKIAROOT", NOW)[0] for _ in range(LINKS_MAX + 1)]
    assert refusal(made, tokens[0]) == "InvalidSignInLinkException"
    assert all(made.redeem(token, NOW) for token in tokens[1:])
    assert made._links == []


def test_those_that_ended_leave_room() -> None:
    made = links()
    for _ in range(LINKS_MAX):
        made.make("AKIAROOT", NOW)
    late = NOW + GOOD_FOR
    token, _ = made.make("AKIAROOT", late)
    assert len(made._links) == 1
    assert made.redeem(token, late)


def test_a_key_that_is_gone_is_not_given() -> None:
    made = links()
    token, _ = made.make("AKIAGONE", NOW)
    assert refusal(made, token) == "InvalidSignInLinkException"


def test_no_token_is_kept() -> None:
    made = links()
    token, _ = made.make("AKIAROOT", NOW)
    assert token not in repr(made._links)
    assert token.encode() not in b"".join(each.digest for each in made._links)
