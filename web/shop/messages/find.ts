/** Words of finding things: coupons, search, nearby, stores, products. */
export const zh = {
  ticket: { platform: "平台券", online: "仅限线上", in_store: "仅限到店", from: "满{amount}可用", most: "最多减{amount}", fixed: "无门槛", threshold: "满减", percent: "折扣券", exchange: "换购券" },
  offers: {
    claim: "领取", claim_this: "领取 {name}", use: "去使用", soon: "即将开始", gone: "已抢光", closed: "已领完", claimed: "领取成功，已放入券包",
    gone_percent: "已领{percent}%", opens: "{at} 开抢", have: "您有 {count} 张可用", tab_all: "全部", tab_platform: "平台券", tab_shop: "店铺券", tab_in_store: "到店可用",
    none: "暂时没有这类券", none_note: "换个分类看看，或稍后再来",
  },
  sort: { title: "排序和筛选", best: "综合", sold: "销量", price: "价格", by_price: "按价格排序", rising: "价格从低到高", falling: "价格从高到低", in_stock: "仅看有货" },
  search: {
    placeholder: "搜商品、店铺、美食", in_shop: "在{name}里搜索", go: "搜索", clear: "清空", history: "搜索历史", forget: "清空搜索历史", hot: "大家都在买", suggestions: "搜索建议", none: "没有找到“{words}”，换个词试试",
  },
  nearby: {
    locate: "定位", located: "已定位", view: "查看方式", list: "列表", map: "地图", open_only: "营业中", denied: "没有拿到定位，先为您显示{city}市中心附近的门店", none: "附近 30 公里内没有门店", none_note: "换个城市看看",
    other_city: "切换城市", cities: "选择城市", here: "我的位置", see: "查看门店", map_label: "门店地图", no_map: "这台设备画不了地图，请用列表查看。",
  },
  store: {
    open: "营业中", closed: "休息中", kind: { restaurant: "餐饮", department: "百货", supermarket: "超市", convenience: "便利店", other: "门店" }, coupons_count: "{count} 张券", coupons: "本店可用券", no_coupons: "本店暂时没有可用的券",
    goods: "本店商品", from_you: "距您 {far}", go: "怎么去",
  },
  product: {
    added: "已加入购物车", ends_in: "距结束", coupons: "优惠", chosen: "已选", from: "发货", from_title: "从哪家门店发货或自提", both_ways: "快递免运费，也可到店自提", sold_out: "暂时无货", promise: "服务",
    promises: "发货前可随时取消 · 退款原路返回 · 免运费", stores_count: "{count} 家门店", visit: "进店逛逛", also: "本店还有", shop: "店铺", add: "加入购物车", buy: "立即购买", pictures: "商品图片", choose: "选择规格", left: "剩 {count} 件", quantity: "数量",
  },
  pieces: "{count} 件",
  quantity_of: "{name} 的数量",
  less: "减一件",
  more: "加一件",
  deal: {
    label: "预估到手价", how: "怎么算的", title: "到手价是这样算的", list: "商品价格", before: "近30天最低价", festival: "节日价优惠", hint: "再买 {more}，「{name}」再减 {off}", hint_pieces: "再加 {more} 件，「{name}」再减 {off}", passed: "这次没用上的优惠", total: "预估到手价", note: "按您现有的券自动选了最优组合，下单时以结算页为准。", guest: "登录后会用上您券包里的券，价格可能更低。",
  },
};

export const en: typeof zh = {
  ticket: { platform: "Platform", online: "Online only", in_store: "In store only", from: "from {amount}", most: "up to {amount}", fixed: "no minimum", threshold: "off from", percent: "off", exchange: "add-on" },
  offers: {
    claim: "Claim", claim_this: "Claim {name}", use: "Use it", soon: "Soon", gone: "All gone", closed: "Closed", claimed: "Claimed. It is in your coupons.",
    gone_percent: "{percent}% claimed", opens: "Opens {at}", have: "You have {count}", tab_all: "All", tab_platform: "Platform", tab_shop: "Shops", tab_in_store: "In store",
    none: "No coupons of this kind now", none_note: "Look at another tab, or come back later",
  },
  sort: { title: "Sort and filter", best: "Best", sold: "Sales", price: "Price", by_price: "Sort by price", rising: "Price, low to high", falling: "Price, high to low", in_stock: "In stock only" },
  search: {
    placeholder: "Goods, shops, food", in_shop: "Search in {name}", go: "Search", clear: "Clear", history: "Recent searches", forget: "Clear recent searches", hot: "Popular now", suggestions: "Suggestions", none: "Nothing found for “{words}”. Try another word.",
  },
  nearby: {
    locate: "Locate", located: "Located", view: "View", list: "List", map: "Map", open_only: "Open now", denied: "Your location is not available; showing stores around the centre of {city}", none: "No stores within 30 km", none_note: "Try another city",
    other_city: "Change city", cities: "Choose a city", here: "You are here", see: "See the store", map_label: "Map of stores", no_map: "This device cannot draw the map; use the list.",
  },
  store: {
    open: "Open", closed: "Closed", kind: { restaurant: "Food", department: "Department", supermarket: "Supermarket", convenience: "Convenience", other: "Store" }, coupons_count: "{count} coupons", coupons: "Coupons for this store", no_coupons: "No coupons for this store now",
    goods: "Goods of this shop", from_you: "{far} from you", go: "Directions",
  },
  product: {
    added: "Added to your cart", ends_in: "Ends in", coupons: "Offers", chosen: "Chosen", from: "From", from_title: "Sent from, or picked up at", both_ways: "Free delivery, or pick up", sold_out: "Sold out", promise: "Service",
    promises: "Cancel any time before it leaves · money back to your wallet · free delivery", stores_count: "{count} stores", visit: "Visit", also: "More of this shop", shop: "Shop", add: "Add to cart", buy: "Buy now", pictures: "Pictures", choose: "Choose", left: "{count} left", quantity: "Quantity",
  },
  pieces: "{count} pc",
  quantity_of: "Quantity of {name}",
  less: "One less",
  more: "One more",
  deal: {
    label: "You pay", how: "How?", title: "How this price comes about", list: "Price", before: "Lowest in 30 days", festival: "Festival price", hint: "Add {more} and {name} takes {off} more off", hint_pieces: "Add {more} more and {name} takes {off} more off", passed: "Offers that do not count this time", total: "You pay", note: "The best of your coupons are chosen; the checkout's price holds.", guest: "Sign in to have your coupons counted in; it may be less.",
  },
};
