"""Names of families and containers, and images."""

import pytest
from definition_requests import a_container, a_request, accepted, client_error, refusal
from hypothesis import given
from hypothesis import strategies as st

from roadstead.ecs.rules.task_definition.names import check_family, is_ecr_image


@given(st.from_regex(r"\A[A-Za-z0-9_-]{1,255}\Z"))
def test_TD_01_letters_digits_hyphens_and_underscores_name_a_family(family: str) -> None:
    check_family(family)


@pytest.mark.parametrize("family", ["", "a b", "a:1", "a" * 256, "web\n", "größe"])
def test_TD_01_other_families_are_refused(family: str) -> None:
    error = refusal(a_request() | {"family": family})
    assert error.code == "ClientException"


def test_no_container_is_refused() -> None:
    error = refusal({"family": "web", "containerDefinitions": []})
    assert error.code == "ClientException"


def test_ten_containers_are_allowed_and_no_more() -> None:
    ten = [a_container(f"c{n}") for n in range(10)]
    accepted(*ten)
    assert "10" in client_error(*ten, a_container("c10"))


@pytest.mark.parametrize("missing", [{}, {"name": ""}])
def test_a_container_needs_a_name(missing: dict[str, str]) -> None:
    assert client_error({"image": "a", "memory": 64, **missing}) == (
        "Container.name should not be null or empty."
    )


@pytest.mark.parametrize("missing", [{}, {"image": ""}])
def test_a_container_needs_an_image(missing: dict[str, str]) -> None:
    assert client_error({"name": "a", "memory": 64, **missing}) == (
        "Container.image should not be null or empty."
    )


@pytest.mark.parametrize("image", ["busy box", "a\tb", "größe", "$(id)"])
def test_an_image_with_other_characters_is_refused(image: str) -> None:
    assert client_error(a_container(image=image)) == "Container.image contains invalid characters"


def test_an_image_of_more_than_255_characters_is_refused() -> None:
    accepted(a_container(image="a" * 255))
    assert "255" in client_error(a_container(image="a" * 256))


@pytest.mark.parametrize("name", ["a b", "a.b", "a" * 256])
def test_a_container_name_with_other_characters_is_refused(name: str) -> None:
    assert client_error(a_container(name)).startswith("Container.name contains invalid characters")


def test_two_containers_cannot_have_one_name() -> None:
    assert "Duplicate container name 'app'" in client_error(a_container(), a_container())


@pytest.mark.parametrize(
    "image",
    [
        "123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1",
        "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/web@sha256:00",
        "123456789012.dkr.ecr-fips.us-east-1.amazonaws.com/web",
    ],
)
def test_images_in_ecr_are_known_by_their_registry(image: str) -> None:
    assert is_ecr_image(image)


@pytest.mark.parametrize("image", ["busybox", "public.ecr.aws/nginx/nginx", "localhost:5000/web"])
def test_other_registries_are_not_ecr(image: str) -> None:
    assert not is_ecr_image(image)
