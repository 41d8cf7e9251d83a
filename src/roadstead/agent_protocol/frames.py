"""Frames: messages as the text that travels.

Every frame is `{"type": <name>, "message": {…}}`. On TCS an agent puts an HTTP-style header block
with a signature before it: `aws/signed_frames.py` puts it on, takes it off and judges it.
"""

import types
from typing import Any, get_args

import msgspec

from roadstead.agent_protocol.messages import acs, tcs

_encoder = msgspec.json.Encoder()


class FrameError(Exception):
    """A frame is not what the protocol allows. `message_type` is empty when that was not told."""

    def __init__(self, text: str, message_type: str = "") -> None:
        super().__init__(text)
        self.message_type = message_type


class UnknownMessageType(FrameError):
    """The frame is well-formed, but its type is none of this protocol: to be ignored."""


class _Envelope(msgspec.Struct):
    type: str
    message: msgspec.Raw = msgspec.Raw(b"{}")


def encode(message: msgspec.Struct) -> str:
    """The frame that carries `message`; its type is the name of the message's class."""
    body = _encoder.encode(message)
    return f'{{"type":"{type(message).__name__}","message":{body.decode()}}}'


def decode_acs_from_server(text: str) -> acs.ServerMessage:
    """What the control plane says on ACS. Raises: FrameError, UnknownMessageType"""
    message: acs.ServerMessage = _decode(text, _ACS_FROM_SERVER)
    if fault := acs.fault(message):
        kind = type(message).__name__
        raise FrameError(f"{kind}: {fault}", kind)
    return message


def decode_acs_from_agent(text: str) -> acs.AgentMessage:
    """What an agent says on ACS. Raises: FrameError, UnknownMessageType"""
    message: acs.AgentMessage = _decode(text, _ACS_FROM_AGENT)
    return message


def decode_tcs_from_server(text: str) -> tcs.TelemetryFromServer:
    """What the control plane says on TCS. Raises: FrameError, UnknownMessageType"""
    message: tcs.TelemetryFromServer = _decode(text, _TCS_FROM_SERVER)
    return message


def decode_tcs_from_agent(body: str) -> tcs.TelemetryFromAgent:
    """What an agent says on TCS, without header block. Raises: FrameError, UnknownMessageType"""
    message: tcs.TelemetryFromAgent = _decode(body, _TCS_FROM_AGENT)
    return message


def _decode(text: str, decoders: dict[str, msgspec.json.Decoder[Any]]) -> Any:
    try:
        envelope = _envelopes.decode(text)
    except RecursionError as error:
        raise FrameError("the frame is nested too deeply") from error
    except msgspec.DecodeError as error:
        raise FrameError(f'the frame is not {{"type": …, "message": {{…}}}}: {error}') from error
    decoder = decoders.get(envelope.type)
    if decoder is None:
        raise UnknownMessageType(f"{envelope.type[:80]!r} is no message type", envelope.type)
    try:
        return decoder.decode(envelope.message)
    except RecursionError as error:
        raise FrameError(f"{envelope.type}: nested too deeply", envelope.type) from error
    except msgspec.DecodeError as error:
        raise FrameError(f"{envelope.type}: {error}", envelope.type) from error


def _decoders(messages: types.UnionType) -> dict[str, msgspec.json.Decoder[Any]]:
    return {kind.__name__: msgspec.json.Decoder(kind) for kind in get_args(messages)}


_envelopes = msgspec.json.Decoder(_Envelope)
_ACS_FROM_SERVER = _decoders(acs.ServerMessage)
_ACS_FROM_AGENT = _decoders(acs.AgentMessage)
_TCS_FROM_SERVER = _decoders(tcs.TelemetryFromServer)
_TCS_FROM_AGENT = _decoders(tcs.TelemetryFromAgent)
