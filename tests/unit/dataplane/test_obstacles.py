"""What Envoy would take and this machine cannot carry."""

from roadstead.dataplane import obstacles
from roadstead.dataplane.book import Changes

NOTHING: obstacles.Served = {"listeners": {}, "routes": {}, "clusters": {}}


def test_more_files_than_can_be_watched_are_refused() -> None:
    allowed = int(obstacles.WATCHES_MAX.read_text()) - obstacles.WATCHES_KEPT
    clusters = {f"c{number}": {} for number in range(allowed + 2)}
    found = obstacles.beyond_watches(Changes(clusters=clusters), NOTHING)
    assert len(found) == 2
    assert all("fs.inotify.max_user_instances" in why for why in found.values())
    served = {**NOTHING, "clusters": clusters}
    assert obstacles.beyond_watches(Changes(clusters={"c1": {}}), served) == {}


def test_a_listener_waits_for_its_first_routes() -> None:
    changes = Changes(listeners={"a": {}, "b": {}}, routes={"a": {}, "b": {}})
    refused = {"routes/a": "it is wrong"}
    found = obstacles.without_routes(changes, NOTHING, refused)
    assert found == {"listeners/a": "its routes are refused: it is wrong"}
    served = {**NOTHING, "routes": {"a": {}}}
    assert obstacles.without_routes(changes, served, refused) == {}
