"""Tell what files were brought in: who sent which one when, what came of it, and why rows were refused.

Owns: nothing; the kernel keeps the runs, for every room that imports.
Promises: a merchant sees its own runs only; runs are forgotten after a year.
Calls: identity (who sent it).
Announces: nothing.
"""
