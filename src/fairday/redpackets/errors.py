"""Say why a packet is not sent or no share is had, in order of precedence."""

from fairday.kernel.errors import Refusal


class PacketCurrency(Refusal):
    """Refuse a member's packet in a currency that has no limits. Source: R63."""

    code = "packet_currency"
    status = 422
    en = "Red packets cannot be sent in {currency} here. Choose another currency."
    zh = "暂不支持发送 {currency} 红包，请更换币种。"


class PacketTooLarge(Refusal):
    """Refuse a member's packet above what the currency's limits allow. Source: R63."""

    code = "packet_too_large"
    status = 422
    en = "A red packet may hold at most {total_max_minor} (minor units of {currency}) in {shares_max} shares."
    zh = "单个红包总额最多 {total_max_minor}（{currency} 最小货币单位），最多分成 {shares_max} 份。"


class InvitedUnknown(Refusal):
    """Refuse to invite who is not a member; `member_ids` lists all of them."""

    code = "packet_invited_unknown"
    status = 422
    en = "These are no members: {member_ids}"
    zh = "以下会员不存在：{member_ids}"


class PacketUnfunded(Refusal):
    """Refuse a packet that its wallet or budget does not cover. Source: R64, I39."""

    code = "packet_unfunded"
    status = 409
    en = "There are {left_minor} left to send from, the packet needs {needed_minor} (minor units). Top up, then try again."
    zh = "可用余额 {left_minor} 不足以发出该红包 {needed_minor}（最小货币单位），请充值后再试。"


class PacketUnknown(Refusal):
    """Refuse a packet that does not exist, or that is not the asker's to see."""

    code = "packet_unknown"
    status = 404
    en = "There is no such red packet. Check the link."
    zh = "没有找到这个红包，请核对链接。"


class NotInvited(Refusal):
    """Refuse whom the sender did not list."""

    code = "packet_not_invited"
    status = 403
    en = "This red packet is for others."
    zh = "这个红包不是发给您的。"


class AlreadyGrabbed(Refusal):
    """Refuse a second share to one natural person, and tell what they had. Source: R62, I43."""

    code = "packet_already_grabbed"
    status = 409
    en = "You had your share of this red packet: {amount_minor} {currency} (minor units)."
    zh = "您已领过这个红包：{amount_minor}（{currency} 最小货币单位）。"


class PacketNotStarted(Refusal):
    """Refuse before the start of a rain game, and tell when it is."""

    code = "packet_not_started"
    status = 409
    en = "This red packet opens at {starts_at}."
    zh = "红包将于 {starts_at} 开抢。"


class AllGone(Refusal):
    """Refuse when every share was had. Final, so a process remembers it and asks no database."""

    code = "packet_all_gone"
    status = 409
    en = "You were a moment too late: every share was had."
    zh = "手慢了，红包派完了。"


class PacketOver(Refusal):
    """Refuse after 24 hours; the rest went back to the sender. Source: R63."""

    code = "packet_over"
    status = 409
    en = "This red packet ended at {expires_at}; what was left went back."
    zh = "红包已于 {expires_at} 过期，未领取的金额已退回。"


SEND_REFUSALS: tuple[type[Refusal], ...] = (PacketCurrency, PacketTooLarge, InvitedUnknown, PacketUnfunded)
GRAB_REFUSALS: tuple[type[Refusal], ...] = (
    PacketUnknown,
    NotInvited,
    AlreadyGrabbed,
    PacketNotStarted,
    AllGone,
    PacketOver,
)
