"""Next tokens: they continue the list they came from and no other."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadstead.aws.errors import ApiError
from roadstead.aws.pages import Key, after_token, next_token

REQUEST = {"cluster": "default", "desiredStatus": "RUNNING", "maxResults": 2}
KEYS: st.SearchStrategy[Key] = st.recursive(
    st.text(st.characters(exclude_categories=["Cs"])) | st.integers(-(2**63), 2**63 - 1),
    lambda inner: st.lists(inner, max_size=3).map(tuple),
    max_leaves=4,
)


def _after(operation: str, request: dict[str, object], token: object) -> Key | None:
    return after_token(operation, {**request, "nextToken": token})


@given(after=KEYS)
@settings(deadline=None)
def test_a_token_gives_back_the_key_it_was_made_of(after: Key) -> None:
    assert _after("ListTasks", REQUEST, next_token("ListTasks", REQUEST, after)) == after


@pytest.mark.parametrize("token", [None, ""])
def test_without_a_token_the_list_starts_at_the_beginning(token: object) -> None:
    assert _after("ListTasks", REQUEST, token) is None
    assert after_token("ListTasks", REQUEST) is None


def test_the_size_of_the_pages_may_change_on_the_way() -> None:
    token = next_token("ListTasks", REQUEST, "a")
    assert _after("ListTasks", {**REQUEST, "maxResults": 100, "family": None}, token) == "a"


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("ListServices", REQUEST),
        ("ListTasks", {**REQUEST, "desiredStatus": "STOPPED"}),
        ("ListTasks", {"cluster": "default"}),
        ("ListTasks", {**REQUEST, "family": "app"}),
    ],
)
def test_a_token_of_another_list_is_refused(operation: str, request_: dict[str, object]) -> None:
    token = next_token("ListTasks", REQUEST, "a")
    with pytest.raises(ApiError, match="InvalidParameterException: Invalid token: ") as refused:
        _after(operation, request_, token)
    assert refused.value.code == "InvalidParameterException"


@given(token=st.text() | st.integers() | st.binary(max_size=64).map(bytes.hex))
@settings(deadline=None)
def test_a_token_made_by_someone_else_is_refused(token: object) -> None:
    if token == "":
        return
    with pytest.raises(ApiError, match="Invalid token"):
        _after("ListTasks", REQUEST, token)


@given(position=st.integers(0, 40), character=st.sampled_from("ABCxyz019-_"))
@settings(deadline=None)
def test_a_token_with_one_character_changed_is_refused(position: int, character: str) -> None:
    token = next_token("ListTasks", REQUEST, "some-key-of-a-record")
    changed = token[:position] + character + token[position + 1 :]
    if changed != token:
        with pytest.raises(ApiError, match="Invalid token"):
            _after("ListTasks", REQUEST, changed)
