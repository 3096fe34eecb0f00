"""Say why a report cannot be told as asked."""

from fairday.kernel.errors import Refusal


class BadWindow(Refusal):
    """Refuse a window that is empty, too long for its step, or in no known time zone."""

    code = "bad_window"
    status = 422
    en = "Choose a window of at most {points_max} steps that ends after it begins, in an IANA time zone: {problem}"
    zh = "请选择结束晚于开始、不超过 {points_max} 个时间段的范围，并使用 IANA 时区：{problem}"
