"""The data plane in the server: the store's commits lead to the proxy's files, findings back."""

from pathlib import Path

from roadstead.clock import Clock
from roadstead.dataplane.plane import DataPlane
from roadstead.dataplane.program import EnvoyMissing, envoy
from roadstead.ids import Ids
from roadstead.server.calls import own_call_about
from roadstead.settings import SettingError
from roadstead.store.store import Commit, Store


def data_plane(store: Store, root: Path, clock: Clock, ids: Ids) -> DataPlane:
    """The data plane of this state, with its files below `root`; it follows durable commits.

    Raises: SettingError when Envoy is not there.
    """
    try:
        program = envoy()
    except EnvoyMissing as error:
        raise SettingError(str(error), "Or start the server without --data-plane.") from error

    plane = DataPlane(
        root,
        program,
        lambda: store.view,
        store.update,
        lambda arn: own_call_about(arn.partition("|")[0], clock.now(), ids),
        clock,
    )

    def committed(commit: Commit) -> None:
        if commit.reloaded:
            plane.look_at_everything()
        else:
            plane.note(commit.changes)

    store.on_durable(committed)
    return plane
