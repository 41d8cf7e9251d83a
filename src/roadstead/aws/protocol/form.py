"""Forms: the body of a request of the protocols `query` and `ec2`, as a tree of names.

`Filter.1.Value.2=a` is a leaf four levels below the root. What the leaves mean, the model says
(`form_input`). Nothing here knows a shape.
"""

from urllib.parse import unquote_to_bytes

from roadstead.aws.errors import ApiError
from roadstead.aws.http import BODY_BYTES_MAX, HttpRequest

FIELDS_MAX = 10_000
DEPTH_MAX = 32
FORM_MEDIA_TYPE = "application/x-www-form-urlencoded"


class Node:
    """One name of the form: the text that it was given itself, and the names below it."""

    __slots__ = ("children", "text")

    def __init__(self) -> None:
        self.text: str | None = None
        self.children: dict[str, Node] = {}


def read_form(request: HttpRequest) -> Node:
    """The form in the body of a request.

    Raises: MalformedQueryString when it is no form, InvalidRequest for another method or type,
        RequestEntityTooLarge
    """
    if request.method != "POST":
        raise ApiError(
            "InvalidRequest", f"A request is sent with POST, not {request.method}.", status=405
        )
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != FORM_MEDIA_TYPE:
        raise ApiError(
            "InvalidRequest", f"Content-Type must be {FORM_MEDIA_TYPE}, not {media_type!r}"
        )
    if len(request.body) > BODY_BYTES_MAX:
        raise ApiError(
            "RequestEntityTooLarge",
            f"The request body has {len(request.body)} bytes; "
            f"at most {BODY_BYTES_MAX} are accepted.",
            status=413,
        )
    return _tree(request.body)


def form_field(body: bytes, name: str) -> str:
    """One field of a form by its whole name, found without reading the others; "" for none."""
    start = f"{name}=".encode()
    for field in body[:4096].split(b"&"):
        if field.startswith(start):
            return unquote_to_bytes(field[len(start) :].replace(b"+", b" ")).decode(
                "utf-8", "replace"
            )
    return ""


def _tree(body: bytes) -> Node:
    root = Node()
    fields = body.split(b"&")
    if len(fields) > FIELDS_MAX:
        raise _malformed(f"The form has {len(fields)} fields; at most {FIELDS_MAX} are accepted")
    for field in fields:
        if not field:
            continue
        raw_name, _, raw_text = field.partition(b"=")
        name, text = _decoded(raw_name), _decoded(raw_text)
        node = root
        parts = name.split(".")
        if len(parts) > DEPTH_MAX:
            raise _malformed(f"'{name[:200]}' has more than {DEPTH_MAX} parts")
        for part in parts:
            below = node.children.get(part)
            if below is None:
                below = node.children[part] = Node()
            node = below
        node.text = text
    return root


def _decoded(raw: bytes) -> str:
    try:
        return unquote_to_bytes(raw.replace(b"+", b" ")).decode()
    except UnicodeDecodeError:
        raise _malformed("The form is not UTF-8") from None


def _malformed(message: str) -> ApiError:
    return ApiError("MalformedQueryString", f"{message}.")
