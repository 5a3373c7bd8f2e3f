"""What the handler of an asynchronous exchange returns, as the answer that its job keeps."""

from __future__ import annotations

from typing import Any

from .answer import Answer
from .message import WithHeaders
from .message_headers import CONTENT_TYPE
from .message_kind import Kinds, MessageKind, kind_of
from .replies import Reply


class MessageReply(Reply):
    """A reply that is a message: the job's result, and what is sent where the request asked for it."""

    def __init__(self, message: bytes, texts: dict[str, str], status: int) -> None:
        super().__init__(message, status=status)
        self.message = message
        self.texts = texts

    def answer(self, accept: str = "") -> Answer:
        """The message as it goes out."""
        headers = tuple(pair for pair in self.texts.items() if pair[0] != CONTENT_TYPE)
        media_type = self.texts.get(CONTENT_TYPE)
        return Answer(self.status_code, headers, media_type, self.message)


def message_reply(result: object, kinds: Kinds, errors: Kinds = ()) -> Reply:
    """The reply of one of these kinds; one of `errors` ends the job as failed.

    Raises TypeError for a result that is of none of them.
    """
    if not kinds:
        return Reply(status=204)
    bare = result.body if isinstance(result, WithHeaders) else result
    kind = kind_of(kinds, bare)
    status = 500 if kind in errors else 200
    if isinstance(result, WithHeaders):
        return MessageReply(*kind.write(bare, result.headers), status)
    if kind.content is None:
        return Reply(status=204)
    return MessageReply(kind.content.write(bare), typed(kind), status)


def typed(kind: MessageKind[Any, Any]) -> dict[str, str]:
    """The headers of a message that declares none."""
    return {CONTENT_TYPE: kind.content_type}
