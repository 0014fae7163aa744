"""For machines: alive, ready, metrics."""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterator

import structlog
from flask import Blueprint, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from fantooo.domain.errors import NotFound
from fantooo.extensions import csrf
from fantooo.infra.client_address import client_address
from fantooo.services import checks, gauges

log = structlog.get_logger(__name__)
blueprint = Blueprint("health", __name__)
csrf.exempt(blueprint)


class _Gauges(Collector):
    """The readings of the database; without it only what the processes counted is told."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            readings = gauges.readings()
        except SQLAlchemyError as error:
            log.warning("gauges_unreadable", error_type=type(error).__name__)
            return
        families: dict[str, GaugeMetricFamily] = {}
        for reading in readings:
            family = families.setdefault(
                reading.name,
                GaugeMetricFamily(reading.name, reading.meaning, labels=list(reading.labels)),
            )
            family.add_metric(list(reading.labels.values()), reading.value)
        yield from families.values()


@blueprint.get("/health")
def alive() -> ResponseReturnValue:
    """200 as long as the process answers."""
    return jsonify(status="ok")


@blueprint.get("/health/ready")
def ready() -> ResponseReturnValue:
    """200 when healthy, else 503 with status degraded or unhealthy.

    For people and monitors; a load balancer asks with ``?for=web``, so that a stopped worker does
    not take the web away. Which check failed is only for those who may see details.
    """
    for_web = request.args.get("for") == "web"
    found = checks.health(checks.FOR_WEB if for_web else checks.FOR_HEALTH)
    body: dict[str, object] = {"status": found.status}
    if _may_see_details():
        body["checks"] = found.checks
    return jsonify(body), 200 if found.status == "healthy" else 503


@blueprint.get("/metrics")
def metrics() -> ResponseReturnValue:
    """Prometheus metrics of all web workers and of the database, for those who may see details."""
    if not _may_see_details():
        raise NotFound
    registry = CollectorRegistry()
    registry.register(_Gauges())
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        counted = b""
    else:
        counted = generate_latest(REGISTRY)
    return Response(counted + generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_see_details() -> bool:
    """METRICS_TOKEN as a bearer token; outside of production loopback too.

    In production a proxy on the same machine would make everybody look like loopback.
    """
    settings = current_app.config["SETTINGS"]
    token: str = settings.metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    return not settings.is_production and client_address() in ("127.0.0.1", "::1")
