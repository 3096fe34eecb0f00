"""Sell a few pieces to the first who come, in the order in which the server accepts them.

Owns: flash sales, the places in them, and the log that proves who came when.
Promises: exactly min(places, eligible) people hold or bought a place, nobody two; who does not pay in time gives the place to the next
in line; the log is append-only, hash-chained and can be verified by anybody (R44, R48, R49, I13, I17).
Calls: members (who is whom), catalog (what is sold), stock (sets the goods aside).
Announces: flashsales.Entered, flashsales.Promoted, flashsales.Lapsed.
"""
