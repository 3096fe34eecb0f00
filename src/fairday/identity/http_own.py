"""Serve what guards one's own account: password and payment PIN. Answers and bodies with secrets take no Idempotency-Key."""

from fairday.identity import errors, passwords, payment_pins
from fairday.identity.types import OwnPassword, PasswordSet, PaymentPin, PinLimit, PinSetting
from fairday.kernel import strict_json
from fairday.kernel.errors import NotAllowed, TooManyRequests
from fairday.kernel.http.principal import Role
from fairday.kernel.http.routes import Call, Router
from fairday.kernel.idempotency import Answer
from fairday.kernel.tx import Tx

router = Router("identity")
MEMBERS = frozenset({Role.MEMBER})
WITH_PASSWORD = frozenset({Role.MEMBER, Role.MERCHANT, Role.OPERATOR})
_PIN = (errors.WrongPaymentPin, errors.PinLocked, errors.PinNotSet)
_PHONE = (errors.BadPhone, errors.WrongCode, errors.ProofMissing)


def is_person(call: Call) -> None:
    """Refuse keys: what guards an account is changed by its person. Raises: NotAllowed."""
    if call.principal.scopes is not None:
        raise NotAllowed(role="key")


@router.lane(
    "/me/password",
    who=WITH_PASSWORD,
    body=OwnPassword,
    returns=PasswordSet,
    needs_key=False,
    summary="Set my password",
    refusals=(errors.WeakPassword, errors.WrongSecret, TooManyRequests, *_PHONE),
    body_max=4096,
    example={"password": "paper lamp river 7", "phone": "+8613800138000", "code": "274913"},
)
async def set_own_password(call: Call, body: OwnPassword) -> Answer:
    """Set one's password, proven by the one before or by a code to one's phone. One's other sessions end."""
    is_person(call)
    await passwords.set_own(call.services.database, call.principal, body)
    return Answer(200, strict_json.encode(PasswordSet()))


@router.read("/me/payment-pin", who=MEMBERS, returns=PaymentPin, summary="See my payment PIN's state")
async def get_payment_pin(call: Call, tx: Tx) -> PaymentPin:
    """Tell whether a payment PIN is set, up to how much is paid without it, and until when it is locked."""
    return await payment_pins.see(tx, call.principal.account_id)


@router.lane(
    "/me/payment-pin",
    who=MEMBERS,
    body=PinSetting,
    returns=PaymentPin,
    needs_key=False,
    summary="Set my payment PIN",
    refusals=(errors.WeakPin, *_PIN, *_PHONE),
    body_max=4096,
    example={"pin": "739204", "phone": "+8613800138000", "code": "274913"},
)
async def set_payment_pin(call: Call, body: PinSetting) -> Answer:
    """Set or change the PIN for paying from the wallet, proven by the old one or by a code to one's phone."""
    is_person(call)
    await payment_pins.set_pin(call.services.database, call.principal, body)
    return await _state(call)


@router.lane(
    "/me/payment-pin/limit",
    who=MEMBERS,
    body=PinLimit,
    returns=PaymentPin,
    needs_key=False,
    takes_pin=True,
    summary="Choose what I pay without PIN",
    refusals=(errors.PinRequired, *_PIN),
    body_max=4096,
    example={"pin_free_minor": 20_000, "pin_free_currency": "CNY"},
)
async def set_pin_limit(call: Call, body: PinLimit) -> Answer:
    """Pay up to this much without PIN, ten times a day at most; 0, as at first, asks always."""
    is_person(call)
    await payment_pins.set_limit(call.services.database, call.principal, call.pin, body)
    return await _state(call)


async def _state(call: Call) -> Answer:
    async with call.services.database.transaction(read_only=True) as (tx, _):
        state = await payment_pins.see(tx, call.principal.account_id)
    return Answer(200, strict_json.encode(state))
