"""The only writer of the tuning."""

import msgspec

from roadstead.ecs.records.tuning import TUNING, Tuning
from roadstead.state.view import Tx


def put_tuning(tx: Tx, tuning: Tuning) -> Tuning:
    """Put these numbers in force; nothing is written when they are already."""
    stored = tx.get(TUNING, tuning.arn)
    if stored is not None and msgspec.structs.replace(tuning, version=stored.version) == stored:
        return stored
    return tx.put(TUNING, tuning)
