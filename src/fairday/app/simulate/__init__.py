"""Play a crowd against a running Fairday, only through its public HTTP API: members, clerks and merchants.

`world` gets ready (signs in, makes members and tills), `member_acts` and `staff_acts` are what people do, `crowd` lets
them arrive at a rate whatever the answers take, `tally` counts what came back.
"""
