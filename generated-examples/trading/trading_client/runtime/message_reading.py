"""Which of the declared kinds a message is: one that came, and one that is to be sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from .message_errors import UnreadableMessage, UnsendableMessage
from .reasons import in_words
from .remote_kind import MessageKind

Kinds = tuple[MessageKind[Any, Any], ...]
Reading = tuple[MessageKind[Any, Any], Any, Any]
"""The kind, the body, the headers."""


def closest(
    name: str, kinds: Kinds, body: bytes, headers: Mapping[str, str]
) -> Reading:
    """The kind that a message is, read; raises UnreadableMessage where it is none.

    Models take members that they do not know: of several kinds, one that knows them all is closer, and one that
    takes anything is the last.
    """
    fitting: list[Reading] = []
    reasons: list[str] = []
    for kind in sorted(kinds, key=lambda one: one.takes_anything):
        if fitting and kind.takes_anything:
            break
        try:
            value, read = kind.read(body, headers)
        except ValueError as reason:
            reasons.append(f"{kind.name}: {in_words(reason)}")
            continue
        if not (isinstance(value, BaseModel) and value.model_extra):
            return kind, value, read
        fitting.append((kind, value, read))
    if not fitting:
        raise UnreadableMessage(name, body, headers, "; ".join(reasons))
    return fitting[0]


def kind_of(name: str, kinds: Kinds, body: object) -> MessageKind[Any, Any]:
    """The kind that a body is one of; raises UnsendableMessage when it is of none."""
    for kind in kinds:
        if len(kinds) == 1 or kind.matches(body):
            return kind
    names = ", ".join(kind.name for kind in kinds) or "nothing"
    raise UnsendableMessage(f"{name}: {type(body).__name__} is none of: {names}")
