"""Tell the demo's story: who sells what, where, and which coupons the festival brings. Plain data, no chance in it."""

from typing import NamedTuple


class City(NamedTuple):
    """Hold a city: region (ISO 3166-2), names, WGS-84 position."""

    region_id: str
    name: str
    name_en: str
    latitude: float
    longitude: float


class Shop(NamedTuple):
    """Hold a merchant: login, names, class of its stores, kinds of goods, number of cities it is in, what it tells of itself."""

    login: str
    name: str
    name_en: str
    store_class: str
    kinds: tuple[str, ...]
    city_count: int
    story: str
    story_en: str


class Good(NamedTuple):
    """Hold a product: names, price and festival price in fen."""

    name: str
    name_en: str
    price_minor: int
    sale_minor: int


FESTIVAL = ("双桥购物节", "Two Bridges Festival")
LAST_YEAR = ("去年", "last year")
MALLS = (
    ("双桥中心", "Two Bridges Centre", 0),
    ("江湾广场", "River Bend Plaza", 0),
    ("西湖里", "West Lake Row", 4),
)

CITIES = (
    City("CN-SH", "上海", "Shanghai", 31.2304, 121.4737),
    City("CN-BJ", "北京", "Beijing", 39.9042, 116.4074),
    City("CN-GD", "广州", "Guangzhou", 23.1291, 113.2644),
    City("CN-GD", "深圳", "Shenzhen", 22.5431, 114.0579),
    City("CN-ZJ", "杭州", "Hangzhou", 30.2741, 120.1551),
    City("CN-JS", "南京", "Nanjing", 32.0603, 118.7969),
    City("CN-SC", "成都", "Chengdu", 30.5728, 104.0668),
    City("CN-CQ", "重庆", "Chongqing", 29.5630, 106.5516),
    City("CN-HB", "武汉", "Wuhan", 30.5928, 114.3055),
    City("CN-SN", "西安", "Xi'an", 34.3416, 108.9398),
    City("CN-HN", "长沙", "Changsha", 28.2282, 112.9388),
    City("CN-SD", "青岛", "Qingdao", 36.0671, 120.3826),
    City("CN-LN", "沈阳", "Shenyang", 41.8057, 123.4315),
    City("CN-HL", "哈尔滨", "Harbin", 45.8038, 126.5350),
    City("CN-YN", "昆明", "Kunming", 24.8801, 102.8329),
    City("CN-FJ", "厦门", "Xiamen", 24.4798, 118.0894),
    City("CN-HA", "郑州", "Zhengzhou", 34.7466, 113.6254),
    City("CN-XJ", "乌鲁木齐", "Urumqi", 43.8256, 87.6168),
    City("CN-HI", "海口", "Haikou", 20.0444, 110.1999),
    City("CN-GS", "兰州", "Lanzhou", 36.0611, 103.8343),
    City("CN-GZ", "贵阳", "Guiyang", 26.6470, 106.6302),
    City("CN-GX", "南宁", "Nanning", 22.8170, 108.3669),
    City("CN-AH", "合肥", "Hefei", 31.8206, 117.2272),
    City("CN-TJ", "天津", "Tianjin", 39.3434, 117.3616),
    City("CN-NM", "呼和浩特", "Hohhot", 40.8424, 111.7490),
    City("CN-SX", "太原", "Taiyuan", 37.8706, 112.5489),
    City("CN-JX", "南昌", "Nanchang", 28.6820, 115.8579),
    City("CN-JL", "长春", "Changchun", 43.8171, 125.3235),
    City("CN-XZ", "拉萨", "Lhasa", 29.6520, 91.1721),
    City("CN-QH", "西宁", "Xining", 36.6171, 101.7782),
)

