"""A browser as in tests/browser, on servers whose clock stands at 14:00 in Nairobi."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.conftest import (  # noqa: F401 (fixtures and a hook, found by their names)
    _running,
    browser,
    new_person,
    playwright,
    pytest_runtest_makereport,
)
from tests.support.cluster import Place
from tests.support.paystack import PaystackSimulator
from tests.support.server import LiveServer


@pytest.fixture(scope="session")
def _server(
    place: Place, tmp_path_factory: pytest.TempPathFactory, _paystack: PaystackSimulator
) -> Iterator[LiveServer]:
    afternoon = {"fantooo_clock": "2026-11-24T11:00:00+00:00"}
    home = tmp_path_factory.mktemp("server")
    for server in _running(LiveServer(place, home, **afternoon, **_paystack.settings)):
        server.forget()
        yield server


@pytest.fixture
def live_server(_server: LiveServer) -> Iterator[LiveServer]:
    yield _server
    _server.forget()
