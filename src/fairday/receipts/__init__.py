"""Take in merchants' till receipts, clean them and say what was wrong. Source: S38, S39.

Owns: receipts and their lines as the merchants' tills wrote them, import runs and their cleaning reports.
Promises: a file imported twice changes nothing; good rows are kept, each bad one is named with line, column and reason; a
    receipt counts once: what it revises or corrects stays, but counts no more; a total is the sum of its lines.
Calls: places (stores), catalog (matching by GTIN, external id and name).
Announces: receipts.Imported.
"""
