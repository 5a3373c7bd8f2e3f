"""Why a WebSocket ends (RFC 6455 §7.4; what begins with 44 is our own)."""

from __future__ import annotations

from enum import IntEnum


class CloseCode(IntEnum):
    """The codes that a socket of ours is closed with."""

    DONE = 1000
    POLICY = 1008
    TOO_BIG = 1009
    FAULT = 1011
    RESTART = 1012
    """The service is about to stop: come back, to another process."""
    OVERLOADED = 1013
    BAD_MESSAGE = 4400
    EXPIRED = 4401
    """The credentials are no longer good."""
    UNKNOWN_JOB = 4404
    SLOW = 4408
    """More was waiting to be sent than is kept for one caller."""
