"""The operations tagged posts, and how each is called."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from . import errors, models
from .runtime.bodies import Json
from .runtime.call import Operation
from .runtime.decoding import Raises, Returns
from .runtime.encoding import Path, Query
from .runtime.formats import Uuid
from .runtime.item_formats import Lines
from .runtime.item_stream import ItemStream
from .runtime.model import Whole
from .runtime.transport import AsyncConnection

CREATE_POST: Operation[models.Post] = Operation(
    name="createPost",
    method="POST",
    path="/posts",
    contents={"application/json": Json(models.PostRequest)},
    answers={"201": Returns({"application/json": Json(models.Post)})},
    security=(("member",),),
)

LIST_POSTS: Operation[models.Page] = Operation(
    name="listPosts",
    method="GET",
    path="/posts",
    parameters=(
        Query("author", models.Handle),
        Query("cursor", Annotated[str, Field(max_length=20)]),
        Query("limit", Annotated[int, Field(ge=1, le=100), Whole]),
    ),
    answers={
        "200": Returns({"application/json": Json(models.Page)}),
        "404": Raises(
            {"application/problem+json": Json(models.Refusal)},
            error=errors.ListPosts404Error,
        ),
    },
)

GET_POST: Operation[models.Post] = Operation(
    name="getPost",
    method="GET",
    path="/posts/{postId}",
    parameters=(Path("postId", Uuid),),
    answers={
        "200": Returns({"application/json": Json(models.Post)}),
        "404": Raises(
            {"application/problem+json": Json(models.Refusal)},
            error=errors.GetPost404Error,
        ),
    },
)

DELETE_POST: Operation[None] = Operation(
    name="deletePost",
    method="DELETE",
    path="/posts/{postId}",
    parameters=(Path("postId", Uuid),),
    answers={
        "204": Returns(),
        "404": Raises(
            {"application/problem+json": Json(models.Refusal)},
            error=errors.DeletePost404Error,
        ),
    },
    security=(("member",),),
)

LIKE_POST: Operation[models.Likes] = Operation(
    name="likePost",
    method="POST",
    path="/posts/{postId}/likes",
    parameters=(Path("postId", Uuid),),
    answers={
        "200": Returns({"application/json": Json(models.Likes)}),
        "404": Raises(
            {"application/problem+json": Json(models.Refusal)},
            error=errors.LikePost404Error,
        ),
    },
    security=(("member",),),
)

LIST_MENTIONS: Operation[models.Post] = Operation(
    name="listMentions",
    method="GET",
    path="/posts/{postId}/mentions",
    parameters=(Path("postId", Uuid),),
    answers={
        "200": Returns(
            {"application/jsonl": Lines(models.Post)},
        ),
        "404": Raises(
            {"application/problem+json": Json(models.Refusal)},
            error=errors.ListMentions404Error,
        ),
    },
)


class Posts:
    """What is said."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def create_post(self, body: models.PostRequest) -> models.Post:
        """Post something."""
        return await self._connection.call(CREATE_POST, (), body)

    async def list_posts(
        self,
        *,
        author: models.Handle | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> models.Page:
        """Read posts, newest first, a page at a time."""
        return await self._connection.call(LIST_POSTS, (author, cursor, limit))

    async def get_post(self, post_id: UUID) -> models.Post:
        """Read one post."""
        return await self._connection.call(GET_POST, (post_id,))

    async def delete_post(self, post_id: UUID) -> None:
        """Take back a post of one's own."""
        return await self._connection.call(DELETE_POST, (post_id,))

    async def like_post(self, post_id: UUID) -> models.Likes:
        """Like a post; liking it again changes nothing."""
        return await self._connection.call(LIKE_POST, (post_id,))

    def list_mentions(self, post_id: UUID) -> ItemStream[models.Post]:
        """The posts that name this one, one to a line."""
        return ItemStream(self._connection, LIST_MENTIONS, (post_id,))
