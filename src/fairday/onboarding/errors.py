"""Say no about opening shops; when several apply, the order of this file decides."""

from fairday.kernel.errors import Refusal


class PhoneHasShop(Refusal):
    """Refuse a second shop of one phone."""

    code = "phone_has_shop"
    status = 409
    en = "This phone already has a shop. Sign in with it."
    zh = "该手机号已开过店铺，请直接登录。"


class BadLicence(Refusal):
    """Refuse a licence number whose check digit is wrong, or that is missing or not asked for."""

    code = "bad_licence"
    status = 422
    en = "This is not a valid unified social credit code. Copy the 18 characters from the licence, or choose “no licence”."
    zh = "统一社会信用代码不正确，请核对营业执照上的 18 位代码，或选择“暂无执照”。"


class LicenceTaken(Refusal):
    """Refuse a licence that another shop was opened with."""

    code = "licence_taken"
    status = 409
    en = "Another shop was opened with this licence. Ask the operator if it is yours."
    zh = "该执照已用于其他店铺，如属于您请联系平台运营。"


class NothingToDecide(Refusal):
    """Refuse a request or a decision that does not fit where the application stands."""

    code = "application_status"
    status = 409
    en = "This application is {application_status}. Reload it and look again."
    zh = "该申请当前状态为 {application_status}，请刷新后再看。"
