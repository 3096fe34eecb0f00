"""Compose the program: web workers, the background worker, the command line, and the table of reactions."""
