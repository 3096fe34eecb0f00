"""Say no in a typed way: a refusal is expected, names its reason, and tells a person what to do.

Two kinds of error only. A `Refusal` is a value with a code and an HTTP status; it never pages anyone. Everything
else that is raised is a broken invariant: it becomes a 500 and is loud.
"""

from typing import ClassVar


class Refusal(Exception):
    """Refuse a request for a stated reason.

    Subclasses set `code` (stable, snake_case), `status` (HTTP) and the sentence in both languages; the sentence may
    name details in braces. A refusal is raised by single verbs and returned, one per request, by batch verbs.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    en: ClassVar[str] = "This is not possible now."
    zh: ClassVar[str] = "暂时无法完成该操作。"

    def __init__(self, **details: object) -> None:
        super().__init__(self.code)
        self.details = details

    def sentence(self, language: str) -> str:
        """Return the sentence for a person in `language` ("zh" or "en"), details filled in."""
        template = self.zh if language == "zh" else self.en
        return template.format_map(_Blank(self.details))

    def details_in(self, language: str) -> dict[str, object]:
        """Return the details as they are told to a person in `language`; only texts for people differ."""
        return self.details

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.details})"


class _Blank(dict[str, object]):
    def __getitem__(self, name: str) -> object:
        value = super().__getitem__(name)
        return "; ".join(map(str, value)) if isinstance(value, list | tuple) else value

    def __missing__(self, key: str) -> str:
        return "—"


class NotFound(Refusal):
    """Refuse because there is no such thing, or it is not yours to see (never told apart: I61)."""

    code = "not_found"
    status = 404
    en = "There is no such {what} here. Check the id."
    zh = "没有找到对应的{what}，请核对编号。"


class BadInput(Refusal):
    """Refuse input that cannot be read; `errors` lists every bad field at once."""

    code = "bad_input"
    status = 422
    en = "Some fields are not valid: {errors}"
    zh = "有字段不正确：{errors}"


class BadJson(Refusal):
    """Refuse a body that is not strict JSON (NaN, duplicate keys, too deep, wrong encoding)."""

    code = "bad_json"
    status = 400
    en = "The body is not valid JSON: {reason}"
    zh = "请求内容不是有效的 JSON：{reason}"


class BodyTooLarge(Refusal):
    """Refuse a body above the route's bound."""

    code = "body_too_large"
    status = 413
    en = "The body may have at most {bytes_max} bytes. Send it in parts."
    zh = "请求内容最多 {bytes_max} 字节，请分批提交。"


class WrongMediaType(Refusal):
    """Refuse a content type that the route does not read."""

    code = "wrong_media_type"
    status = 415
    en = "Send the body as {expected}."
    zh = "请以 {expected} 格式提交。"


class NotSignedIn(Refusal):
    """Refuse a request without a live session or key."""

    code = "not_signed_in"
    status = 401
    en = "Sign in first, then try again."
    zh = "请先登录后再试。"


class SessionEnded(Refusal):
    """Refuse a page whose session is over (expired, signed out elsewhere, account changed); what it keeps stays."""

    code = "session_ended"
    status = 401
    en = "Please sign in again. What you put in your cart is kept."
    zh = "登录已过期，请重新登录，购物车中的商品会为您保留。"


class NotAllowed(Refusal):
    """Refuse a route that this role may not use."""

    code = "not_allowed"
    status = 403
    en = "Your role ({role}) may not do this. Ask an operator for access."
    zh = "您的角色（{role}）无权进行此操作，请联系运营人员开通。"


class TooManyRequests(Refusal):
    """Refuse above a rate limit; `retry_after_s` says when to come back."""

    code = "too_many_requests"
    status = 429
    en = "Too many requests. Try again in {retry_after_s} s."
    zh = "操作太频繁，请 {retry_after_s} 秒后再试。"


class Busy(Refusal):
    """Refuse rather than queue without bound; nothing was done, the same request may be sent again."""

    code = "busy"
    status = 503
    en = "The festival is very busy. Nothing was taken; try again in {retry_after_s} s."
    zh = "人太多了，本次没有任何扣减，请 {retry_after_s} 秒后再试。"


class IdempotencyKeyRequired(Refusal):
    """Refuse a write without an Idempotency-Key. Source: R96."""

    code = "idempotency_key_required"
    status = 400
    en = "Send an Idempotency-Key header (1 to 64 letters, digits, '-' or '_'), new for each new intent."
    zh = "请携带 Idempotency-Key 请求头（1～64 位字母、数字、-、_），每次新操作使用新的值。"


class IdempotencyConflict(Refusal):
    """Refuse a key that was used for another body. Source: R96."""

    code = "idempotency_conflict"
    status = 422
    en = "This Idempotency-Key was used with another body. Use a new key for a new intent."
    zh = "该 Idempotency-Key 已用于其他内容，请为新操作使用新的值。"


class InFlight(Refusal):
    """Refuse while the same key is still at work elsewhere and did not finish in time. Source: R96."""

    code = "in_flight"
    status = 409
    en = "The same request is still running. Ask again in {retry_after_s} s with the same key."
    zh = "相同的请求仍在处理中，请 {retry_after_s} 秒后用同一个 Key 查询。"


class SandboxOnly(Refusal):
    """Refuse a drill tool outside a sandbox."""

    code = "sandbox_only"
    status = 403
    en = "This works only in a sandbox (FAIRDAY_SANDBOX=1)."
    zh = "该功能仅在沙箱环境（FAIRDAY_SANDBOX=1）可用。"
