"""The demo world: invented characters, people and conversations, for development and tests."""

from fantooo.demo.people import logins

__all__ = ["logins"]
