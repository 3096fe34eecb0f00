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
  address: {
    add: "新增地址", change: "修改地址", name: "收货人", phone: "手机号", region: "省份", city: "城市", street: "详细地址", default: "设为默认地址", save: "保存", is_default: "默认", change_this: "修改 {name}", forget: "删除 {name}", note: "地址只有您自己看得到，删除后立即抹去；已下的订单保留当时的收货信息。",
  },
  inbox: {
    claimed: "领到「{name}」，{at} 前可用", redeemed: "「{name}」已使用，省了 {amount}", expiring: "「{name}」{at} 就要到期了，快去用", placed: "订单已提交，请尽快付款 {amount}", paid: "付款成功 {amount}，商家正在备货", cancelled: "订单已取消 {amount}", refunded: "退款 {amount} 已回到钱包", fulfilled: "商品已交付", return_rejected: "退货申请 {amount} 未通过，看看商家怎么说", packet_invited: "有人给你发了红包，{at} 前打开", packet_gone: "你的红包 {amount} 已被领完", packet_returned: "红包未领完，{amount} 已退回钱包", none: "还没有消息", fresh: "未读",
  },
  security: {
    proof: "先用手机验证码确认是您本人", pin: "支付密码", pin_note: "六位数字，用钱包付款时输入。", is_set: "已设置", not_set: "未设置", new_pin: "新的支付密码", new_password: "新的登录密码", passkeys: "通行密钥", add_passkey: "在这台设备上添加", no_passkeys: "这台设备或这个地址不支持通行密钥。", this_device: "我的设备", saved: "已保存",
  },
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
  address: {
    add: "New address", change: "Change address", name: "Name", phone: "Phone", region: "Province", city: "City", street: "Street and number", default: "Use as default", save: "Save", is_default: "Default", change_this: "Change {name}", forget: "Delete {name}", note: "Only you see your addresses; deleting erases them at once. Orders keep the address they were placed with.",
  },
  inbox: {
    claimed: "You claimed “{name}”, good until {at}", redeemed: "“{name}” was used: {amount} saved", expiring: "“{name}” ends {at}. Use it soon.", placed: "Order placed: {amount} to pay", paid: "{amount} paid; the shop is preparing it", cancelled: "Order cancelled: {amount}", refunded: "{amount} is back in your wallet", fulfilled: "Handed over", return_rejected: "Your return of {amount} was not accepted. See what the shop says.", packet_invited: "A red packet is waiting for you. Open it before {at}.", packet_gone: "Your red packet of {amount} has all been opened", packet_returned: "Your red packet ended: {amount} is back in your wallet", none: "No messages yet", fresh: "unread",
  },
  security: {
    proof: "First prove by a code that it is you", pin: "Payment PIN", pin_note: "Six digits, asked when you pay from your wallet.", is_set: "set", not_set: "not set", new_pin: "New PIN", new_password: "New password", passkeys: "Passkeys", add_passkey: "Add this device", no_passkeys: "This device or address cannot have passkeys.", this_device: "My device", saved: "Saved",
  },
};
