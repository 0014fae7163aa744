"""The browser of tests and screenshots: found on this machine, else installed, else a clear end."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, Playwright

from tests.support.pace import within

#: Chromium without windows draws the same and starts in half the time.
_SHELL = "chromium-headless-shell"
_OTHERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def launch(playwright: Playwright) -> Browser:
    """Chromium, the system's or Playwright's own; one is installed where none is."""
    arguments = ["--disable-background-networking", "--disable-gpu"]
    if os.geteuid() == 0:
        # Chromium's sandbox does not work for root.
        arguments.append("--no-sandbox")
    return playwright.chromium.launch(
        executable_path=_program(playwright),
        args=arguments,
        # Playwright turns it off; people have it, and the back button must be right with it.
        ignore_default_args=["--disable-back-forward-cache"],
    )


def until(page: Page, expression: str, arg: object = None) -> None:
    """Waits until ``expression`` is true on the page.

    ``Page.wait_for_function`` looks once and then compiles its text on the page, which the page's
    policy forbids. A page that leads on to another while it is asked is asked again there.
    """

    def holds() -> bool:
        try:
            return bool(page.evaluate(expression, arg))
        except Error as error:
            if "context was destroyed" not in error.message:
                raise
            return False

    deadline = time.monotonic() + within(10)
    while not holds():
        assert time.monotonic() < deadline, f"never true: {expression}"
        page.wait_for_timeout(50)


def _program(playwright: Playwright) -> str:
    # One process at a time: two that install at once get in each other's way.
    with (Path(tempfile.gettempdir()) / "fantooo-browser.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for attempt in (_shell, _install_shell, _any, _install_playwrights):
            found = attempt(playwright)
            if found:
                return found
    raise SystemExit(
        "There is no Chromium and none could be installed. Browser tests are never skipped:"
        " install the package chromium, or run `.venv/bin/python -m playwright install chromium`."
    )


def _shell(_playwright: Playwright) -> str | None:
    return shutil.which(_SHELL)


def _install_shell(playwright: Playwright) -> str | None:
    if shutil.which("apt-get") and os.geteuid() == 0:
        _try(["apt-get", "update", "-qq"])
        _try(["apt-get", "install", "-y", "-qq", "--no-install-recommends", _SHELL])
    return _shell(playwright)


def _any(playwright: Playwright) -> str | None:
    own = playwright.chromium.executable_path
    if Path(own).exists():
        return own
    return next(filter(None, map(shutil.which, _OTHERS)), None)


def _install_playwrights(playwright: Playwright) -> str | None:
    _try([sys.executable, "-m", "playwright", "install", "chromium"])
    return _any(playwright)


def _try(command: list[str]) -> None:
    print(f"Looking for a browser: {' '.join(command)}", file=sys.stderr, flush=True)
    try:
        subprocess.run(command, check=False, timeout=300, stdout=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        print("This took too long.", file=sys.stderr)
