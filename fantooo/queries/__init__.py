"""Every read that is more than a get: scoped to a viewer, keyset-paged, returning small dataclasses."""
