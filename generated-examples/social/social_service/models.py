"""What travels: every schema of the API as a type."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, MISSING
from typing_extensions import TypeAliasType

from .runtime.alternatives import OneOf
from .runtime.constraints import Pattern
from .runtime.formats import DateTime, Uuid
from .runtime.model import Integer, Model, Whole
from .runtime.read_only import ReadOnly
from .runtime.spelling import Spelled

Handle = TypeAliasType("Handle", Annotated[str, Pattern("^[a-z][a-z0-9_]{1,14}\\Z")])
"""The name of an account."""


class Account(Model):
    handle: Handle
    name: Annotated[str, Field(min_length=1, max_length=50)]
    token: str
    joined: DateTime


class AccountRequest(Model):
    handle: Handle
    name: Annotated[str, Field(min_length=1, max_length=50)]
    password: Annotated[str, Field(min_length=8)]
    token: ReadOnly = MISSING
    joined: ReadOnly = MISSING


class Posted(Model):
    """What every post has once it is posted."""

    id: Uuid
    author: Handle
    created: DateTime
    likes: Annotated[int, Field(ge=0), Whole]


class TextPost(Posted):
    kind: Literal["text"]
    text: Annotated[str, Field(min_length=1, max_length=500)]


class PhotoPost(Posted):
    kind: Literal["photo"]
    url: Annotated[str, Spelled("uri")]
    caption: Annotated[str, Field(max_length=200)] | MISSING = MISSING


class PollPost(Posted):
    kind: Literal["poll"]
    question: Annotated[str, Field(max_length=200)]
    choices: Annotated[
        list[Annotated[str, Field(min_length=1)]], Field(min_length=2, max_length=4)
    ]


Post = TypeAliasType(
    "Post",
    Annotated[
        TextPost | PhotoPost | PollPost,
        OneOf("kind", {"text": 0, "photo": 1, "poll": 2}),
    ],
)
"""A text, a photo or a poll."""


class PostedRequest(Model):
    """What every post has once it is posted."""

    id: ReadOnly = MISSING
    author: ReadOnly = MISSING
    created: ReadOnly = MISSING
    likes: ReadOnly = MISSING


class TextPostRequest(PostedRequest):
    kind: Literal["text"]
    text: Annotated[str, Field(min_length=1, max_length=500)]


class PhotoPostRequest(PostedRequest):
    kind: Literal["photo"]
    url: Annotated[str, Spelled("uri")]
    caption: Annotated[str, Field(max_length=200)] | MISSING = MISSING


class PollPostRequest(PostedRequest):
    kind: Literal["poll"]
    question: Annotated[str, Field(max_length=200)]
    choices: Annotated[
        list[Annotated[str, Field(min_length=1)]], Field(min_length=2, max_length=4)
    ]


PostRequest = TypeAliasType(
    "PostRequest",
    Annotated[
        TextPostRequest | PhotoPostRequest | PollPostRequest,
        OneOf("kind", {"text": 0, "photo": 1, "poll": 2}),
    ],
)
"""A text, a photo or a poll."""


class Page(Model):
    posts: list[Post]
    next: str | MISSING = MISSING
    """The cursor of the page after this one; absent on the last."""


class Likes(Model):
    post: Uuid
    likes: Annotated[int, Field(ge=0), Whole]


class Refusal(Model):
    title: str
    status: Integer | MISSING = MISSING
    detail: str | MISSING = MISSING
