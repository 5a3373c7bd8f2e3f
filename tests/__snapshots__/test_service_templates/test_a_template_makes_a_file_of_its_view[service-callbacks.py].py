"""What the service tells its callers, at a URL that they gave: `callbacks.<operation>.<callback>`."""

from __future__ import annotations

from .runtime.callbacks import CallbackTarget

PLAY_DONE: CallbackTarget[None] = CallbackTarget()


class PlayCallbacks:
    """Callbacks."""

    done = PLAY_DONE


play = PlayCallbacks()
