"""Where messages travel, and what kinds of them there are."""

from __future__ import annotations

from . import models
from .runtime.bodies import Json
from .runtime.channel import Channel
from .runtime.remote_kind import MessageKind

ROOM_CHANNEL = Channel("room", "/rooms/{room}", carrier="socket")

RELAY_CHANNEL = Channel("relay", "chat.rooms.{room}")

UTTERANCE_MESSAGE: MessageKind[models.Utterance] = MessageKind(
    "utterance", Json(models.Utterance)
)

LINE_MESSAGE: MessageKind[models.Line] = MessageKind("line", Json(models.Line))

WHO_IS_HERE_MESSAGE: MessageKind[models.WhoIsHere] = MessageKind(
    "whoIsHere", Json(models.WhoIsHere), correlation="$message.payload#/id"
)

PEOPLE_MESSAGE: MessageKind[models.People] = MessageKind(
    "people", Json(models.People), correlation="$message.payload#/id"
)

LINE_MESSAGE_RECEIVED: MessageKind[models.Line] = MessageKind("line", Json(models.Line))
