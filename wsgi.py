"""The application for gunicorn and the Flask CLI: ``wsgi:app``."""

from fantooo import create_app
from jobs.schedule import SCHEDULE

app = create_app()
app.extensions["fantooo_schedule"] = SCHEDULE
