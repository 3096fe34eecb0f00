"""Refuse sign-in and account changes, in order of precedence."""

from fairday.kernel.errors import Refusal


class WrongSecret(Refusal):
    """Refuse a sign-in: unknown login, wrong password and closed account are never told apart (X31)."""

    code = "wrong_secret"
    status = 401
    en = "The login or the password is wrong. Check both, or ask your operator for a new password."
    zh = "账号或密码不正确，请核对后重试，或联系运营人员重置密码。"


class WrongPin(Refusal):
    """Refuse a clerk's PIN."""

    code = "wrong_pin"
    status = 401
    en = "The PIN is wrong. After five wrong PINs this clerk waits 15 minutes."
    zh = "PIN 不正确；连续输错五次后须等待 15 分钟。"


class WrongPaymentPin(Refusal):
    """Refuse a wrong payment PIN; `tries_left` says how many more may be wrong."""

    code = "wrong_payment_pin"
    status = 403
    en = "The payment PIN is wrong. {tries_left} more tries, then it is locked for half an hour."
    zh = "支付密码错误，还可尝试 {tries_left} 次，之后将锁定半小时。"


class PinLocked(Refusal):
    """Refuse a payment PIN after five wrong ones in a row, right or not."""

    code = "pin_locked"
    status = 429
    en = "The payment PIN is locked after five wrong tries. Try again in {retry_after_s} s, or set a new one by phone code."
    zh = "支付密码连续输错五次已被锁定，请 {retry_after_s} 秒后再试，或通过短信验证码重设。"


class PinRequired(Refusal):
    """Refuse a payment without the payment PIN that the member has set. Source: ASVS 7.5.3."""

    code = "pin_required"
    status = 403
    en = "Enter your payment PIN to pay."
    zh = "请输入支付密码。"


class PinNotSet(Refusal):
    """Refuse a payment PIN where none is set."""

    code = "pin_not_set"
    status = 409
    en = "No payment PIN is set yet. Set one by phone code."
    zh = "您还没有设置支付密码，请通过短信验证码设置。"


class WeakPin(Refusal):
    """Refuse a payment PIN that thieves try first."""

    code = "weak_pin"
    status = 422
    en = "This PIN is easy to guess. Take six digits without a row or one digit repeated."
    zh = "该支付密码过于简单，请避免使用连续或重复的数字。"


class ProofMissing(Refusal):
    """Refuse to change what guards an account without proof: what stood before, or a code to the account's phone."""

    code = "proof_missing"
    status = 422
    en = "Prove that it is you: send the old one, or your phone and the code sent to it."
    zh = "请先验证身份：提供原密码，或手机号与短信验证码。"


class WrongCode(Refusal):
    """Refuse a phone code that is wrong, used or older than ten minutes."""

    code = "wrong_code"
    status = 401
    en = "The code is wrong or too old. Ask for a new one."
    zh = "验证码错误或已过期，请重新获取。"


class NoAccount(Refusal):
    """Refuse a sign-in with a phone that was verified but has no member."""

    code = "no_account"
    status = 404
    en = "This phone has no member yet. Sign up at POST /v1/members with the same code."
    zh = "该手机号尚未注册，请使用同一验证码通过 POST /v1/members 注册。"


class PhonesUnavailable(Refusal):
    """Refuse phone codes where no way to send messages is set up."""

    code = "phones_unavailable"
    status = 503
    en = "This Fairday sends no text messages. Sign in with login and password, or ask the operator."
    zh = "当前系统未接入短信服务，请使用账号密码登录或联系运营人员。"


class BadPhone(Refusal):
    """Refuse a phone number that cannot exist."""

    code = "bad_phone"
    status = 422
    en = "This is not a phone number. Write it as +8613800138000."
    zh = "手机号格式不正确，请写成 +8613800138000。"


class WeakPassword(Refusal):
    """Refuse a password from the lists that attackers try first. Source: ASVS 6.2.4."""

    code = "weak_password"
    status = 422
    en = "This password is among the first that attackers try. Take a longer one of several words."
    zh = "该密码过于常见，请使用由多个词组成的更长密码。"


class PasskeyNeedsName(Refusal):
    """Refuse passkeys on a page that was opened by IP address: they belong to host names. Source: WebAuthn 5.1.3."""

    code = "passkey_needs_name"
    status = 409
    en = "Passkeys do not work on an IP address. Open this page by its name: {addresses}."
    zh = "通过 IP 地址访问时无法使用通行密钥，请改用域名打开：{addresses}。"


class UnknownOrigin(Refusal):
    """Refuse passkeys on an origin that the settings do not name (FAIRDAY_ORIGINS)."""

    code = "unknown_origin"
    status = 403
    en = "Passkeys are not set up for this address. Open one of: {addresses}."
    zh = "当前访问地址未启用通行密钥，请改用：{addresses}。"


class WrongPasskey(Refusal):
    """Refuse an answer of an authenticator: unknown, wrong, too late or used are not told apart."""

    code = "wrong_passkey"
    status = 401
    en = "This passkey was not accepted. Try again, or sign in another way."
    zh = "通行密钥验证未通过，请重试或使用其他方式登录。"


class PasskeyKnown(Refusal):
    """Refuse to add a passkey that is there already."""

    code = "passkey_known"
    status = 409
    en = "This passkey is already added."
    zh = "该通行密钥已添加。"


class LoginTaken(Refusal):
    """Refuse a login that another account has."""

    code = "login_taken"
    status = 409
    en = "The login {login} is taken. Choose another."
    zh = "账号 {login} 已被使用，请换一个。"


class ExternalIdTaken(Refusal):
    """Refuse a second merchant with the same external id."""

    code = "external_id_taken"
    status = 409
    en = "There is already a merchant with external id {external_id}."
    zh = "外部编号 {external_id} 已有对应商户。"


class MerchantClosed(Refusal):
    """Refuse staff for a merchant that is closed."""

    code = "merchant_closed"
    status = 409
    en = "This merchant is closed. Reopen it first."
    zh = "该商户已关闭，请先恢复营业。"


class ScopeNotYours(Refusal):
    """Refuse a key that would do more than the key that makes it."""

    code = "scope_not_yours"
    status = 403
    en = "A key may only give scopes that it has: {scopes}."
    zh = "密钥只能授予自身拥有的权限范围：{scopes}。"


PIN_REFUSALS: tuple[type[Refusal], ...] = (PinRequired, WrongPaymentPin, PinLocked, PinNotSet)
"""What may come of a payment that may need the PIN."""
