"""Redirects: by Envoy's own where it can say them, else as a header."""

from tests.load_balancers import a_redirect

from roadstead.dataplane.snapshot.messages import Json
from roadstead.dataplane.snapshot.redirects import METADATA, PARTS, redirect


def told(**parts: str) -> Json:
    return redirect(a_redirect(**parts)["RedirectConfig"], "HTTP", 80)


def test_the_placeholders_that_are_known_are_filled_in() -> None:
    assert told(Protocol="HTTPS", Port="443") == {
        "redirect": {
            "response_code": "MOVED_PERMANENTLY",
            "scheme_redirect": "https",
            "port_redirect": 443,
        }
    }
    assert told(Path="/p/#{port}")["redirect"]["path_redirect"] == "/p/80"


def test_a_path_that_keeps_the_requests_is_rewritten() -> None:
    found = told(Path=r"/n/#{path}/\1", Query="")["redirect"]
    assert found["regex_rewrite"] == {"pattern": {"regex": "/(.*)"}, "substitution": r"/n/\1/\\1"}
    assert found["strip_query"] is True


def test_what_is_partly_the_requests_is_a_header() -> None:
    found = told(Host="www.#{host}", Query="p=%41&#{query}", StatusCode="HTTP_302")
    assert found["direct_response"] == {"status": 302}
    assert location_of(found) == (
        f"http://www.{METADATA['name']}:80%PATH(NQ:PATH)%?p=%%41&%QUERY_PARAMS(ORIG)%"
    )
    assert taken_apart(found) == ["name"]


def test_a_path_without_its_slash_is_taken_from_the_request() -> None:
    found = told(Query="back=#{path}")
    assert location_of(found) == (
        f"http://{METADATA['name']}:80%PATH(NQ:PATH)%?back={METADATA['relative-path']}"
    )
    assert taken_apart(found) == ["name", "relative-path"]


def test_a_query_that_may_not_be_there_brings_its_question_mark() -> None:
    found = told(Path="/#{host}/x#{path}")
    assert location_of(found) == (
        f"http://{METADATA['name']}:80/{METADATA['name']}/x{METADATA['relative-path']}"
        f"{METADATA['asked']}"
    )
    assert taken_apart(found) == ["name", "relative-path", "asked"]


def location_of(found: Json) -> str:
    [location] = found["response_headers_to_add"]
    return str(location["header"]["value"])


def taken_apart(found: Json) -> list[str]:
    rules = found["typed_per_filter_config"][PARTS]["request_rules"]
    return [rule["on_header_present"]["key"] for rule in rules]