SHOPS = (
    Shop("camellia", "山茶里", "Camellia Lane", "restaurant", ("tea", "milk"), 14,
         "一片叶子，一朵山茶。现泡鲜茶，十五分钟内喝最好。",
         "One leaf, one camellia. Tea brewed to order, best within a quarter of an hour."),
    Shop("quickstep", "快步", "QuickStep", "department", ("shoe", "jacket"), 16,
         "跑步、上班、接孩子，一双鞋走一天。门店可试跑，三十天内可换码。",
         "Run, work, fetch the children: one pair for the whole day. Try a lap in the store; change sizes within 30 days."),
    Shop("cloud", "云妆", "Cloud Beauty", "department", ("lipstick", "cream"), 15,
         "温和成分，敏感肌也能安心用。到店可以免费试色。",
         "Gentle things, also for sensitive skin. Try every shade in the store for free."),
    Shop("starbridge", "星桥数码", "StarBridge Digital", "department", ("phone", "headphones"), 18,
         "手机、耳机，买前先上手。旧机折价，数据当场帮您搬好。",
         "Phones and headphones to try before you buy. We take old phones in part payment and move your data while you wait."),
    Shop("wheatfield", "麦田面包", "Wheatfield Bakery", "restaurant", ("bread", "mooncake"), 10,
         "每天清晨四点开炉，当天做，当天卖。",
         "The ovens are lit at four each morning: baked today, sold today."),
    Shop("oldlane", "老巷面馆", "Old Lane Noodles", "restaurant", ("noodles",), 9,
         "老巷口的一碗面，汤熬八小时，面现拉。",
         "A bowl of noodles from the old lane: broth of eight hours, noodles pulled by hand."),
    Shop("robot", "小木人玩具", "Little Robot Toys", "department", ("robot",), 11,
         "会动手的孩子，更会想办法。店里每周六下午有拼装课。",
         "Hands that build learn to think. Building class in every store on Saturday afternoons."),
    Shop("warmhome", "暖居", "Warm Home", "department", ("lamp", "cooker"), 13,
         "小家电、好灯光，把家收拾得更舒服。两年保修，上门取送。",
         "Small appliances and good light for a home that is easy to live in. Two years of warranty, fetched and returned."),
    Shop("freshbranch", "鲜枝市集", "Fresh Branch Market", "supermarket", ("fruit", "milk", "bread"), 12,
         "产地直送的水果和牛奶，到店自取，不满意当天退。",
         "Fruit and milk straight from the growers. Pick up in the store; what does not please goes back the same day."),
    Shop("pages", "页间书店", "Between Pages", "department", ("book",), 8,
         "一间可以坐下来读的书店，买书送一杯热茶。",
         "A bookshop to sit down in; every book comes with a hot cup of tea."),
)  # fmt: skip

