"""Redirects: by Envoy's own where it can say them, else as a header."""

from tests.load_balancers import a_redirect

from roadstead.dataplane.snapshot.messages import Json
from roadstead.dataplane.snapshot.redirects import redirect


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
    [location] = found["response_headers_to_add"]
    assert location["header"]["value"] == (
        "http://www.%REQUESTED_SERVER_NAME(HOST_FIRST:HOST)%:80%PATH(NQ:PATH)%"
        "?p=%%41&%QUERY_PARAMS(ORIG)%"
    )
