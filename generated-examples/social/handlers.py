"""What the operations do. Yours: gen wrote it once and never touches it again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

from network import Network, Taken
from social_service import Caller, Event, Handlers, models
from social_service.responses import (
    DeletePost404,
    Feed200,
    GetPost404,
    LikePost404,
    ListMentions404,
    ListPosts404,
    SignUp409,
)

NO_POST = models.Refusal(title="No such post")


class SocialHandlers(Handlers):
    """A network that is gone when the service stops."""

    def __init__(self, network: Network | None = None) -> None:
        self.network = network or Network()

    async def sign_up(self, body: models.AccountRequest) -> models.Account | SignUp409:
        try:
            token = self.network.sign_up(body.handle, body.password)
        except Taken:
            return SignUp409(models.Refusal(title="Somebody else has that name"))
        return models.Account(
            handle=body.handle, name=body.name, token=token, joined=datetime.now(UTC)
        )

    async def create_post(
        self, body: models.PostRequest, caller: Caller
    ) -> models.Post:
        return self.network.post(caller.id, body)

    async def list_posts(
        self, author: models.Handle | None, cursor: str | None, limit: int
    ) -> models.Page | ListPosts404:
        if cursor is not None and not cursor.isdecimal():
            return ListPosts404(models.Refusal(title="No such page"))
        found = self.network.before(int(cursor) if cursor else None, author)
        page = models.Page(posts=list(found[:limit]))
        if len(found) > limit:
            page.next = str(self.network.numbers[found[limit - 1].id])
        return page

    async def get_post(self, post_id: UUID) -> models.Post | GetPost404:
        return self.network.posts.get(post_id) or GetPost404(NO_POST)

    async def delete_post(self, post_id: UUID, caller: Caller) -> None | DeletePost404:
        post = self.network.posts.get(post_id)
        if post is None or post.author != caller.id:
            return DeletePost404(NO_POST)
        self.network.delete(post)
        return None

    async def like_post(
        self, post_id: UUID, caller: Caller
    ) -> models.Likes | LikePost404:
        post = self.network.posts.get(post_id)
        if post is None:
            return LikePost404(NO_POST)
        return self.network.like(post, caller.id)

    async def list_mentions(
        self, post_id: UUID
    ) -> AsyncIterator[models.Post | ListMentions404]:
        if post_id not in self.network.posts:
            yield ListMentions404(NO_POST)
        for post in self.network.mentioning(post_id):
            yield post

    async def feed(
        self, author: models.Handle | None, last_event_id: str | None
    ) -> AsyncIterator[Event[models.Post | models.Likes | str] | Feed200]:
        news = self.network.news
        known = last_event_id is not None and last_event_id.isdecimal()
        seen = int(last_event_id or 0) if known else news.latest
        yield Feed200()  # the caller sees that it follows, before anything happens
        while True:
            for one in await news.after(seen):
                seen = one.number
                if author in (None, one.author):
                    yield Event(one.told, event=one.name, id=str(one.number))

    async def authenticate_member(self, token: str) -> Caller | None:
        handle = self.network.tokens.get(token)
        return Caller(id=handle) if handle else None
