"""Piece: what one part of the state contributes to the configuration."""

import msgspec

from roadstead.dataplane.snapshot.messages import Json


class Piece(msgspec.Struct):
    """Resources by name."""

    listeners: dict[str, Json] = {}
    routes: dict[str, Json] = {}
    clusters: dict[str, Json] = {}
    endpoints: dict[str, Json] = {}
    certificates: dict[str, tuple[str, str]] = {}
    """Name → chain and private key, in PEM."""
