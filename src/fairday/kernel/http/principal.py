"""Say who asks: a principal is an account in one role, bound to what that role may touch."""

from enum import StrEnum

import msgspec

from fairday.kernel.errors import NotAllowed, NotFound


class Role(StrEnum):
    """Name the roles; a session has exactly one."""

    OPERATOR = "operator"
    MERCHANT = "merchant"
    CLERK = "clerk"
    MEMBER = "member"
    DEVICE = "device"


class Principal(msgspec.Struct, frozen=True):
    """Hold who asks. `merchant_id` is set for merchants, clerks and devices; `store_id` and `till_id` for clerks
    and devices; `member_id` for members. `scopes` is None for sessions (all that the role may) and a set for keys. `needs_pin` when its member set a payment PIN;
    up to `pin_free_minor` of `pin_free_currency` is paid without."""

    account_id: str
    role: Role
    session_id: str
    merchant_id: str | None = None
    store_id: str | None = None
    till_id: str | None = None
    member_id: str | None = None
    name: str = ""
    scopes: frozenset[str] | None = None
    needs_pin: bool = False
    pin_free_minor: int = 0
    pin_free_currency: str = ""

    @property
    def is_operator(self) -> bool:
        """Tell whether this is an operator, who sees every merchant."""
        return self.role is Role.OPERATOR

    def own_merchant(self, merchant_id: str | None, what: str = "merchant") -> str:
        """Return the merchant this request is about: the asker's own, or for an operator the one named.

        Raises: NotFound when a merchant, clerk or device names another merchant (a stranger's thing does not exist).
        """
        if self.is_operator:
            if merchant_id is None:
                raise NotFound(what=what)
            return merchant_id
        if self.merchant_id is None or merchant_id not in (None, self.merchant_id):
            raise NotFound(what=what)
        return self.merchant_id

    def own_member(self) -> str:
        """Return the member who asks.

        Raises: NotAllowed for other roles.
        """
        if self.member_id is None:
            raise NotAllowed(role=self.role)
        return self.member_id

    def may_see(self, merchant_id: str | None) -> bool:
        """Tell whether things of `merchant_id` are visible to this principal's staff role."""
        return self.is_operator or (self.merchant_id is not None and merchant_id == self.merchant_id)
