"""Every write: one public function is one unit of work."""
