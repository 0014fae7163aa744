"""Pure rules of the product. Standard library only, nothing here knows of a database or a request."""
