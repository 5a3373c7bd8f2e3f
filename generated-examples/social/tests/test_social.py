"""What the service does for its callers. Yours: gen wrote it once and never touches it again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from handlers import SocialHandlers
from network import Network
from social_client import Event, errors, models
from social_client.sync import Client, ItemStream
from social_service import Settings, create_app, serving

Happening = Event[models.Post | models.Likes | str]


@pytest.fixture
def network() -> Network:
    return Network()


@pytest.fixture
def url(network: Network, tmp_path: Path) -> Iterator[str]:
    """A service that runs as long as the test."""
    settings = Settings(database_url=f"sqlite:///{tmp_path}/test.db", port=0)
    with serving(create_app(SocialHandlers(network), settings)) as url:
        yield url


def account(handle: str = "ada") -> models.AccountRequest:
    return models.AccountRequest(handle=handle, name="Somebody", password="analytical")


def member(url: str, handle: str) -> Client:
    """A client of a new member."""
    with Client(url) as client:
        return Client(url, member=client.accounts.sign_up(account(handle)).token)


@pytest.fixture
def ada(url: str) -> Iterator[Client]:
    with member(url, "ada") as client:
        yield client


@pytest.fixture
def bob(url: str) -> Iterator[Client]:
    with member(url, "bob") as client:
        yield client


def say(client: Client, text: str) -> models.TextPost:
    post = client.posts.create_post(models.TextPostRequest(kind="text", text=text))
    assert isinstance(post, models.TextPost)
    return post


def test_sign_up(url: str) -> None:
    with Client(url) as client:
        made = client.accounts.sign_up(account())
        assert (made.handle, bool(made.token)) == ("ada", True)
        with pytest.raises(errors.SignUp409Error):
            client.accounts.sign_up(account())


def test_a_password_is_never_shown(url: str) -> None:
    with Client(url) as client:
        assert "password" not in client.accounts.sign_up(account()).model_dump()


def test_create_post(ada: Client) -> None:
    choices = ["yes", "no"]
    body = models.PollPostRequest(kind="poll", question="Tea?", choices=choices)
    poll = ada.posts.create_post(body)
    assert isinstance(poll, models.PollPost)
    assert (poll.author, poll.likes, poll.choices) == ("ada", 0, choices)


def test_create_post_is_for_members_only(url: str) -> None:
    with Client(url) as nobody, pytest.raises(errors.ApiError) as refused:
        say(nobody, "Hello")
    assert refused.value.status == 401


def test_list_posts(ada: Client, bob: Client) -> None:
    posts = [say(ada, f"number {number}") for number in range(5)]
    say(bob, "hush")
    seen: list[models.Post] = []
    page = ada.posts.list_posts(author="ada", limit=2)
    while isinstance(page.next, str):
        seen += page.posts
        page = ada.posts.list_posts(author="ada", limit=2, cursor=page.next)
    assert [*seen, *page.posts] == posts[::-1]
    with pytest.raises(errors.ListPosts404Error):
        ada.posts.list_posts(cursor="yesterday")


def test_get_post(ada: Client) -> None:
    post = say(ada, "Hello")
    assert ada.posts.get_post(post.id) == post
    with pytest.raises(errors.GetPost404Error):
        ada.posts.get_post(UUID(int=1))


def test_delete_post(ada: Client, bob: Client) -> None:
    post = say(ada, "Oops")
    with pytest.raises(errors.DeletePost404Error):
        bob.posts.delete_post(post.id)
    ada.posts.delete_post(post.id)
    assert ada.posts.list_posts().posts == []


def test_like_post(ada: Client, bob: Client) -> None:
    post = say(ada, "Like me")
    counts = [client.posts.like_post(post.id).likes for client in (ada, bob, bob)]
    assert counts == [1, 2, 2]
    assert ada.posts.get_post(post.id).likes == 2


def test_list_mentions(ada: Client, bob: Client) -> None:
    post = say(ada, "Look")
    answers = [say(bob, f"{post.id}: nice"), say(ada, f"{post.id} again")]
    assert list(ada.posts.list_mentions(post.id)) == answers
    with pytest.raises(errors.ListMentions404Error):
        next(ada.posts.list_mentions(UUID(int=1)))


def following(stream: ItemStream[Happening], count: int) -> list[Happening]:
    return [next(stream) for _ in range(count)]


def test_feed(ada: Client, bob: Client) -> None:
    first = say(ada, "The first")
    with bob.feed.feed(author="ada", last_event_id="0") as feed:
        assert next(feed) == Event(first, "posted", "1")
        say(bob, "Not by ada")
        likes = bob.posts.like_post(first.id)
        ada.posts.delete_post(first.id)
        assert following(feed, 2) == [
            Event(likes, "liked", "3"),
            Event(str(first.id), "deleted", "4"),
        ]


def test_the_feed_goes_on_where_it_was_left(ada: Client) -> None:
    with ada.feed.feed(last_event_id="0") as feed:
        say(ada, "one")
        next(feed)
        last = feed.last_event_id
    two = say(ada, "two")
    with ada.feed.feed(last_event_id=last) as feed:
        assert next(feed).data == two
