"""How each operation reads its request, calls its handler and answers."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from . import models
from .handlers import Handlers
from .responses import (
    CreatePost201,
    DeletePost204,
    Feed200,
    GetPost200,
    LikePost200,
    ListMentions200,
    ListPosts200,
    SignUp201,
)
from .runtime.access import Need, Security
from .runtime.contents import Json
from .runtime.formats import Uuid
from .runtime.model import Whole
from .runtime.parameters import Path, Query
from .runtime.reader import Body
from .runtime.replies import as_reply
from .runtime.service import Service, reader_of
from .runtime.streams import seen_event, stream_response

NEEDS_MEMBER: Security = ((Need("member"),),)

SIGN_UP_BODY: Body[models.AccountRequest] = Body(
    {"application/json": Json(models.AccountRequest)}, required=True
)


async def sign_up(request: Request) -> Response:
    """POST /accounts"""
    service: Service[Handlers] = Service.of(request)
    reader = await reader_of(request)
    body = reader.body(SIGN_UP_BODY)
    reader.done()
    result = await service.handlers.sign_up(body)
    return as_reply(result, SignUp201).response(request)


CREATE_POST_BODY: Body[models.PostRequest] = Body(
    {"application/json": Json(models.PostRequest)}, required=True
)


async def create_post(request: Request) -> Response:
    """POST /posts"""
    service: Service[Handlers] = Service.of(request)
    caller = await service.authenticate(request, NEEDS_MEMBER)
    reader = await reader_of(request)
    body = reader.body(CREATE_POST_BODY)
    reader.done()
    result = await service.handlers.create_post(body, caller)
    return as_reply(result, CreatePost201).response(request)


LIST_POSTS_AUTHOR: Query[models.Handle | None] = Query("author", models.Handle)
LIST_POSTS_CURSOR: Query[str | None] = Query(
    "cursor", Annotated[str, Field(max_length=20)]
)
LIST_POSTS_LIMIT: Query[int] = Query(
    "limit", Annotated[int, Field(ge=1, le=100), Whole], kind="integer", default=20
)


async def list_posts(request: Request) -> Response:
    """GET /posts"""
    service: Service[Handlers] = Service.of(request)
    reader = await reader_of(request)
    author = reader.take(LIST_POSTS_AUTHOR)
    cursor = reader.take(LIST_POSTS_CURSOR)
    limit = reader.take(LIST_POSTS_LIMIT)
    reader.done()
    result = await service.handlers.list_posts(author, cursor, limit)
    return as_reply(result, ListPosts200).response(request)


GET_POST_POST_ID: Path[UUID] = Path("postId", Uuid)


async def get_post(request: Request) -> Response:
    """GET /posts/{postId}"""
    service: Service[Handlers] = Service.of(request)
    reader = await reader_of(request)
    post_id = reader.take(GET_POST_POST_ID)
    reader.done()
    result = await service.handlers.get_post(post_id)
    return as_reply(result, GetPost200).response(request)


DELETE_POST_POST_ID: Path[UUID] = Path("postId", Uuid)


async def delete_post(request: Request) -> Response:
    """DELETE /posts/{postId}"""
    service: Service[Handlers] = Service.of(request)
    caller = await service.authenticate(request, NEEDS_MEMBER)
    reader = await reader_of(request)
    post_id = reader.take(DELETE_POST_POST_ID)
    reader.done()
    result = await service.handlers.delete_post(post_id, caller)
    return as_reply(result, DeletePost204).response(request)


LIKE_POST_POST_ID: Path[UUID] = Path("postId", Uuid)


async def like_post(request: Request) -> Response:
    """POST /posts/{postId}/likes"""
    service: Service[Handlers] = Service.of(request)
    caller = await service.authenticate(request, NEEDS_MEMBER)
    reader = await reader_of(request)
    post_id = reader.take(LIKE_POST_POST_ID)
    reader.done()
    result = await service.handlers.like_post(post_id, caller)
    return as_reply(result, LikePost200).response(request)


LIST_MENTIONS_POST_ID: Path[UUID] = Path("postId", Uuid)


async def list_mentions(request: Request) -> Response:
    """GET /posts/{postId}/mentions"""
    service: Service[Handlers] = Service.of(request)
    reader = await reader_of(request)
    post_id = reader.take(LIST_MENTIONS_POST_ID)
    reader.done()
    return stream_response(
        request, service.handlers.list_mentions(post_id), ListMentions200
    )


FEED_AUTHOR: Query[models.Handle | None] = Query("author", models.Handle)


async def feed(request: Request) -> Response:
    """GET /feed"""
    service: Service[Handlers] = Service.of(request)
    reader = await reader_of(request)
    author = reader.take(FEED_AUTHOR)
    reader.done()
    return stream_response(
        request, service.handlers.feed(author, seen_event(request)), Feed200
    )


ROUTES: list[Route] = [
    Route("/accounts", sign_up, methods=["POST"]),
    Route("/posts", create_post, methods=["POST"]),
    Route("/posts", list_posts, methods=["GET"]),
    Route("/posts/{postId}", get_post, methods=["GET"]),
    Route("/posts/{postId}", delete_post, methods=["DELETE"]),
    Route("/posts/{postId}/likes", like_post, methods=["POST"]),
    Route("/posts/{postId}/mentions", list_mentions, methods=["GET"]),
    Route("/feed", feed, methods=["GET"]),
]
