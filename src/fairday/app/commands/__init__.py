"""Hold one module for each further command; each has `register(app)`, which adds its command to the typer app."""
