"""Give red packets (红包): a sum in shares that people grab, equal or lucky, from a wallet or a campaign's budget.

Owns: packets, their shares, who was invited, grabs, the limits of what members send.
Promises: shares are made at send, at least one minor unit each, and sum to the total exactly (R60); the place of a grab gives no
advantage (R61); each share is had once, each natural person has at most one; shares had and what came back are what was funded
(R62, I43); the rest goes back to where the money came from, once, 24 hours after the start (R63); nothing is created at a grab (R64).
Calls: ledger (the packet's own account), members (who is who).
Announces: redpackets.Sent, redpackets.Grabbed, redpackets.Ended.
"""
