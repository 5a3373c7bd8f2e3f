"""A service with subscriptions that is killed: prints its URL and works until then.

`python subscription_program.py DATABASE`
"""

from __future__ import annotations

import sys
from threading import Event

from delivery_api import application

from runtime.testing import serving

if __name__ == "__main__":
    _, app = application(sys.argv[1], delivery_schedule=(0.0, *(0.05,) * 999))
    with serving(app) as url:
        print(url, flush=True)
        Event().wait()
