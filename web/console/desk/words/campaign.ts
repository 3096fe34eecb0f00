/** The words of the page that prices a whole campaign. */
export const zh = {
  campaign: {
    title: "全场试算", lead: "活动上线前，用真实订单或一份购物车文件算一遍：顾客少付多少、谁承担、谁亏本、哪些活动打架。什么都不会保存。",
    carts: "用哪些购物车", orders: "最近的真实订单", file: "上传购物车文件", count: "订单数", last: "最近 {n} 单", currency: "币种",
    choose: "选择 JSON 文件，或拖到这里", choose_hint: "格式与命令 fairday price 相同（docs/schemas/price-in.json），可含多个购物车，最大 16 MB。", browse: "选择文件", holds: "{n} 个购物车 · {currency}",
    offers: "对比哪些活动", live: "包含线上活动", drafts: "再加上这些还没上线的版本", no_drafts: "没有待上线的版本。文件里自带的活动也会一起试算。",
    run: "开始试算", none: "还没有试算", none_text: "选好购物车和活动后开始。",
    kpi: { total: "顾客实付", discount: "优惠合计", share: "优惠占比", carts: "购物车", was: "仅线上活动：{sum}", of: "商品总额 {sum}", losses: "{n} 行低于成本", no_losses: "没有低于成本的商品" },
    funders: "谁承担", who: "出资方", before: "仅线上活动", after: "加上试算", change: "变化", nobody: "没有优惠，谁都不用出钱。",
    by_offer: "每个活动", csv: "导出", no_offers: "没有任何活动参与试算。", stood: "命中购物车", gives: "优惠", stood_on: "命中 {n} / {of}", origin_title: "来源", origin: { live: "线上", draft: "待上线", document: "文件" }, never: "从未命中",
    reason_count: "未命中多因{reason}（{n} 次）",
    reason: {
      not_started: "未开始", ended: "已结束", coupon_needed: "没有券", code_needed: "未输入优惠码", no_eligible_items: "没有适用商品", excluded_by_condition: "条件排除", phase_not_open: "不在活动阶段", outside_hours: "不在时段内", wrong_weekday: "不是活动日", wrong_place: "不在门店范围", wrong_channel: "渠道不符", wrong_region: "地区不符", wrong_payment_method: "支付方式不符",
      member_needed: "未登录", wrong_tier: "等级不符", wrong_segment: "不在人群内", not_new_member: "不是新会员", wrong_order_number: "不是第几单", used_up: "名额用完", below_amount: "未满金额", below_quantity: "未满件数", below_weight: "未满重量", above_amount: "超出金额", above_quantity: "超出件数", above_weight: "超重", out_of_stock: "赠品无货", no_effect: "无可优惠金额", floor_price: "已到最低价", excluded: "与其他活动互斥", group_taken: "同组只享一个", claims_max: "张数已满", better_without: "不用更优惠", not_chosen: "未选用",
    },
    conflicts: "互相冲突的活动", conflict: "「{one}」因「{by}」而未生效", raised: "近30天涨过价的商品", raised_text: "这些商品的价格高于近30天最低价。先涨后降会被认定为虚假优惠，划线价只按近30天最低价显示。",
    merchants: "每个商家", merchant: "商家", gross: "商品总额", net: "顾客实付", own: "商家自己承担",
    losses: "低于成本的商品行（{n}）", losses_text: "商家收到的钱（顾客实付加他方补贴）低于文件里的成本价。", receives: "收到", cost: "成本", cart: "购物车 {id}",
    fault: { title: "文件有 {n} 处需要修改", line: "第 {line} 行第 {column} 列：", carts: "第 {n} 个购物车：", products: "第 {n} 个商品：", offers: "第 {n} 个活动：", lines: "第 {n} 行商品：", syntax: "这里不是有效的 JSON，请检查逗号、引号和括号。", not_document: "文件应是一个 JSON 对象。", no_carts: "文件里没有购物车：需要 carts，或单个购物车的 lines。", too_large: "文件超过 16 MB，请拆分，或用命令 fairday price。" },
  },
};

