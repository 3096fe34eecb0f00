"""Know shoppers: members, the natural person behind each, and what each agreed to.

Owns: persons (one for each verified phone), members, consents per purpose.
Promises: members with the same verified phone are one person, so caps count people; a consent is a log: what was agreed
    to, when, under which wording, and its withdrawal; a phone is kept only as a keyed hash.
Calls: identity.
Announces: members.Registered, members.ConsentChanged.
"""
