"""Let people prove once more who they are before what guards their account changes: by phone code or password."""

from datetime import datetime

from fairday.identity import own_store, rules, store
from fairday.identity.errors import ProofMissing, WrongCode, WrongSecret
from fairday.identity.sign_in import count, try_phone_code
from fairday.identity.slow_hash import slow_hash
from fairday.kernel.tx import Database, Tx

Proof = tuple[bytes, bytes]


async def by_phone(database: Database, account_id: str, phone: str | None, code: str | None) -> Proof:
    """Judge a code sent to the account's own phone and return what `use` uses up.

    A code of another phone is as wrong as any. Raises: ProofMissing, BadPhone, WrongCode.
    """
    if phone is None or code is None:
        raise ProofMissing()
    phone_hash, code_hash = await try_phone_code(database, phone, code)
    async with database.transaction(read_only=True) as (tx, _):
        own = await own_store.phone_hash(tx, account_id)
    if own is None or not rules.is_same(own, phone_hash):
        raise WrongCode()
    return phone_hash, code_hash


async def use(tx: Tx, proof: Proof | None) -> None:
    """Use up a phone code beside the work it allows. Raises: WrongCode when it is gone."""
    if proof is not None and not await store.use_code(tx, *proof):
        raise WrongCode()


async def by_password(database: Database, account_id: str, password: str) -> None:
    """Check an account's own password. Raises: WrongSecret; TooManyRequests after five wrong ones in 15 minutes."""
    subject, limit = f"own-password:{account_id}", rules.PIN_LIMIT
    await count(database, [(subject, limit)])

    async def look(tx: Tx, now: datetime) -> str | None:
        return await own_store.password_hash(tx, account_id)

    async def give_back(tx: Tx, now: datetime) -> None:
        await store.give_attempt_back(tx, subject, limit[1])

    if not await slow_hash.matches(await database.run(look), password):
        raise WrongSecret()
    await database.run(give_back)
