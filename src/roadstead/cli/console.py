"""`roadstead console`: a link with which a browser is signed in to the console, once."""

import http.client
import webbrowser
from pathlib import Path
from urllib.parse import urlsplit

from roadstead.cli import place
from roadstead.cli.api import ANSWER_SECONDS, Api, ApiRefused, ApiUnreachable
from roadstead.cli.place import Place
from roadstead.cli.terminal import EXIT_FAILED, EXIT_NOT_RUNNING, complain, say

NOT_BUILT = "not built: `make console` in a checkout builds it, with npm; the API works without it"


def show(path: Path | None, *, open_it: bool) -> int:
    """Print a new link, and open it if so asked; the exit status."""
    where = place.existing(path)
    try:
        if not _is_built(where.endpoint):
            complain(f"The console is {NOT_BUILT}.")
            return EXIT_FAILED
        url = _link(where)
    except ApiUnreachable as error:
        complain(f"{error}. `roadstead up` starts it.")
        return EXIT_NOT_RUNNING
    except ApiRefused as error:
        complain(str(error))
        return EXIT_FAILED
    say(url)
    if open_it and not webbrowser.open(url):
        complain(
            "No browser was found here. Open the link in one; it is good once, for 15 minutes."
        )
        return EXIT_FAILED
    return 0


def line(where: Place) -> str:
    """What `up` says of the console.

    Raises: ApiUnreachable, ApiRefused
    """
    if not _is_built(where.endpoint):
        return f"  console    {NOT_BUILT}"
    return (
        f"  console    {_link(where)}   "
        "(good once, for 15 minutes; `roadstead console` prints another)"
    )


def _link(where: Place) -> str:
    """Raises: ApiUnreachable, ApiRefused"""
    api = Api(where.endpoint, where.region, where.root_key())
    token = api.roadstead("CreateSignInLink")["token"]
    return f"{where.endpoint}/console/#sign-in={token}"


def _is_built(endpoint: str) -> bool:
    """Whether the server has a console: it may look for it elsewhere than we would.

    Raises: ApiUnreachable
    """
    connection = http.client.HTTPConnection(urlsplit(endpoint).netloc, timeout=ANSWER_SECONDS)
    try:
        connection.request("HEAD", "/console/")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException) as error:
        raise ApiUnreachable(f"{endpoint} cannot be reached: {error}") from error
    finally:
        connection.close()
