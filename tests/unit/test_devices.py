"""Browsers in plain words."""

from __future__ import annotations

import pytest

from fantooo.domain.devices import describe

_ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (f"{_ANDROID} Chrome/131.0.0.0 Mobile Safari/537.36", "Chrome on Android"),
        (
            f"{_ANDROID} SamsungBrowser/27.0 Chrome/125.0 Mobile Safari/537.36",
            "Samsung Internet on Android",
        ),
        (f"{_ANDROID} Chrome/130.0 Mobile Safari/537.36 OPR/86.0", "Opera on Android"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1",
            "Safari on iPhone",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0 Safari/537.36 Edg/131.0",
            "Edge on Windows",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox on Linux"),
        ("Opera/9.80 (J2ME/MIDP; Opera Mini/9.80) Presto/2.12", "Opera Mini"),
        ("curl/8.5", "Unknown device"),
        ("", "Unknown device"),
        ("<script>", "Unknown device"),
    ],
)  # fmt: skip
def test_device(user_agent: str, words: str) -> None:
    assert describe(user_agent) == words
