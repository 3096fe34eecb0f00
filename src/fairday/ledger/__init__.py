"""Keep the books: every movement of money as a transfer between two accounts, never changed afterwards.

Owns: accounts with their posted and held amounts, transfers, holds.
Promises: a posting's transfers succeed or fail together and post once per id (I37, I41); a balance is the sum of its
transfers and the books sum to zero per currency (I38, I44); a wallet never falls below zero, held money counted (I39);
a hold is resolved exactly once (I40); nothing is changed or deleted, a correction is a reverse posting.
Calls: nobody.
Announces: nothing; whoever posts tells the story (orders.Paid and its kin).
"""
