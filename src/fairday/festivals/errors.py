"""Say no about festivals, in order of precedence."""

from fairday.kernel.errors import Refusal


class FestivalUnknown(Refusal):
    """Refuse an id that no visible festival has."""

    code = "festival_unknown"
    status = 404
    en = "There is no such festival. Check the id, or list the festivals."
    zh = "没有这个活动，请核对编号或查看活动列表。"


class BadTimeZone(Refusal):
    """Refuse a zone that the IANA database does not know."""

    code = "bad_time_zone"
    status = 422
    en = "There is no time zone {time_zone}. Use an IANA name such as Asia/Shanghai."
    zh = "没有时区 {time_zone}，请使用 IANA 名称，例如 Asia/Shanghai。"


class BadPhases(Refusal):
    """Refuse phases that are no chain of windows; `errors` lists every bad one. Source: R1."""

    code = "bad_phases"
    status = 422
    en = "The phases do not fit together: {errors}"
    zh = "各阶段时间不正确：{errors}"


class PhaseBegun(Refusal):
    """Refuse to change what has begun: its kind, its start, or an end that is past."""

    code = "phase_begun"
    en = "These phases have begun and may only be prolonged or cut to a later instant than now: {phase_ids}"
    zh = "以下阶段已经开始，只能调整为晚于当前时间的结束时间：{phase_ids}"


class FestivalNotDraft(Refusal):
    """Refuse to publish a festival that is not a draft."""

    code = "festival_not_draft"
    en = "This festival is {festival_status}; only a draft can be published."
    zh = "该活动状态为 {festival_status}，只有草稿可以发布。"


class FestivalNotLive(Refusal):
    """Refuse what only a live festival allows."""

    code = "festival_not_live"
    en = "This festival is {festival_status}, not live. Publish it first."
    zh = "该活动状态为 {festival_status}，尚未上线，请先发布。"


class FestivalEnded(Refusal):
    """Refuse changes to a festival that is over."""

    code = "festival_ended"
    en = "This festival is over. Create a new one."
    zh = "该活动已结束，请新建活动。"


class NoPhases(Refusal):
    """Refuse to publish without a phase that still lies ahead."""

    code = "no_phases"
    en = "Add at least one phase that ends in the future, then publish."
    zh = "请先添加至少一个尚未结束的阶段，再发布。"


class NoFestivalNow(Refusal):
    """Refuse because no festival is live."""

    code = "no_festival_now"
    status = 404
    en = "No festival is live now. Come back when one is announced."
    zh = "目前没有进行中的活动，敬请期待。"


class EnrolmentUnknown(Refusal):
    """Refuse a decision about a merchant that did not ask."""

    code = "enrolment_unknown"
    status = 404
    en = "This merchant has not asked to take part. Ask the merchant to enrol first."
    zh = "该商家尚未报名，请先通知商家报名。"


class EnrolmentDecided(Refusal):
    """Refuse a second, different decision."""

    code = "enrolment_decided"
    en = "This enrolment is already {enrolment_status}. The merchant may ask again after a rejection."
    zh = "该报名已处理（{enrolment_status}），被拒绝的商家可重新报名。"


class BadClock(Refusal):
    """Refuse to jump the clock outside the years 2000 to 2199."""

    code = "bad_clock"
    status = 422
    en = "The festival clock goes from the year 2000 to 2199. Choose an instant in between."
    zh = "活动时钟仅支持 2000 至 2199 年，请选择其间的时间。"
