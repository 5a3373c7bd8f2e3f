"""Ids that cannot be guessed, from random bytes that are asked for in blocks.

Asking the system for every id costs as much as the rest of accepting a job: it hands the
interpreter to another thread each time.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from threading import Lock

BITS = 128
BLOCK = 256


def new_id(prefix: str) -> str:
    """The prefix, and 128 random bits in 22 characters that need no quoting in a URL."""
    with _lock:
        bits = next(_bits)
    return prefix + urlsafe_b64encode(bits)[:22].decode()


def _blocks() -> Iterator[bytes]:
    while True:
        size = BITS // 8
        block = os.urandom(size * BLOCK)
        for start in range(0, len(block), size):
            yield block[start : start + size]


def _start() -> None:
    global _bits, _lock
    _bits, _lock = _blocks(), Lock()


_bits: Iterator[bytes]
_lock: Lock
_start()
os.register_at_fork(after_in_child=_start)  # parent and child must not share a block
