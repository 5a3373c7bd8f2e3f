"""The network behind the service: accounts, posts, and the news of them, kept in memory."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

from social_service import models

Shown = models.TextPost | models.PhotoPost | models.PollPost
Written = models.TextPostRequest | models.PhotoPostRequest | models.PollPostRequest

KINDS: dict[str, type[Shown]] = {
    "text": models.TextPost,
    "photo": models.PhotoPost,
    "poll": models.PollPost,
}


class Taken(Exception):
    """Somebody else has that name."""


@dataclass(frozen=True)
class Happening:
    """Something that happened to a post."""

    number: int
    name: str
    author: str
    told: Shown | models.Likes | str


@dataclass
class News:
    """What happened, in order: whoever follows misses nothing since the number seen last."""

    happenings: list[Happening] = field(default_factory=list)
    _next: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def latest(self) -> int:
        return len(self.happenings)

    def tell(self, name: str, author: str, told: Shown | models.Likes | str) -> None:
        self.happenings.append(Happening(self.latest + 1, name, author, told))
        came, self._next = self._next, asyncio.Event()
        came.set()

    async def after(self, number: int) -> list[Happening]:
        """What happened after a number; waits until something has."""
        while self.latest <= number:
            await self._next.wait()
        return self.happenings[number:]


@dataclass
class Network:
    """Accounts by name, tokens, and the posts in the order in which they were posted."""

    passwords: dict[str, bytes] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    posts: dict[UUID, Shown] = field(default_factory=dict)
    numbers: dict[UUID, int] = field(default_factory=dict)
    fans: dict[UUID, set[str]] = field(default_factory=dict)
    news: News = field(default_factory=News)

    def sign_up(self, handle: str, password: str) -> str:
        """The new account's token; raises Taken."""
        if handle in self.passwords:
            raise Taken(handle)
        salt = secrets.token_bytes(16)
        hashed = hashlib.scrypt(password.encode(), salt=salt, n=2**10, r=8, p=1)
        self.passwords[handle] = salt + hashed
        token = secrets.token_urlsafe(24)
        self.tokens[token] = handle
        return token

    def post(self, author: str, written: Written) -> Shown:
        id, created = uuid4(), datetime.now(UTC)
        known = {"id": id, "author": author, "created": created, "likes": 0}
        post = KINDS[written.kind].model_validate({**written.model_dump(), **known})
        self.posts[id] = post
        self.numbers[id] = max(self.numbers.values(), default=0) + 1
        self.news.tell("posted", author, post)
        return post

    def like(self, post: Shown, fan: str) -> models.Likes:
        fans = self.fans.setdefault(post.id, set())
        is_new = fan not in fans
        fans.add(fan)
        likes = models.Likes(post=post.id, likes=len(fans))
        if is_new:
            self.posts[post.id] = post.model_copy(update={"likes": len(fans)})
            self.news.tell("liked", post.author, likes)
        return likes

    def delete(self, post: Shown) -> None:
        del self.posts[post.id]
        self.news.tell("deleted", post.author, str(post.id))

    def before(self, number: int | None, author: str | None) -> list[Shown]:
        """The posts before a number, newest first."""
        return [
            post
            for id, post in reversed(self.posts.items())
            if number is None or self.numbers[id] < number
            if author is None or post.author == author
        ]

    def mentioning(self, id: UUID) -> list[Shown]:
        """The posts that name a post."""
        return [post for post in self.posts.values() if str(id) in said(post)]


def said(post: Shown) -> str:
    """What a post says in words."""
    match post:
        case models.TextPost():
            return post.text
        case models.PhotoPost():
            return post.caption if isinstance(post.caption, str) else ""
        case models.PollPost():
            return " ".join([post.question, *post.choices])
