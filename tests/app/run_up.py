"""Run `fairday up` with the tiny application instead of the real one: `python run_up.py [--lan] [FACTORY]`."""

import asyncio
import sys
from functools import partial

from fairday.app import up
from fairday.app.settings import Settings, SetUpError

if __name__ == "__main__":
    has_lan = "--lan" in sys.argv
    factory = next((word for word in sys.argv[1:] if word != "--lan"), "tiny_app:create_app")
    plan = up.Plan(has_worker=False, has_crowd=False, has_demo=False, factory=factory, has_lan=has_lan)
    try:
        asyncio.run(up.run(Settings.from_env(), plan, partial(print, flush=True)))
    except SetUpError as error:
        print(error, flush=True)
        sys.exit(1)
