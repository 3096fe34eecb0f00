"""Speak HTTP: a table of routes, one renderer of problems, one description of it all in OpenAPI 3.1."""
