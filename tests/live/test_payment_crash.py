"""kill -9 at named points of buying, announcements and refunds: each payment is credited once.

Each round is one person's purchase; the program that reaches the armed point dies there, for real.
Everybody then does what they would do: the browser tries again with the same key, the provider sends
its announcement again, and the jobs of every few seconds and minutes go on with what is left.
"""

from __future__ import annotations

import contextlib
import http.client
import re
import signal
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from fantooo.domain.viewer import Viewer
from fantooo.embedded import process
from fantooo.services import credits, payments, refund_progress, webhooks
from tests.live.load import Caller
from tests.support import dying, factories
from tests.support.cluster import Cluster, Place
from tests.support.paystack import PaystackSimulator
from tests.support.server import LiveServer

_PAID, _CREDITS = 400, 50
_MADE = re.compile(r"/credits/payments/([0-9a-f-]{36})")
_SECONDS = 60.0


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    """Durable servers of our own."""
    made = Cluster(durable=True)
    made.start()
    yield made.place
    made.stop()


@pytest.fixture
def points(tmp_path: Path) -> Path:
    folder = tmp_path / "points"
    folder.mkdir()
    return folder


@pytest.fixture
def server(
    place: Place, tmp_path: Path, points: Path, paystack: PaystackSimulator
) -> Iterator[LiveServer]:
    made = LiveServer(
        place, tmp_path, served="tests.support.dying:app", flask="tests.support.dying",
        **paystack.settings,
    )  # fmt: skip
    made.env[dying.FOLDER] = str(points)
    # An announcement that found nobody is sent again after some seconds, not after three minutes.
    paystack.set(webhook_url=f"{made.url}/webhooks/paystack", speed=90, refund_seconds=0.5)
    made.start("web", "worker", "scheduler")
    yield made
    made.stop()


def of(part: str) -> list[str]:
    return [name for name in dying.POINTS if name.startswith(part)]


@pytest.mark.parametrize("part", ["buy", "webhook", "refund"])
def test_dying(
    server: LiveServer, paystack: PaystackSimulator, points: Path, part: str, full: bool
) -> None:
    with server.acting():
        package = factories.package(price=_PAID, credits=_CREDITS)
        admin = Caller(server, factories.admin())
    with contextlib.closing(admin):
        for point in of(part):
            for _ in range(20 if full else 1):
                _one(server, paystack, points, point, package, admin)
    _time_passes(server, paystack)
    _check(server, paystack, part)


def _one(
    server: LiveServer,
    paystack: PaystackSimulator,
    points: Path,
    point: str,
    package: UUID,
    admin: Caller,
) -> None:
    """A purchase, and its refund when it is about that, during which the armed program dies."""
    with server.acting():
        buyer = Caller(server, factories.user())
    if not point.startswith("refund"):
        flag = dying.arm(points, point)
    with contextlib.closing(buyer):
        purchase = _buy(buyer, package, mpesa="prompt" in point)
    _pay(server, paystack, purchase, buyer.viewer)
    if point.startswith("refund"):
        server.wait_for("SELECT status = 'success' FROM transactions WHERE id = %s", purchase)
        flag = dying.arm(points, point)
        _give_back(server, paystack, admin, purchase)
    assert process.wait_until(lambda: not flag.exists(), seconds=_SECONDS), (
        f"nobody came by: {point}\n{server.log_text()[-3000:]}"
    )
    if dying.POINTS[point][0] == "worker":
        # What a service manager does for a program that died; gunicorn replaces its own workers.
        assert server.processes["worker"].wait(_SECONDS) == -signal.SIGKILL
        server.start("worker")
    assert process.wait_until(server.answers, seconds=_SECONDS)


def _persist(caller: Caller, path: str, form: dict[str, object]) -> str:
    """Presses the same button until there is an answer, like somebody whose line broke."""
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until:
        try:
            status, body = caller.ask("POST", path, form)
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
            continue
        assert status == 303, (status, body)
        return body
    raise AssertionError("no answer")


def _buy(buyer: Caller, package: UUID, *, mpesa: bool) -> UUID:
    form = {
        "package_id": package,
        "key": uuid.uuid4(),
        "channel": "mpesa" if mpesa else "checkout",
        "phone": "0712 345 678" if mpesa else "",
    }
    made = _MADE.search(_persist(buyer, "/credits/buy", form))
    assert made
    return UUID(made.group(1))


