"""The model of our own API, read like AWS's from a file in their format."""

from functools import cache
from pathlib import Path

import msgspec

from roadstead.aws.shapes import ServiceModel, read_model

NAME = "roadstead"
MODEL_FILE = Path(__file__).with_name("service-2.json")


@cache
def control_model() -> ServiceModel:
    """The model; read once per process."""
    return read_model(NAME, msgspec.json.decode(MODEL_FILE.read_bytes()))
