"""``python -m bench [--pages | --crowd | --ledger] [--quick] [--idle N] [--json FILE]``."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import crowd, ledger, pages
from bench.database import pgbench
from bench.idle import Idle, IdleSockets
from bench.messages import Bench, Result
from bench.world import World
from fantooo.services import credits

RATES = (100, 300, 1000)


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--quick", action="store_true", help="shorter runs, 1,000 idle sockets")
    parser.add_argument("--idle", type=int, default=0, help="idle sockets at most")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--pages", action="store_true", help="pages instead of the send path")
    parser.add_argument("--crowd", action="store_true", help="1,000 people come at once")
    parser.add_argument("--ledger", action="store_true", help="the proof of a million movements")
    options = parser.parse_args()
    if options.ledger:
        proofs = ledger.run()
        _keep(options.json, {"ledger": [asdict(each) for each in proofs]})
        return int(any(proof.found < proof.planted for proof in proofs))
    if options.crowd:
        came = crowd.run()
        say(
            f"{came.people:,} people, two pages each at once: answered after {came.p50} s (half),"
            f" {came.p99} s (99 %), {came.last} s (all); goal {crowd.GOAL_SECONDS:.0f} s;"
            f" {came.statuses}"
        )
        _keep(options.json, {"crowd": asdict(came)})
        return int(set(came.statuses) != {200})
    if options.pages:
        found = pages.run(quick=options.quick)
        _keep(options.json, {name: [asdict(each) for each in all_] for name, all_ in found.items()})
        return 0
    seconds = 5.0 if options.quick else 12.0
    idle_most = options.idle or (1000 if options.quick else 5000)
    world = World()
    try:
        figures = run(world, seconds, idle_most)
    finally:
        world.close()
    _keep(options.json, figures)
    return 1 if figures["faults"] else 0


def _keep(path: Path | None, figures: dict[str, Any]) -> None:
    if path:
        path.write_text(json.dumps(figures, indent=1) + "\n")


def run(world: World, seconds: float, idle_most: int) -> dict[str, Any]:
    """Everything in one run, so that ratios hold."""
    server = world.start()
    pairs = world.pairs()
    say(
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}"
    )
    say(f"{len(pairs)} pairs, {world.workers} gevent workers; the generator shares the machine\n")
    bench = Bench(world, pairs)
    bench.paced(100, 2, "warm-up")
    results: list[Result] = []
    for rate in RATES:
        results.append(show(bench.paced(rate, seconds)))
        if results[-1].rate < 0.8 * rate:
            say(f"{'':<22} more than this machine can do now: higher rates are left out")
            break
    for _ in range(3):
        results.append(show(bench.saturate(seconds)))
    bench.by_form = True
    results.append(show(bench.saturate(seconds, "saturation, by form")))
    bench.by_form = False
    limit = pgbench(world, pairs, seconds=int(seconds))
    say(
        f"pgbench, the same function, 8 clients: {limit['rate']:,.0f}/s, {limit['ms']:.2f} ms a call"
    )
    best = max(r.rate for r in results if r.name == "saturation")
    say(f"saturation is {best / limit['rate']:.0%} of what PostgreSQL alone does here\n")
    idles = []
    idle = IdleSockets(world, bench.loop, idle_most)
    for wanted in sorted({min(1000, idle_most), idle_most}):
        idles.append(show_idle(idle.open_up_to(wanted)))
    results.append(show(bench.paced(300, seconds, f"300/s beside {idle_most} idle")))
    idle.close()
    bench.close()
    with server.acting():
        faults = credits.verify_ledger()
    say(f"ledger: {'clean' if not faults else faults}")
    wrong = sum(r.lost + r.doubled for r in results) + len(faults)
    return {
        "results": [
            {**asdict(r), "live": quantiles(r.live), "answers": quantiles(r.answers)}
            for r in results
        ],
        "pgbench": limit,
        "idle": [asdict(i) for i in idles],
        "faults": wrong,
    }


def quantiles(values: list[float]) -> dict[str, float]:
    return {f"p{int(s * 100)}": round(Result.percentile(values, s), 2) for s in (0.5, 0.95, 0.99)}


def show(result: Result) -> Result:
    live, answers = quantiles(result.live), quantiles(result.answers)
    busy = ", ".join(
        f"{name} {used / result.seconds:.0%}" for name, used in result.cpu.items() if used
    )
    say(
        f"{result.name:<22} {result.rate:>7,.0f} msg/s   to the other page p50/p95/p99"
        f" {live['p50']:.1f} / {live['p95']:.1f} / {live['p99']:.1f} ms   answer p50/p99"
        f" {answers['p50']:.1f} / {answers['p99']:.1f} ms   lost {result.lost}, doubled"
        f" {result.doubled}, answers {result.statuses}"
    )
    say(f"{'':<22} of a core: {busy}")
    return result


def show_idle(idle: Idle) -> Idle:
    say(f"{idle.sockets:,} idle sockets: {idle.kib:.1f} KiB each, opened in {idle.seconds:.1f} s")
    return idle


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