def _pay(server: LiveServer, paystack: PaystackSimulator, purchase: UUID, buyer: Viewer) -> None:
    """The payer approves, if the provider ever heard of the payment."""
    reference = server.one("SELECT provider_reference FROM transactions WHERE id = %s", purchase)
    known = {each["reference"]: each["status"] for each in paystack.state()["transactions"]}
    if reference in known and known[reference] != "success":
        paystack.finish(reference)


def _give_back(
    server: LiveServer, paystack: PaystackSimulator, admin: Caller, purchase: UUID
) -> None:
    form = {"amount": _PAID, "reason": "Bought by mistake", "key": uuid.uuid4()}
    _persist(admin, f"/admin/payments/{purchase}/refund", form)


def _time_passes(server: LiveServer, paystack: PaystackSimulator) -> None:
    """What the clock brings: announcements once more, the sweeps, and the provider's next steps."""
    with server.place.connect(server.database) as connection:
        # Whoever asked for a refund and died keeps others from asking for five minutes.
        connection.execute("UPDATE transactions SET created_at = created_at - interval '6 minutes'")
        connection.execute(
            "UPDATE transactions SET provider_response = provider_response - 'asked_at'"
            " WHERE type = 'refund' AND status IN ('pending', 'processing')"
        )
    later = datetime.now(UTC) + timedelta(minutes=5)
    with server.acting():
        refund_progress.settle_open(later)
    for refund in paystack.state()["refunds"]:
        if refund["status"] in ("pending", "processing"):
            paystack.move_refund(refund["id"], "processed")
    announced = process.wait_until(
        lambda: all(each["state"] == "delivered" for each in paystack.webhooks()),
        seconds=_SECONDS,
    )
    assert announced, [(each["event"], each["state"]) for each in paystack.webhooks()]
    with server.acting():
        webhooks.process_stored(later)
        payments.settle_open(later)
        refund_progress.settle_open(later)


def _check(server: LiveServer, paystack: PaystackSimulator, part: str) -> None:
    """Both sides agree on every payment and refund, and nothing is left half done."""
    paid = {
        each["reference"]
        for each in paystack.state()["transactions"]
        if each["status"] in ("success", "reversed")
    }
    with server.place.connect(server.database) as connection:
        purchases = connection.execute(
            "SELECT x.provider_reference, x.status, count(DISTINCT t.id), count(DISTINCT r.id)"
            " FROM transactions AS x LEFT JOIN credit_transfers AS t ON t.cause_id = x.id"
            " LEFT JOIN receipts AS r ON r.transaction_id = x.id"
            " WHERE x.type = 'purchase' GROUP BY x.id"
        ).fetchall()
        refunds = connection.execute(
            "SELECT status, count(*) FROM transactions WHERE type = 'refund' GROUP BY status"
        ).fetchall()
        balances = connection.execute(
            "SELECT u.credits - 10, count(t.id) FROM real_users AS u LEFT JOIN transactions AS t"
            " ON t.real_user_id = u.id AND t.type = 'purchase' GROUP BY u.id"
        ).fetchall()
        undone = connection.execute(
            "SELECT event, status FROM webhook_events WHERE status <> 'processed'"
            " AND event NOT LIKE 'refund.%%'"
        ).fetchall()
    given_back = part == "refund"
    credited = {row[0] for row in purchases if row[1] in ("success", "refunded")}
    assert credited == paid, "who paid has credits, and nobody else"
    for reference, status, transfers, receipts in purchases:
        once = int(reference in paid)
        assert (transfers, receipts) == (once, once), (reference, status, transfers, receipts)
        assert status == (("refunded" if given_back else "success") if once else "failed")
    wanted = {0} if given_back else {0, _CREDITS} if part == "buy" else {_CREDITS}
    assert {row[0] for row in balances} <= wanted
    assert all(row[1] == 1 for row in balances), "one wish is one order"
    if given_back:
        assert refunds == [("success", len(purchases))]
        asked = [each["transaction_reference"] for each in paystack.state()["refunds"]]
        assert sorted(asked) == sorted(paid), "asked for once each"
    else:
        assert refunds == []
    assert undone == []
    with server.acting():
        assert credits.verify_ledger() == []
    print(f"\n[crash] {part}: {len(purchases)} purchases, {len(paid)} paid and credited once")
