"""Blueprints by audience. A route parses, guards, calls one service or query, renders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fantooo.web import (
    admin,
    admin_shop,  # noqa: F401 (adds its routes to those of admin)
    admission,
    breaks,  # noqa: F401 (adds its routes to those of user)
    chat,
    closing,  # noqa: F401 (the same)
    credits,
    disputes,
    errors,
    giving,
    guards,
    headers,
    health,
    leaving,  # noqa: F401 (adds its routes to those of user and people)
    me,  # noqa: F401 (adds its routes to those of user)
    media,
    operator,
    people,
    photos,  # noqa: F401 (adds its routes to those of user)
    public,
    request_log,
    sizes,
    styleguide,
    templating,
    user,
    verifying,  # noqa: F401 (adds its routes to those of people)
    webhooks,
)

if TYPE_CHECKING:
    from flask import Flask


def install(app: Flask) -> None:
    """Wires requests, errors, templates and all blueprints into ``app``."""
    request_log.install(app)
    sizes.install(app)
    admission.install(app)
    guards.install(app)
    headers.install(app)
    errors.install(app)
    templating.install(app)
    for module in (
        *(public, people, user, chat, credits, operator, admin, giving, disputes),
        *(health, media, webhooks),
    ):
        app.register_blueprint(module.blueprint)
    if not app.config["SETTINGS"].is_production:
        app.register_blueprint(styleguide.blueprint)
