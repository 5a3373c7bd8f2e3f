"""The operations tagged posts, without `await`."""

from __future__ import annotations

from uuid import UUID

from .. import models
from ..posts import (
    CREATE_POST,
    DELETE_POST,
    GET_POST,
    LIKE_POST,
    LIST_MENTIONS,
    LIST_POSTS,
)
from ..runtime.item_stream_sync import ItemStream
from ..runtime.transport import Connection


class Posts:
    """What is said."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create_post(self, body: models.PostRequest) -> models.Post:
        """Post something."""
        return self._connection.call(CREATE_POST, (), body)

    def list_posts(
        self,
        *,
        author: models.Handle | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> models.Page:
        """Read posts, newest first, a page at a time."""
        return self._connection.call(LIST_POSTS, (author, cursor, limit))

    def get_post(self, post_id: UUID) -> models.Post:
        """Read one post."""
        return self._connection.call(GET_POST, (post_id,))

    def delete_post(self, post_id: UUID) -> None:
        """Take back a post of one's own."""
        return self._connection.call(DELETE_POST, (post_id,))

    def like_post(self, post_id: UUID) -> models.Likes:
        """Like a post; liking it again changes nothing."""
        return self._connection.call(LIKE_POST, (post_id,))

    def list_mentions(self, post_id: UUID) -> ItemStream[models.Post]:
        """The posts that name this one, one to a line."""
        return ItemStream(self._connection, LIST_MENTIONS, (post_id,))
