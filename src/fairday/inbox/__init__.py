"""Tell members what happened to what is theirs: one message for each fact, read marks, gone after 90 days.

Owns: messages.
Promises: a fact is told to a member once, however often its event is read; nobody reads another's messages.
Calls: coupons (whose claim it was, which end soon), redpackets (for whom a packet is).
Announces: nothing; it reads the log of events.
"""
