"""Count goods per SKU and place, and let each piece be promised once.

Owns: levels (on hand, reserved, safety), reservations, movements.
Promises: nothing below zero, nothing reserved that is not there (I14); reserved is the sum of open reservations (I15);
on hand is the sum of its movements, which never change (I16); what is sold, reserved and free is what was there (I17);
an expired reservation never becomes a sale (I18). Who came first gets the last piece (R67).
Calls: catalog and places (imports resolve ids).
Announces: nothing; whoever reserves tells the story (orders.Placed and its kin).
"""