export const en: typeof zh = {
  campaign: {
    title: "Simulate a campaign", lead: "Before anything is live, price real orders or a file of carts: what shoppers save, who pays for it, who loses, which offers clash. Nothing is stored.",
    carts: "Which carts", orders: "Recent real orders", file: "A file of carts", count: "Orders", last: "The last {n}", currency: "Currency",
    choose: "Choose a JSON file, or drop it here", choose_hint: "As the command fairday price takes it (docs/schemas/price-in.json), with many carts if you like, up to 16 MB.", browse: "Choose file", holds: "{n} carts · {currency}",
    offers: "Against which offers", live: "The live offers", drafts: "And these versions that are not live yet", no_drafts: "No version waits to go live. Offers that the file brings are simulated as well.",
    run: "Simulate", none: "Nothing simulated yet", none_text: "Choose carts and offers, then simulate.",
    kpi: { total: "Shoppers pay", discount: "Discounts", share: "Share of discounts", carts: "Carts", was: "Live offers alone: {sum}", of: "Goods: {sum}", losses: "{n} lines below cost", no_losses: "No line below cost" },
    funders: "Who pays", who: "Funder", before: "Live alone", after: "With these", change: "Change", nobody: "No discounts, so nobody pays.",
    by_offer: "Each offer", csv: "Export", no_offers: "No offer takes part.", stood: "Carts it stands on", gives: "Gives", stood_on: "stands on {n} of {of}", origin_title: "From", origin: { live: "Live", draft: "Not live yet", document: "File" }, never: "Never fires",
    reason_count: "mostly not: {reason} ({n})",
    reason: {
      not_started: "not begun", ended: "over", coupon_needed: "no coupon", code_needed: "no code", no_eligible_items: "no fitting goods", excluded_by_condition: "ruled out", phase_not_open: "another phase", outside_hours: "other hours", wrong_weekday: "other weekdays", wrong_place: "other stores", wrong_channel: "another channel", wrong_region: "another region", wrong_payment_method: "paid another way",
      member_needed: "not signed in", wrong_tier: "another tier", wrong_segment: "another segment", not_new_member: "not a new member", wrong_order_number: "another order number", used_up: "all taken", below_amount: "amount too low", below_quantity: "too few pieces", below_weight: "too light", above_amount: "amount too high", above_quantity: "too many pieces", above_weight: "too heavy", out_of_stock: "gift out of stock", no_effect: "nothing left to take off", floor_price: "at the lowest price", excluded: "excluded by another", group_taken: "one of its group stands", claims_max: "enough coupons", better_without: "dearer with it", not_chosen: "left out",
    },
    conflicts: "Offers that clash", conflict: "{one} did not stand because of {by}", raised: "Prices raised within 30 days", raised_text: "These goods cost more than their lowest price of the last 30 days. Raising a price before lowering it is misleading; only the lowest of 30 days is struck through.",
    merchants: "Each merchant", merchant: "Merchant", gross: "Goods", net: "Shoppers pay", own: "Pays itself",
    losses: "Lines below cost ({n})", losses_text: "What the merchant receives (from shoppers and other funders) is below the cost that the file states.", receives: "receives", cost: "cost", cart: "cart {id}",
    fault: { title: "To be changed: {n}", line: "Line {line}, column {column}:", carts: "Cart {n}:", products: "Product {n}:", offers: "Offer {n}:", lines: "Line {n}:", syntax: "This is not valid JSON; look at commas, quotes and brackets.", not_document: "The file should be one JSON object.", no_carts: "There are no carts in the file: it needs carts, or the lines of one cart.", too_large: "The file is larger than 16 MB. Split it, or use the command fairday price." },
  },
};
