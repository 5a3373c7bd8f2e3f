"""Ends what the tests started, should they be killed before they end it themselves."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

# Its input ends with the process that holds the other end, however that comes about.
WATCH = "cat >/dev/null; kill -s KILL -- -$0 2>/dev/null"


def watched(leader: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
    """A process that kills the leader's process group once this one is gone."""
    return subprocess.Popen(
        ["sh", "-c", WATCH, str(leader.pid)],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )


def unwatched(watchdog: subprocess.Popen[bytes]) -> None:
    """Ends the watching: the leader's number may soon be another's."""
    assert watchdog.stdin is not None
    watchdog.kill()
    watchdog.wait()
    watchdog.stdin.close()


@contextmanager
def guarded(leader: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """A process at the head of a session of its own, killed in the end."""
    watchdog = watched(leader)
    try:
        yield leader
    finally:
        unwatched(watchdog)
        leader.kill()
        leader.wait()
        if leader.stdout is not None:
            leader.stdout.close()