GOODS: dict[str, tuple[Good, ...]] = {
    "tea": (
        Good("茉莉雪芽 大杯", "Jasmine Snow Bud, large", 1800, 1500),
        Good("桂花乌龙 热饮", "Osmanthus Oolong, hot", 1900, 1600),
        Good("陈皮白茶 礼盒", "Tangerine White Tea gift box", 16800, 12900),
        Good("山茶红茶 100 克", "Camellia Black Tea 100 g", 8800, 6900),
        Good("冷泡绿茶 六瓶装", "Cold-brew Green Tea, six", 4800, 3990),
    ),
    "milk": (
        Good("草原鲜牛奶 1 升", "Meadow Fresh Milk 1 l", 1690, 1390),
        Good("燕麦奶 原味 1 升", "Oat Drink, plain 1 l", 2290, 1790),
        Good("厚酸奶 六杯装", "Thick Yoghurt, six cups", 2890, 2390),
        Good("生椰奶 400 毫升", "Raw Coconut Milk 400 ml", 1290, 990),
    ),
    "shoe": (
        Good("轻风跑鞋", "Breeze running shoes", 39900, 29900),
        Good("城市板鞋 白", "City sneakers, white", 29900, 21900),
        Good("儿童魔术贴运动鞋", "Kids' strap trainers", 19900, 14900),
        Good("防水登山鞋", "Waterproof hiking shoes", 59900, 45900),
        Good("帆布鞋 经典款", "Classic canvas shoes", 15900, 11900),
    ),
    "jacket": (
        Good("三合一冲锋衣", "Three-in-one shell jacket", 79900, 55900),
        Good("轻薄羽绒服", "Light down jacket", 69900, 48900),
        Good("针织开衫 驼色", "Knit cardigan, camel", 26900, 19900),
        Good("摇粒绒外套", "Fleece jacket", 19900, 13900),
    ),
    "lipstick": (
        Good("丝绒唇膏 枫叶红", "Velvet lipstick, maple", 12900, 8900),
        Good("水光唇釉 豆沙", "Gloss tint, rose bean", 9900, 6900),
        Good("润唇膏 蜂蜜", "Honey lip balm", 3900, 2900),
        Good("口红三支礼盒", "Lipstick trio gift box", 29900, 19900),
    ),
    "cream": (
        Good("积雪草面霜 50 克", "Centella cream 50 g", 16800, 11800),
        Good("保湿精华水 200 毫升", "Hydrating essence 200 ml", 13900, 9900),
        Good("护手霜 三支装", "Hand cream, three", 5900, 3900),
        Good("防晒乳 SPF50", "Sunscreen SPF 50", 9900, 7900),
    ),
    "phone": (
        Good("星桥 X1 256GB", "StarBridge X1 256 GB", 329900, 289900),
        Good("星桥 X1 Pro 512GB", "StarBridge X1 Pro 512 GB", 499900, 449900),
        Good("星桥 Lite 128GB", "StarBridge Lite 128 GB", 129900, 99900),
        Good("长者手机 大字版", "Large-type phone", 59900, 49900),
    ),
    "headphones": (
        Good("降噪头戴耳机", "Noise-cancelling headphones", 89900, 64900),
        Good("真无线耳机", "True wireless earbuds", 39900, 26900),
        Good("运动骨传导耳机", "Bone-conduction sports set", 49900, 36900),
        Good("学生有线耳机", "Wired headset for pupils", 7900, 5900),
    ),
    "bread": (
        Good("海盐牛角包", "Sea-salt croissant", 1200, 990),
        Good("全麦吐司", "Wholemeal toast loaf", 1800, 1490),
        Good("红豆软欧", "Red-bean soft loaf", 2200, 1790),
        Good("芝士贝果 两个", "Cheese bagels, two", 1900, 1590),
    ),
    "mooncake": (
        Good("流心奶黄月饼 六枚", "Custard mooncakes, six", 16800, 9900),
        Good("五仁月饼 单枚", "Five-nut mooncake", 1500, 990),
        Good("鲜肉月饼 四枚", "Savoury mooncakes, four", 2800, 2290),
    ),
    "noodles": (
        Good("老巷牛肉面", "Old Lane beef noodles", 2800, 2190),
        Good("葱油拌面 双人套餐", "Scallion noodles for two", 4600, 3490),
        Good("番茄鸡蛋面", "Tomato and egg noodles", 2200, 1790),
        Good("酸汤肥牛面", "Sour-soup beef noodles", 3600, 2890),
        Good("工作日午餐券", "Weekday lunch ticket", 2500, 1990),
    ),
    "robot": (
        Good("小木人 编程机器人", "Little Robot coding kit", 39900, 27900),
        Good("积木城市 580 片", "Block city, 580 pieces", 26900, 18900),
        Good("磁力片 100 片", "Magnet tiles, 100", 15900, 10900),
        Good("木质火车轨道", "Wooden train track", 12900, 8900),
        Good("恐龙拼装模型", "Dinosaur model kit", 6900, 4900),
    ),
    "lamp": (
        Good("护眼台灯 Pro", "Eye-care desk lamp Pro", 29900, 21900),
        Good("床头小夜灯", "Bedside night light", 5900, 3990),
        Good("落地阅读灯", "Floor reading lamp", 45900, 32900),
        Good("露营灯 可充电", "Rechargeable camp lamp", 9900, 6990),
    ),
    "cooker": (
        Good("IH 电饭煲 4 升", "IH rice cooker 4 l", 59900, 42900),
        Good("迷你电饭煲 1.6 升", "Mini rice cooker 1.6 l", 19900, 14900),
        Good("空气炸锅 5 升", "Air fryer 5 l", 36900, 25900),
        Good("养生壶 1.5 升", "Glass tea kettle 1.5 l", 16900, 11900),
    ),
    "fruit": (
        Good("阿克苏苹果 5 斤", "Aksu apples 2.5 kg", 3990, 2990),
        Good("赣南脐橙 5 斤", "Gannan navel oranges 2.5 kg", 3590, 2690),
        Good("海南贵妃芒 3 斤", "Hainan mangoes 1.5 kg", 4590, 3390),
        Good("蓝莓 四盒", "Blueberries, four boxes", 5990, 4490),
        Good("麒麟西瓜 一个", "Seedless watermelon", 3990, 2890),
    ),
    "book": (
        Good("江南的桥", "Bridges of Jiangnan", 6800, 4490),
        Good("给孩子的天文课", "Astronomy for children", 8800, 5900),
        Good("一座城的早市", "A city's morning market", 5200, 3490),
        Good("家常菜一百道", "A hundred home dishes", 7600, 4990),
        Good("手帐本 2027", "Planner 2027", 9900, 6900),
    ),
}

GIVEN_NAMES = (
    "晓雯", "子轩", "佳怡", "浩然", "雨桐", "思远", "梦洁", "俊杰", "欣妍", "文博", "静怡", "天宇", "若曦", "明哲", "诗涵",
    "嘉豪", "安琪", "志远", "可欣", "宇航",
)  # fmt: skip
SURNAMES = (
    "王",
    "李",
    "张",
    "刘",
    "陈",
    "杨",
    "赵",
    "黄",
    "周",
    "吴",
    "徐",
    "孙",
    "胡",
    "朱",
    "高",
    "林",
    "何",
    "郭",
    "马",
    "罗",
)
