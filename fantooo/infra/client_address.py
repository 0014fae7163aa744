"""The address a request comes from."""

from __future__ import annotations

import ipaddress

from flask import current_app, request


def client_address() -> str:
    """The client's address.

    ``X-Forwarded-For`` counts only when the connection comes from ``TRUSTED_PROXIES`` (networks,
    separated by commas); then it is the last address in it that is no trusted proxy.
    """
    peer = request.remote_addr or "unknown"
    trusted = [
        ipaddress.ip_network(part.strip(), strict=False)
        for part in current_app.config["SETTINGS"].trusted_proxies.split(",")
        if part.strip()
    ]
    if not trusted:
        return peer
    address = peer
    hops = [h.strip() for h in request.headers.get("X-Forwarded-For", "").split(",") if h.strip()]
    while _within(address, trusted) and hops:
        address = hops.pop()
        try:
            ipaddress.ip_address(address)
        except ValueError:
            return peer
    return address


def _within(address: str, networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks if network.version == parsed.version)
