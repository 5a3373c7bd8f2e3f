"""What a job that was a message is answered with: its result or its error, in the transaction that ends it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote

from pydantic import ValidationError
from sqlalchemy import Connection

from .answer import Answer
from .consumer import Consumer
from .ending import Ending, FinishHook
from .jobs import JobRecord
from .letters import Asked
from .message_headers import CONTENT_TYPE, CORRELATION_ID
from .message_kind import Kinds, MessageKind
from .operation import MESSAGE
from .outgoing import Letter, Posting
from .problem import PROBLEM, HttpProblem
from .received import Received


def answers_of(consumers: Iterable[Consumer[Any]]) -> FinishHook:
    """Writes, with a job's end, the reply to the message that it was."""
    answering = {
        consumer.operation.name: consumer
        for consumer in consumers
        if consumer.operation is not None and consumer.reply is not None
    }

    def on_finish(
        job: JobRecord, ending: Ending
    ) -> list[Callable[[Connection], object]]:
        consumer = answering.get(job.operation)
        if consumer is None:
            return []
        request = Received.restored(job.request)
        if request.method != MESSAGE:
            return []
        letter = reply_to(consumer, request, ending)
        return [] if letter is None else [Posting(letter)]

    return on_finish


def reply_to(
    consumer: Consumer[Any], request: Received, ending: Ending
) -> Letter | None:
    """How the job ended, as the reply; None where nothing says where that goes."""
    assert consumer.reply is not None
    headers = dict(request.headers)
    asked = Asked(
        consumer.reply,
        request.body,
        headers,
        {name: unquote(text) for name, text in request.path.items()},
        headers.get(CORRELATION_ID),
        direct=consumer.channel.carrier != "broker",
    )
    answer = ending.answer or problem_answer(ending)
    kind = kind_of(asked.replies.answers, answer)
    texts = dict(answer.headers)
    body = answer.body
    if kind is not None:
        body = kind.correlate(body, texts, asked.correlation_id)
    media_type = answer.media_type or (kind and kind.content_type)
    return asked.raw(body, {**texts, CONTENT_TYPE: media_type} if media_type else texts)


def problem_answer(ending: Ending) -> Answer:
    """Why there is no result (RFC 9457)."""
    error = ending.error or {}
    body = json.dumps(error, ensure_ascii=False).encode()
    return Answer(int(error.get("status", 500)), (), PROBLEM, body)


def kind_of(kinds: Kinds, answer: Answer) -> MessageKind[Any, Any] | None:
    """The declared reply that an answer is; of an error only one that it fits."""
    if len(kinds) == 1 and not answer.is_error:
        return kinds[0]
    return next((kind for kind in kinds if fits(kind, answer)), None)


def fits(kind: MessageKind[Any, Any], answer: Answer) -> bool:
    if kind.content is None:
        return not answer.body
    try:
        kind.content.read(answer.body, kind.content_type)
    except (ValidationError, HttpProblem):
        return False
    return True
