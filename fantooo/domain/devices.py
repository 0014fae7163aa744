"""What a browser says of itself, in plain words: "Chrome on Android". A guess, and said as one."""

from __future__ import annotations

#: sign in the user agent -> words; the first that is there counts, so forks come before origins
_BROWSERS = (
    ("OPR/", "Opera"),
    ("OPT/", "Opera"),
    ("Opera Mini", "Opera Mini"),
    ("EdgA/", "Edge"),
    ("Edg/", "Edge"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("UCBrowser/", "UC Browser"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("KAIOS", "KaiOS"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def describe(user_agent: str) -> str:
    """``Chrome on Android``; the half that is known, or ``Unknown device``."""
    browser = next((words for sign, words in _BROWSERS if sign in user_agent), "")
    system = next((words for sign, words in _SYSTEMS if sign in user_agent), "")
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or "Unknown device"
