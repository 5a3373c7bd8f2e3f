"""What follows from a message, as letters: its reply, another attempt at it, or its dead letter."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .address import DEAD
from .channel import Options
from .consumer import Consumer, Replies
from .ending import phrase
from .incoming import Incoming
from .job_document import moment
from .message_headers import (
    ATTEMPT,
    CONTENT_TYPE,
    CORRELATION_ID,
    FIRST_ADDRESS,
    GROUP,
    HISTORY,
    MESSAGE_ID,
    PROBLEM,
    REPLY_TO,
    TRACEPARENT,
)
from .ids import new_id
from .media import split
from .message_kind import Kinds, written
from .message_location import location_of
from .outgoing import Letter
from .problem import PROBLEM as PROBLEM_JSON
from .problem import HttpProblem, document
from .store import now

KEPT = 20
"""How many failures a message's history keeps, the newest."""
LONGEST = 300
"""Characters of an error in a history."""
UNKEPT: Options = {"amqp": {"mandatory": False}}
"""What goes to where a request said: nobody but who asked wants it, so it is not kept for them who have gone."""


def again(
    consumer: Consumer[Any], incoming: Incoming, group: str, error: str, delay: float
) -> Letter:
    """The same message once more, for this group only."""
    headers = {
        **incoming.headers,
        MESSAGE_ID: incoming.id,
        GROUP: group,
        ATTEMPT: str(incoming.attempt + 1),
        HISTORY: history(incoming, error),
    }
    return repeated(consumer, incoming, headers, delay)


def later(
    consumer: Consumer[Any], incoming: Incoming, group: str, delay: float
) -> Letter:
    """The same message after a while, as there is no room for it now."""
    headers = {**incoming.headers, MESSAGE_ID: incoming.id, GROUP: group}
    return repeated(consumer, incoming, headers, delay)


def repeated(
    consumer: Consumer[Any],
    incoming: Incoming,
    headers: Mapping[str, str],
    delay: float,
) -> Letter:
    options = both(consumer.channel.options, consumer.options)
    return Letter(
        incoming.address,
        incoming.body,
        headers,
        consumer.channel.carrier,
        options,
        delay=delay,
    )


def dead(
    incoming: Incoming, group: str, problem: Mapping[str, object], error: str
) -> Letter:
    """The message as a dead letter. It goes where no binding leads, so that the broker keeps it."""
    headers = {
        **incoming.headers,
        MESSAGE_ID: incoming.id,
        GROUP: group,
        ATTEMPT: str(incoming.attempt),
        FIRST_ADDRESS: incoming.address,
        HISTORY: history(incoming, error),
        PROBLEM: json.dumps(dict(problem)),
    }
    return Letter(incoming.address + DEAD, incoming.body, headers)


def history(incoming: Incoming, error: str) -> str:
    """What failed before, and now this."""
    try:
        before = json.loads(incoming.headers.get(HISTORY, "[]"))
    except ValueError:
        before = []
    entry = {
        "attempt": incoming.attempt,
        "at": moment(now()),
        "error": error[:LONGEST],
    }
    earlier = before if isinstance(before, list) else []
    return json.dumps([*earlier, entry][-KEPT:])


def both(channel: Options, operation: Options) -> Options:
    """The binding fields of a channel with those of an operation on it."""
    if not operation:
        return channel
    protocols = {**channel, **operation}
    return {
        one: {**channel.get(one, {}), **operation.get(one, {})} for one in protocols
    }


class Asked:
    """A message that may be answered: where to, and as the answer to what."""

    def __init__(
        self,
        replies: Replies,
        body: bytes,
        headers: Mapping[str, str],
        parameters: Mapping[str, str],
        correlation_id: str | None,
        direct: bool = False,
    ) -> None:
        self.replies = replies
        self.correlation_id = correlation_id
        self.traceparent = headers.get(TRACEPARENT)
        self.waits = (
            correlation_id is not None or REPLY_TO in headers
        ) and not is_problem(headers)
        """Whether somebody shows that an answer is waited for; nobody waits for that to a problem."""
        self.address = self._address(body, headers, parameters, direct)
        """Where the answer goes; None where nothing says it."""

    def reply(self, value: object, kinds: Kinds | None = None) -> Letter | None:
        """A value as the answer; raises TypeError or ValueError for one that is none of the declared."""
        kinds = self.replies.kinds if kinds is None else kinds
        if self.address is None or (value is None and not kinds):
            return None
        body, headers = written(kinds, value, self.correlation_id)
        return self._letter(body, headers)

    def raw(self, body: bytes, headers: Mapping[str, str]) -> Letter | None:
        """An answer that is written already."""
        if self.address is None:
            return None
        correlation = {CORRELATION_ID: self.correlation_id or ""}
        known = correlation if self.correlation_id is not None else {}
        return self._letter(body, {**headers, **known})

    def problem(self, members: Mapping[str, object]) -> Letter | None:
        """Why there is no answer, for who waits for one (RFC 9457)."""
        if not self.waits:
            return None
        body = json.dumps(dict(members), ensure_ascii=False).encode()
        return self.raw(body, {CONTENT_TYPE: PROBLEM_JSON})

    def _letter(self, body: bytes, headers: Mapping[str, str]) -> Letter:
        assert self.address is not None
        replies = self.replies
        trace = {TRACEPARENT: self.traceparent} if self.traceparent else {}
        ids = {MESSAGE_ID: new_id("msg_"), **trace}
        options = both(replies.channel.options, replies.options)
        return Letter(
            self.address,
            body,
            {**ids, **headers},
            replies.channel.carrier,
            both(options, UNKEPT) if replies.channel.address is None else options,
        )

    def _address(
        self,
        body: bytes,
        headers: Mapping[str, str],
        parameters: Mapping[str, str],
        direct: bool,
    ) -> str | None:
        replies, reply_to = self.replies, headers.get(REPLY_TO)
        if direct and replies.channel.carrier != "broker" and reply_to:
            return reply_to
        place = location_of(replies.address) if replies.address else None
        said = place.find(body, headers) if place is not None else None
        if said or replies.channel.address is None:
            return said or reply_to
        return replies.channel.format(dict(parameters))


def asked_by(consumer: Consumer[Any], incoming: Incoming) -> Asked | None:
    """What a message asks for, None when its operation has no reply."""
    if consumer.reply is None:
        return None
    correlation_id = incoming.correlation_id
    for kind in consumer.kinds:
        correlation_id = correlation_id or kind.correlation_of(
            incoming.body, incoming.headers
        )
    return Asked(
        consumer.reply,
        incoming.legible,
        incoming.headers,
        incoming.parameters,
        correlation_id,
        direct=consumer.channel.carrier != "broker",
    )


def is_problem(headers: Mapping[str, str]) -> bool:
    """Whether a message says what is wrong with another (RFC 9457)."""
    return split(headers.get(CONTENT_TYPE, ""))[0] == PROBLEM_JSON


def problem_of(problem: HttpProblem) -> dict[str, object]:
    """A problem's members, whole."""
    title = problem.title or phrase(problem.status)
    return document(problem.status, title, problem.detail, **problem.members)
