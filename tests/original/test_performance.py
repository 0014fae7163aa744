"""Speed: how long one message takes."""

from __future__ import annotations

import statistics
import time

from flask import Flask

from tests.support import factories
from tests.support.pace import within


def test_should_maintain_sub_100ms_message_delivery(app: Flask) -> None:
    user = factories.user(credits=500)
    chat_id = factories.open_chat(user)
    factories.send(user, chat_id)
    took = []
    for _ in range(20):
        began = time.monotonic()
        factories.send(user, chat_id, "Test message")
        took.append(time.monotonic() - began)
    assert statistics.median(took) < within(0.1)
