"""What players and watchers see. Yours: gen wrote it once and never touches it again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from game_client import models
from game_client.sync import MessagingClient
from game_service import Settings, create_app, serving
from handlers import GameHandlers


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """Where the sockets of a service are that runs as long as the test."""
    settings = Settings(database_url=f"sqlite:///{tmp_path}/test.db", port=0)
    with serving(create_app(GameHandlers(), settings)) as url:
        yield url.replace("http", "ws", 1)


def moved(mark: models.Mark, field: int) -> models.Move:
    return models.Move(type="move", mark=mark, field=field)


def test_play(url: str) -> None:
    with (
        MessagingClient(url) as player,
        MessagingClient(url) as watcher,
        player.tell_state(table_id="green") as seen_by_player,
        watcher.tell_state(table_id="green") as seen_by_watcher,
    ):
        player.play("green", moved("x", 4))
        states = [next(seen_by_player).body, next(seen_by_watcher).body]
    assert [state.board.index("x") for state in states] == [4, 4]
    assert [state.turn for state in states] == ["o", "o"]


def test_a_move_out_of_turn_changes_nothing(url: str) -> None:
    with (
        MessagingClient(url) as player,
        player.tell_state(table_id="green") as states,
    ):
        player.play("green", moved("o", 0))
        player.play("green", moved("x", 1))
        assert next(states).body.board == ["", "x", *[""] * 7]


def test_tell_state_only_to_those_at_the_table(url: str) -> None:
    with (
        MessagingClient(url) as player,
        MessagingClient(url) as elsewhere,
        player.tell_state(table_id="green") as green,
        elsewhere.tell_state(table_id="red") as red,
    ):
        player.play("green", moved("x", 0))
        assert next(green).body.board[0] == "x"
        player.play("red", moved("x", 8))
        assert next(red).body.board == [*[""] * 8, "x"]


def test_ask_score(url: str) -> None:
    with MessagingClient(url) as player, player.tell_state(table_id="green") as states:
        for mark, field in zip("xoxox", (0, 3, 1, 4, 2), strict=True):
            player.play("green", moved("x" if mark == "x" else "o", field))
        assert [next(states).body.winner for _ in range(5)] == [*[None] * 4, "x"]
        player.play("green", moved("o", 0))
        player.play("green", models.Resignation(type="resignation", mark="x"))
        assert [next(states).body.winner for _ in range(2)] == [None, "o"]
        request = models.ScoreRequest(type="score-request", id="q1")
        score = player.ask_score("green", request)
    assert (score.x, score.o, score.draws) == (1, 1, 0)
