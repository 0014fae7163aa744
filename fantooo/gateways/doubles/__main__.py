"""Starts one double: ``python fantooo/gateways/doubles NAME --home DIRECTORY --port PORT ...``."""

from __future__ import annotations

import importlib
import sys
import types
from pathlib import Path

NAMES = ("mail", "paystack")


def main() -> int:
    """Serves until SIGTERM or Ctrl-C."""
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in NAMES:
        sys.exit(f"Which double? One of: {', '.join(NAMES)}")
    _make_importable()
    server = importlib.import_module(f"fantooo.gateways.doubles.{name}.server")
    return int(server.main(sys.argv[2:]))


def _make_importable() -> None:
    """Lets the doubles be imported without the product, which takes seconds to load."""
    root = Path(__file__).resolve().parents[2]
    # Else the directory of this file comes first, and its modules hide others of their name.
    sys.path[0] = str(root.parent)
    bare = types.ModuleType("fantooo")
    bare.__path__ = [str(root)]
    sys.modules.setdefault("fantooo", bare)


if __name__ == "__main__":
    sys.exit(main())
