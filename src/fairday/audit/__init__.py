"""Show who did what among the staff, and keep the chain that proves that nobody changed it afterwards.

Owns: nothing of its own; the rows and their seals are the kernel's, for they are written in the transaction of the deed.
Promises: a committed staff write has exactly one row; a changed, deleted or inserted row is named (I64, X36); a merchant
sees what concerns it and nothing else, an operator sees all.
Calls: the kernel.
Announces: nothing. The head of the chain is written outside the database once a minute.
"""
