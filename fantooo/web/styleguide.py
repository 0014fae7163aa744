"""``/styleguide``: every building block in every state, for those who build. Not in production."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

blueprint = Blueprint("styleguide", __name__)


@blueprint.get("/styleguide")
def show() -> ResponseReturnValue:
    """All macros of ``macros/ui.html`` and the tokens they are made of."""
    return render_template("pages/styleguide.html")
