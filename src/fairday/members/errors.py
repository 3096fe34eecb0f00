"""Refuse members, in order of precedence."""

from fairday.kernel.errors import Refusal


class AlreadyRegistered(Refusal):
    """Refuse a second sign-up with one phone; the code stays good for signing in."""

    code = "already_registered"
    status = 409
    en = "This phone has a member already. Sign in at POST /v1/sessions/phone with the same code."
    zh = "该手机号已注册，请用同一验证码通过 POST /v1/sessions/phone 登录。"
