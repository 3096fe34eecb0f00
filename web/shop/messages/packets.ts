/** Words of red packets. */
export const zh = {
  packet: {
    lucky: "拼手气红包", equal: "普通红包", lucky_note: "金额随机，打开前谁也不知道", equal_note: "每人一样多", total: "总金额（元）", count: "红包个数", count_unit: "个", message: "祝福语", greeting: "恭喜发财，大吉大利", most: "最多 {amount}、{count} 份，24 小时未领完自动退回",
    each: "每人约 {amount}", send: "塞钱进红包", sending: "正在准备红包…", too_small: "每份至少 {amount}", too_large: "单个红包最多 {amount}", too_many: "最多 {count} 份", free: "钱包余额 {amount}",
    sent: "红包准备好了", share: "发给亲友", copy: "复制链接", copied: "链接已复制", from: "{name} 的红包", from_shop: "购物节红包", open: "开", opening: "拆开中…", open_this: "拆红包", waiting: "{at} 开抢", gone: "手慢了，红包派完了", all_had: "红包已全部领完", over: "红包已过期，未领取的金额已退回", mine: "已存入钱包，可用于付款",
    taken: "已领 {taken}/{count} 个", taken_sum: "已领 {taken}/{count} 个，共 {had}/{total}", back: "{amount} 已退回钱包", luckiest: "手气最佳", me: "我", list: "领取记录", nobody: "还没有人领取", more: "查看更多", sent_list: "我发出的", had_list: "我收到的", none: "还没有红包", new: "发红包", sign_in: "登录后拆红包", missing: "没有找到这个红包，请核对链接", expires: "{at} 前有效", refresh: "刷新",
    state: { waiting: "未开始", open: "领取中", gone: "已领完", over: "已过期" },
  },
};

export const en: typeof zh = {
  packet: {
    lucky: "Lucky", equal: "Equal", lucky_note: "By luck: nobody knows before it is opened", equal_note: "The same for everybody", total: "Total (yuan)", count: "Shares", count_unit: "", message: "Wishes", greeting: "Best wishes", most: "At most {amount} in {count} shares. What nobody opens in 24 hours comes back to your wallet.",
    each: "about {amount} each", send: "Put the money in", sending: "Preparing…", too_small: "A share is at least {amount}", too_large: "At most {amount} in a packet", too_many: "At most {count} shares", free: "Wallet {amount}",
    sent: "Your red packet is ready", share: "Send to friends", copy: "Copy the link", copied: "Link copied", from: "From {name}", from_shop: "From the festival", open: "開", opening: "Opening…", open_this: "Open the red packet", waiting: "Opens {at}", gone: "Too late: every share is gone", all_had: "Every share was opened", over: "It has ended; what was left went back", mine: "It is in your wallet",
    taken: "{taken} of {count} opened", taken_sum: "{taken} of {count} opened, {had} of {total}", back: "{amount} came back to your wallet", luckiest: "Luckiest", me: "me", list: "Who had what", nobody: "Nobody has opened it yet", more: "Show more", sent_list: "Sent", had_list: "Received", none: "No red packets yet", new: "Send one", sign_in: "Sign in to open it", missing: "There is no such red packet. Check the link.", expires: "Good until {at}", refresh: "Refresh",
    state: { waiting: "Not yet", open: "Open", gone: "All opened", over: "Ended" },
  },
};
