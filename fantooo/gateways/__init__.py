"""What is outside of Fantooo, one module each; `doubles` holds what stands in for it locally."""
