"""What the service asks of you: one method for each operation."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncIterator
from uuid import UUID

from . import models
from .responses import (
    DeletePost404,
    Feed200,
    GetPost404,
    LikePost404,
    ListMentions200,
    ListMentions404,
    ListPosts404,
    SignUp409,
)
from .runtime.access import Caller
from .runtime.event import Event
from .runtime.lifespan import Lifespan


class Handlers(Lifespan):
    """The operations of Social: implement each in a class of your own."""

    @abstractmethod
    async def sign_up(self, body: models.AccountRequest) -> models.Account | SignUp409:
        """Open an account."""

    @abstractmethod
    async def create_post(
        self, body: models.PostRequest, caller: Caller
    ) -> models.Post:
        """Post something."""

    @abstractmethod
    async def list_posts(
        self, author: models.Handle | None, cursor: str | None, limit: int
    ) -> models.Page | ListPosts404:
        """Read posts, newest first, a page at a time."""

    @abstractmethod
    async def get_post(self, post_id: UUID) -> models.Post | GetPost404:
        """Read one post."""

    @abstractmethod
    async def delete_post(self, post_id: UUID, caller: Caller) -> None | DeletePost404:
        """Take back a post of one's own."""

    @abstractmethod
    async def like_post(
        self, post_id: UUID, caller: Caller
    ) -> models.Likes | LikePost404:
        """Like a post; liking it again changes nothing."""

    @abstractmethod
    def list_mentions(
        self, post_id: UUID
    ) -> AsyncIterator[models.Post | ListMentions200 | ListMentions404]:
        """The posts that name this one, one to a line."""

    @abstractmethod
    def feed(
        self, author: models.Handle | None, last_event_id: str | None
    ) -> AsyncIterator[Event[models.Post | models.Likes | str] | Feed200]:
        """Follow everything that happens.

        With Last-Event-ID the feed goes on after that event, with nothing missed.
        """

    @abstractmethod
    async def authenticate_member(self, token: str) -> Caller | None:
        """The token that came with the account."""
