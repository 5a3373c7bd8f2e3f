"""The headers that messages travel with, whatever carries them."""

from __future__ import annotations

from typing import Final

CONTENT_TYPE: Final = "content-type"
MESSAGE_ID: Final = "message-id"
CORRELATION_ID: Final = "correlation-id"
REPLY_TO: Final = "reply-to"
TRACEPARENT: Final = "traceparent"
ATTEMPT: Final = "x-attempt"
"""Which attempt at the message this is, from 1."""
GROUP: Final = "x-group"
"""A repeated message's: the group that has to try again; the others have had it."""
REPLAYED: Final = "x-replayed"
"""How often the message was taken back from the dead letters."""
HISTORY: Final = "x-history"
"""A JSON list of {attempt, at, error}: what failed before."""
FIRST_ADDRESS: Final = "x-first-address"
"""A dead letter's: where the message was sent to."""
PROBLEM: Final = "x-problem"
"""A dead letter's: why it is one, as problem+json."""
DELIVERIES: Final = "x-deliveries"
"""How often the broker has delivered the message, where it knows."""
CALLER: Final = "x-caller"
"""Who sent it, which the channels know that ask for credentials: those of sockets and HTTP."""

OURS = frozenset(
    {
        CONTENT_TYPE,
        MESSAGE_ID,
        CORRELATION_ID,
        REPLY_TO,
        TRACEPARENT,
        ATTEMPT,
        GROUP,
        REPLAYED,
        HISTORY,
        FIRST_ADDRESS,
        PROBLEM,
        DELIVERIES,
    }
)
