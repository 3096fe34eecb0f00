/** Words of what is mine: coupons, codes, the profile. */
export const zh = {
  mine: {
    more: "去领券", unused: "未使用", used: "已使用", expired: "已过期", used_at: "{day} 已省 {amount}", locked: "正在订单中使用", until: "{day}到期", code: "到店用", online: "线上用", none_unused: "还没有可用的券", none_used: "还没有用过的券", none_expired: "没有过期的券",
  },
  code: {
    tap: "点击显示券码", qr: "券码二维码，请收银员扫描", renews: "{seconds} 秒后自动更新，截图无效", until: "有效期至", hours: "可用时间", any_time: "有效期内营业时间均可用", rules: "使用规则", one_each: "出示给收银员扫码即可，不设找零，取消订单按规则退券", stores: "适用门店",
    used_at: "{at} · {store}", redeemed: "这张券已使用", expired: "这张券已过期", voided: "这张券已失效", returned: "这张券已退回",
  },
  pay_code: { note: "向收银员出示付款码，用节日钱包付款。每分钟自动更新，请勿截图或发给他人。" },
  me: { guest: "您好，请登录", guest_note: "登录后领券、下单、查看订单", member: "购物节会员", coupons: "张可用券", wallet: "节日钱包", pay_code_short: "出示", language: "语言", large: "大字版", large_note: "全部文字放大", calm: "减少动画", calm_note: "页面更安静", sign_out: "退出登录" },
};

export const en: typeof zh = {
  mine: {
    more: "Get coupons", unused: "Unused", used: "Used", expired: "Expired", used_at: "{day}, {amount} saved", locked: "In use by an order", until: "Until {day}", code: "In store", online: "Online", none_unused: "No coupons yet", none_used: "Nothing used yet", none_expired: "Nothing expired",
  },
  code: {
    tap: "Tap to show the code", qr: "QR code for the cashier to scan", renews: "Renews in {seconds} s; a screenshot is worthless", until: "Valid until", hours: "Usable", any_time: "At any opening hour", rules: "Terms", one_each: "Show it to the cashier. No change is given; cancelled orders return coupons by their terms", stores: "Stores",
    used_at: "{at} · {store}", redeemed: "This coupon was used", expired: "This coupon has expired", voided: "This coupon is void", returned: "This coupon was returned",
  },
  pay_code: { note: "Show it to the cashier to pay from your wallet. It renews each minute; do not send it to anybody." },
  me: { guest: "Hello, please sign in", guest_note: "For coupons, orders and your wallet", member: "Festival member", coupons: "coupons", wallet: "Wallet", pay_code_short: "Show", language: "Language", large: "Large type", large_note: "Everything larger", calm: "Less motion", calm_note: "A calmer page", sign_out: "Sign out" },
};
