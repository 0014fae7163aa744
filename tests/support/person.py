"""Somebody at a browser: signs in, looks, types; collects what went wrong on their pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Error,
    Locator,
    Page,
    Response,
    WebSocketRoute,
    expect,
)

from fantooo.domain.viewer import Viewer
from tests.support import factories
from tests.support.server import LiveServer

Frame = dict[str, Any]


class Person:
    """One browser context and its first page. ``errors`` must be empty when the test ends."""

    def __init__(self, server: LiveServer, context: BrowserContext) -> None:
        self.server = server
        self.context = context
        self.viewer: Viewer | None = None
        self.errors: list[str] = []
        context.on("page", self._watch)
        self.page = context.new_page()

    def become(self, viewer: Viewer) -> Person:
        """Signs in as somebody a factory made, without walking through the login page."""
        self.viewer = viewer
        cookie = self.server.cookie(self.server.sign_in(viewer))
        self.context.add_cookies([cookie])  # type: ignore[list-item]
        return self

    def as_user(self, credits: int | None = None, **changes: object) -> Person:
        """Becomes a new user."""
        with self.server.acting():
            made = factories.user(credits, **changes)
        return self.become(made)

    def as_operator(self, *, available: bool = True, **changes: object) -> Person:
        """Becomes a new operator."""
        with self.server.acting():
            made = factories.operator(available=available, **changes)  # type: ignore[arg-type]
        return self.become(made)

    def as_admin(self, role: str = "super_admin") -> Person:
        """Becomes a new admin."""
        with self.server.acting():
            made = factories.admin(role)
        return self.become(made)

    def open_chat(self, character_id: UUID) -> UUID:
        """Opens the chat with a character and its page."""
        assert self.viewer is not None
        with self.server.acting():
            chat_id = factories.open_chat(self.viewer, character_id)
        self.page.goto(f"/chat/{chat_id}")
        return chat_id

    # At a conversation, on either side

    @property
    def field(self) -> Locator:
        """Where a message is typed."""
        return self.page.get_by_placeholder("Type a message...")

    @property
    def send_button(self) -> Locator:
        return self.page.get_by_role("button", name="Send message")

    def say(self, text: str) -> None:
        """Types a message and presses the button."""
        self.field.fill(text)
        self.send_button.click()

    def bubble(self, text: str) -> Locator:
        """The stored messages with this text; what only waits to be sent does not count."""
        return self.page.locator("#messages > li.bubble").filter(has_text=text)

    def pending(self, text: str = "") -> Locator:
        """What was sent here and is not confirmed yet."""
        return self.page.locator("#pending > li.bubble").filter(has_text=text)

    def texts(self) -> list[str]:
        """The stored messages on the page, in order, without the hidden words before them."""
        return self.page.locator("#messages .bubble-text").evaluate_all(
            "(all) => all.map((one) => one.lastChild.textContent.trim())"
        )

    def wait_until_live(self) -> None:
        """Waits until the server has confirmed that this page hears everything, and it caught up."""
        expect(self.page.locator("html")).to_have_attribute("data-socket", "ready")
        expect(self.page.locator("#messages[data-catching-up]")).to_have_count(0)

    def without_socket(self) -> None:
        """Loads the page anew with a socket that is never ready: messages go as forms, no push comes."""
        self.page.route_web_socket("**/ws", lambda _line: None)
        self.page.reload()

    def meet_messages(self, answer: Callable[[Frame, Callable[[], None]], Frame | None]) -> None:
        """Loads the page anew; ``answer`` meets each message that leaves over its socket.

        It is given the frame and what passes it on, and returns what the page is answered at once.
        """

        def serve(line: WebSocketRoute) -> None:
            server = line.connect_to_server()

            def heard(text: str | bytes) -> None:
                frame = json.loads(text)
                if frame["type"] != "send":
                    server.send(text)
                elif said := answer(frame, lambda: server.send(text)):
                    told = {"type": "answer", "client_id": frame["client_id"], **said}
                    line.send(json.dumps(told))

            line.on_message(heard)

        self.page.route_web_socket("**/ws", serve)
        self.page.reload()
        self.wait_until_live()

    def remember_page(self) -> None:
        """Marks the document, for ``is_same_page``."""
        self.page.evaluate("window.stayed = true")

    def is_same_page(self) -> bool:
        """Whether the document is still the marked one: nothing was loaded anew."""
        return bool(self.page.evaluate("window.stayed === true"))

    def look_away(self) -> None:
        """As if another tab lay before this page; a headless browser has no such thing."""
        self._visibility("hidden")

    def look_again(self) -> None:
        self._visibility("visible")

    def _visibility(self, state: str) -> None:
        self.page.evaluate(
            """(state) => {
                Object.defineProperty(document, 'visibilityState',
                    { value: state, configurable: true });
                document.dispatchEvent(new Event('visibilitychange'));
            }""",
            state,
        )

    def _watch(self, page: Page) -> None:
        page.on("pageerror", self._on_error)
        page.on("console", self._on_console)
        page.on("response", self._on_response)

    def _on_error(self, error: Error) -> None:
        if error.message.startswith("Transition was aborted"):
            return  # the browser skipped a view transition before any script of the page had begun
        self.errors.append(f"{error.message}\n{error.stack or ''}")

    def _on_console(self, message: ConsoleMessage) -> None:
        # Browsers also log answers such as 402 and sockets that a test cuts; those are meant.
        if message.type == "error" and "Content Security Policy" in message.text:
            self.errors.append(message.text)

    def _on_response(self, response: Response) -> None:
        if response.status >= 500 and response.status != 503:
            self.errors.append(f"{response.status} from {response.request.method} {response.url}")
