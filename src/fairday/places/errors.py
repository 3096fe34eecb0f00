"""Refuse places, in order of precedence."""

from fairday.kernel.errors import Refusal


class UnknownRegion(Refusal):
    """Refuse a region that is not in the list."""

    code = "unknown_region"
    status = 422
    en = "There is no region {region_id}. Take one of GET /v1/regions, for example CN-SH."
    zh = "没有地区 {region_id}，请从 GET /v1/regions 中选择，例如 CN-SH。"


class UnknownMall(Refusal):
    """Refuse a mall that does not exist."""

    code = "unknown_mall"
    status = 422
    en = "There is no mall {mall_id}. Take one of GET /v1/malls."
    zh = "没有商场 {mall_id}，请从 GET /v1/malls 中选择。"


class UnknownTimeZone(Refusal):
    """Refuse a zone that the IANA database does not have."""

    code = "unknown_time_zone"
    status = 422
    en = "{time_zone} is not an IANA time zone. Write for example Asia/Shanghai."
    zh = "{time_zone} 不是 IANA 时区，请写成例如 Asia/Shanghai。"


class NoCoordinates(Refusal):
    """Refuse the point 0, 0: in practice it means that the coordinates are missing."""

    code = "no_coordinates"
    status = 422
    en = "Latitude and longitude are both 0. Give the place's own coordinates (WGS-84)."
    zh = "经纬度均为 0，请填写该地点的真实坐标（WGS-84）。"


class ExternalIdTaken(Refusal):
    """Refuse a second place with the same external id."""

    code = "external_id_taken"
    status = 409
    en = "There is already a place with external id {external_id}. Change it instead."
    zh = "外部编号 {external_id} 已存在，请改为修改该地点。"


class BadNear(Refusal):
    """Refuse a point that cannot be read."""

    code = "bad_near"
    status = 422
    en = "near is latitude,longitude in degrees, for example near=31.2304,121.4737."
    zh = "near 须为“纬度,经度”，例如 near=31.2304,121.4737。"
