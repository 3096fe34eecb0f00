-- Where things are: regions (ISO 3166-2), malls, stores. The nearest search walks ranges of one H3 index.

CREATE SCHEMA places;

CREATE TABLE places.region (
    region_id text PRIMARY KEY CHECK (region_id ~ '^[A-Z]{2}(-[A-Z0-9]{1,3}(-[A-Z0-9]{1,8})?)?$'),
    parent_id text REFERENCES places.region,
    kind text NOT NULL CHECK (kind IN ('country', 'province', 'city')),
    national_code text UNIQUE,
    name text NOT NULL,
    name_en text NOT NULL,
    CHECK ((kind = 'country') = (parent_id IS NULL)),
    CHECK (parent_id IS NULL OR starts_with(region_id, parent_id || '-'))
);

-- Source: ISO 3166-2:CN for the ids, GB/T 2260 for the national codes.
INSERT INTO places.region (region_id, parent_id, kind, national_code, name, name_en) VALUES
    ('CN', NULL, 'country', NULL, '中国', 'China'),
    ('CN-AH', 'CN', 'province', '34', '安徽省', 'Anhui'),
    ('CN-BJ', 'CN', 'province', '11', '北京市', 'Beijing'),
    ('CN-CQ', 'CN', 'province', '50', '重庆市', 'Chongqing'),
    ('CN-FJ', 'CN', 'province', '35', '福建省', 'Fujian'),
    ('CN-GD', 'CN', 'province', '44', '广东省', 'Guangdong'),
    ('CN-GS', 'CN', 'province', '62', '甘肃省', 'Gansu'),
    ('CN-GX', 'CN', 'province', '45', '广西壮族自治区', 'Guangxi'),
    ('CN-GZ', 'CN', 'province', '52', '贵州省', 'Guizhou'),
    ('CN-HA', 'CN', 'province', '41', '河南省', 'Henan'),
    ('CN-HB', 'CN', 'province', '42', '湖北省', 'Hubei'),
    ('CN-HE', 'CN', 'province', '13', '河北省', 'Hebei'),
    ('CN-HI', 'CN', 'province', '46', '海南省', 'Hainan'),
    ('CN-HK', 'CN', 'province', '81', '香港特别行政区', 'Hong Kong'),
    ('CN-HL', 'CN', 'province', '23', '黑龙江省', 'Heilongjiang'),
    ('CN-HN', 'CN', 'province', '43', '湖南省', 'Hunan'),
    ('CN-JL', 'CN', 'province', '22', '吉林省', 'Jilin'),
    ('CN-JS', 'CN', 'province', '32', '江苏省', 'Jiangsu'),
    ('CN-JX', 'CN', 'province', '36', '江西省', 'Jiangxi'),
    ('CN-LN', 'CN', 'province', '21', '辽宁省', 'Liaoning'),
    ('CN-MO', 'CN', 'province', '82', '澳门特别行政区', 'Macao'),
    ('CN-NM', 'CN', 'province', '15', '内蒙古自治区', 'Inner Mongolia'),
    ('CN-NX', 'CN', 'province', '64', '宁夏回族自治区', 'Ningxia'),
    ('CN-QH', 'CN', 'province', '63', '青海省', 'Qinghai'),
    ('CN-SC', 'CN', 'province', '51', '四川省', 'Sichuan'),
    ('CN-SD', 'CN', 'province', '37', '山东省', 'Shandong'),
    ('CN-SH', 'CN', 'province', '31', '上海市', 'Shanghai'),
    ('CN-SN', 'CN', 'province', '61', '陕西省', 'Shaanxi'),
    ('CN-SX', 'CN', 'province', '14', '山西省', 'Shanxi'),
    ('CN-TJ', 'CN', 'province', '12', '天津市', 'Tianjin'),
    ('CN-TW', 'CN', 'province', '71', '台湾省', 'Taiwan'),
    ('CN-XJ', 'CN', 'province', '65', '新疆维吾尔自治区', 'Xinjiang'),
    ('CN-XZ', 'CN', 'province', '54', '西藏自治区', 'Tibet'),
    ('CN-YN', 'CN', 'province', '53', '云南省', 'Yunnan'),
    ('CN-ZJ', 'CN', 'province', '33', '浙江省', 'Zhejiang');

CREATE TABLE places.mall (
    mall_id text PRIMARY KEY,
    external_id text NOT NULL UNIQUE CHECK (length(external_id) BETWEEN 1 AND 64),
    region_id text NOT NULL REFERENCES places.region,
    name text NOT NULL,
    name_en text NOT NULL,
    address text NOT NULL,
    latitude double precision NOT NULL CHECK (latitude BETWEEN -90 AND 90),
    longitude double precision NOT NULL CHECK (longitude BETWEEN -180 AND 180)
);

CREATE TABLE places.store (
    store_id text PRIMARY KEY,
    merchant_id text NOT NULL,
    external_id text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 64),
    region_id text NOT NULL REFERENCES places.region,
    mall_id text REFERENCES places.mall,
    kind text NOT NULL CHECK (kind IN ('supermarket', 'restaurant', 'convenience', 'department', 'other')),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    name_en text NOT NULL,
    address text NOT NULL,
    latitude double precision NOT NULL CHECK (latitude BETWEEN -90 AND 90),
    longitude double precision NOT NULL CHECK (longitude BETWEEN -180 AND 180),
    time_zone text NOT NULL,
    hours jsonb NOT NULL,
    -- The same hours as minutes of the local week (Monday 00:00 is 0), so that a search can leave out closed stores.
    open_minutes int4multirange NOT NULL CHECK (open_minutes <@ '{[0,10080)}'),
    closed_on date[] NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'paused', 'closed')),
    -- The H3 cell of resolution 15; all cells below one coarser cell are one range, so one index serves every ring.
    h3_cell bigint NOT NULL CHECK (h3_cell BETWEEN 644014746713980928 AND 648518346341351423),
    UNIQUE (merchant_id, external_id)
);
CREATE INDEX store_near ON places.store (h3_cell) INCLUDE (store_id, latitude, longitude) WHERE status <> 'closed';
CREATE INDEX store_near_of_merchant ON places.store (merchant_id, h3_cell) WHERE status <> 'closed';

-- 1 January 1970 was a Thursday: three days after a Monday.
CREATE FUNCTION places.minute_of_week(instant timestamptz, time_zone text) RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (floor(date_part('epoch', instant AT TIME ZONE time_zone) / 60)::bigint + 3 * 1440) % 10080;
