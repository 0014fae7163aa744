"""Local stand-ins for providers: programs of their own that speak the provider's own language."""
