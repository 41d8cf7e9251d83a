"""Where to watch the demo in a browser: a link that signs in once, to the map of its cluster."""

from demo.stage import Stage, get
from demo.web import CLUSTER

SIGN_IN = "#sign-in="


def say_where_to_watch(stage: Stage) -> None:
    """A console is no condition: without one the story is the same, on the command line."""
    stage.chapter("The same in a browser")
    endpoint = stage.environment["AWS_ENDPOINT_URL"]
    if not get(f"{endpoint}/console/"):
        stage.tell("The console is not built. `make console` builds it; then play the demo again.")
        return
    link = stage.roadstead("console", quiet=True).strip()
    token = link.partition(SIGN_IN)[2]
    path = f"/console/{stage.environment['AWS_DEFAULT_REGION']}/clusters/{CLUSTER}/map"
    stage.tell("Open the cluster map and watch instances and tasks come and go as the story plays:")
    stage.console.print(f"  [bold cyan]{endpoint}{path}{SIGN_IN}{token}[/]")
    stage.tell("The link signs a browser in, once, within 15 minutes.")
