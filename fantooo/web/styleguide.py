"""``/styleguide``: every building block in every state, for those who build. Not in production."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue

from fantooo.web.headers import CONTENT_SECURITY_POLICY

blueprint = Blueprint("styleguide", __name__)


@blueprint.get("/styleguide")
def show() -> ResponseReturnValue:
    """All macros of ``macros/ui.html`` and the tokens they are made of.

    ``framed`` names a theme: then only pieces that follow the width, for the frames of the guide.
    """
    theme = request.args.get("framed", "")
    if theme not in ("light", "dark"):
        return render_template("pages/styleguide.html")
    answer = make_response(render_template("pages/styleguide_framed.html", theme=theme))
    # The guide itself may hold it, as nobody may any other page.
    answer.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY.replace(
        "frame-ancestors 'none'", "frame-ancestors 'self'"
    )
    return answer
