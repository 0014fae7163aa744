"""Starts the simulator: ``python fantooo/gateways/doubles/paystack --home DIRECTORY --port PORT``.

The secret key comes from PAYSTACK_SECRET_KEY, because everybody can read a command line.
"""

from __future__ import annotations

import argparse
import os
import sys
import types
from pathlib import Path


def main() -> int:
    """Serves until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="paystack simulator", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="where its memory lies")
    parser.add_argument("--port", type=int, required=True, help="on loopback")
    parser.add_argument("--webhook-url", default=None, help="where events go; nowhere when empty")
    parser.add_argument(
        "--by-itself",
        action="store_true",
        help="phones answer and refunds move on without being told to",
    )
    given = parser.parse_args()
    secret = os.environ.get("PAYSTACK_SECRET_KEY", "")
    if not secret:
        parser.error("PAYSTACK_SECRET_KEY is not set")
    _make_importable()
    from fantooo.gateways.doubles.paystack import server  # noqa: PLC0415

    return server.serve(
        given.home, given.port, secret, webhook_url=given.webhook_url, by_itself=given.by_itself
    )


def _make_importable() -> None:
    """Lets this package be imported without the product, which takes seconds to load."""
    root = Path(__file__).resolve().parents[3]
    # Else the directory of this file comes first, and its modules hide others of their name.
    sys.path[0] = str(root.parent)
    bare = types.ModuleType("fantooo")
    bare.__path__ = [str(root)]
    sys.modules.setdefault("fantooo", bare)


if __name__ == "__main__":
    sys.exit(main())
