"""Refuse endpoints and replays; when several refusals apply, the earlier in this file is given."""

from fairday.kernel.errors import Refusal


class UrlNotAllowed(Refusal):
    """Refuse an address that no public HTTPS receiver has: its form, scheme, port or private target. Source: X27."""

    code = "url_not_allowed"
    status = 422
    en = "This address cannot receive webhooks: {reason}. Use https:// with a public host name on port 443 or 8443."
    zh = "该地址不能接收通知：{reason}。请使用公网域名的 https:// 地址，端口 443 或 8443。"


class HostNotFound(Refusal):
    """Refuse a host name without an address now."""

    code = "host_not_found"
    status = 422
    en = "The host {host} has no address in DNS. Check its spelling, or try again when it is set up."
    zh = "域名 {host} 无法解析，请检查拼写，或配置好 DNS 后再试。"


class UnknownEventType(Refusal):
    """Refuse event types that nobody announces, so that a typing error does not wait in silence for ever."""

    code = "unknown_event_type"
    status = 422
    en = "There is no event {event_types}. Known: {known}"
    zh = "没有事件 {event_types}。可用的有：{known}"


class TooManyEndpoints(Refusal):
    """Refuse more endpoints than one owner may have."""

    code = "too_many_endpoints"
    status = 409
    en = "You have {endpoints_max} endpoints, the most there may be. Delete one first."
    zh = "最多可有 {endpoints_max} 个接收地址，请先删除一个。"


class NothingToReplay(Refusal):
    """Refuse a replay that names neither places nor a start."""

    code = "nothing_to_replay"
    status = 422
    en = "Name `sequences`, or a `from_sequence` to start at."
    zh = "请给出 sequences，或起点 from_sequence。"
