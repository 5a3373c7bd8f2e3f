"""Where messages travel, and what kinds of them there are."""

from __future__ import annotations

from . import models
from .runtime.channel import Channel
from .runtime.contents import Json
from .runtime.message_kind import MessageKind

TABLE_CHANNEL = Channel(
    "table",
    "/tables/{tableId}",
    carrier="socket",
    options={
        "ws": {
            "query": {
                "type": "object",
                "properties": {
                    "player": {
                        "type": "string",
                        "minLength": 1,
                        "maxLength": 40,
                        "description": "Who sits down; whoever gives no name only watches.",
                    },
                },
            },
        },
    },
)
"""One table, with two players and whoever watches."""

MOVE_MESSAGE: MessageKind[models.Move] = MessageKind(
    "move", Json(models.Move), title="A mark in a field."
)
"""A mark in a field."""

RESIGNATION_MESSAGE: MessageKind[models.Resignation] = MessageKind(
    "resignation", Json(models.Resignation), title="A player gives up."
)
"""A player gives up."""

STATE_MESSAGE: MessageKind[models.State] = MessageKind(
    "state", Json(models.State), title="The board after a move."
)
"""The board after a move."""

SCORE_REQUEST_MESSAGE: MessageKind[models.ScoreRequest] = MessageKind(
    "scoreRequest",
    Json(models.ScoreRequest),
    correlation="$message.payload#/id",
    title="A wish to know the score.",
)
"""A wish to know the score."""

SCORE_MESSAGE: MessageKind[models.Score] = MessageKind(
    "score",
    Json(models.Score),
    correlation="$message.payload#/id",
    title="The score so far.",
)
"""The score so far."""
