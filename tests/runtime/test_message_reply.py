"""What an asynchronous exchange's handler returns, as its job's answer."""

from __future__ import annotations

import pytest

from runtime.contents import Json
from runtime.message_kind import MessageKind
from runtime.message_reply import message_reply

DONE: MessageKind[int] = MessageKind("done", Json(int))
FAILED: MessageKind[str] = MessageKind("failed", Json(str))
KINDS = (DONE, FAILED)


def test_a_result_is_the_answer_of_a_job_that_succeeded() -> None:
    answer = message_reply(3, KINDS, (FAILED,)).answer()
    assert (answer.status, answer.media_type, answer.body) == (
        200,
        "application/json",
        b"3",
    )


def test_a_reply_that_is_an_error_is_the_answer_of_a_job_that_failed() -> None:
    answer = message_reply("no ink", KINDS, (FAILED,)).answer()
    assert answer.is_error and answer.body == b'"no ink"'


def test_a_result_that_no_kind_declares_is_a_type_error() -> None:
    with pytest.raises(TypeError):
        message_reply([], KINDS, (FAILED,))
