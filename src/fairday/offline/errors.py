"""Say no where leases are granted and logs are taken in; when several apply, the order of this file decides."""

from fairday.kernel.errors import Refusal


class OfflineNotAllowed(Refusal):
    """Refuse a lease where the merchant or the till may take no coupons offline. Source: R37."""

    code = "offline_not_allowed"
    status = 403
    en = "This till may not take coupons without network. Sell for cash, or ask the merchant to raise its offline limits."
    zh = "该收银台未开通离线核销，可继续现金收银，或请商家调高离线限额。"


class LogTampered(Refusal):
    """Refuse a log whose chain does not verify, and name the place. Source: I9."""

    code = "log_tampered"
    status = 422
    en = "The log of device {device_id} does not verify at record {seq}. Nothing was taken in. Keep the log and tell the merchant."
    zh = "设备 {device_id} 的离线记录在第 {seq} 条校验失败，未入账。请保留记录并联系商家。"


class LogForked(Refusal):
    """Refuse a lease to a device whose log has another branch than ours: a clone or a restored copy. Source: X18."""

    code = "log_forked"
    en = "Another copy of this till has worked with the same log (record {seq}). Send what is here, then pair this device anew."
    zh = "该收银台的离线记录存在另一份副本（第 {seq} 条）。请先上传本机记录，再重新配对设备。"


class LogBehind(Refusal):
    """Refuse a lease, or its return, while records wait on the device. Source: R38."""

    code = "log_behind"
    en = "Send the log from record {next_seq} first, then ask again."
    zh = "请先从第 {next_seq} 条开始上传离线记录，再重新申请。"


class BreakClosed(Refusal):
    """Refuse to resolve a break twice."""

    code = "break_closed"
    en = "This break is {state} already. Nothing more is to do."
    zh = "该差异已处理（{state}），无需再次操作。"
