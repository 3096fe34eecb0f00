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
