"""Tell other systems what happened: signed, in order per endpoint, retried for three days, never to a private address.

Owns: endpoints with their secrets, messages (CloudEvents bodies), one ordered delivery row per message and endpoint.
Promises: every event that an endpoint asked for and may see is delivered at least once under one constant message id,
or ends as dead in its log; a slow or broken endpoint delays no other; no request reaches a private address.
Calls: nobody.
Announces: nothing; it reads the log of events.
"""
