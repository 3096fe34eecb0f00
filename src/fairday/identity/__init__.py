"""Know who asks: accounts in one role each, the merchants they work for, their sessions and API keys.

Owns: merchants, accounts, sessions, API keys, phone codes, sign-in attempts, payment PINs, passkeys and their challenges.
Promises: a token is kept only as its hash; a revoked session or a changed role stops in every process within
    milliseconds of the commit; a wrong login, a wrong password and an unknown account answer alike; guesses are limited by
    account and address; five wrong payment PINs in a row lock the PIN; a passkey challenge is answered once.
Calls: nothing but the kernel.
Announces: identity.MerchantCreated, identity.AccountCreated, identity.AccountChanged.
"""
