/** Words of giving goods back. */
export const zh = {
  returns: {
    title: "退货与退款", ask: { money: "退款", goods: "退货退款" }, sheet: { money: "仅退款", goods: "退货退款" }, lead: { money: "商品还没发出，提交后立即退款，不用寄回。", goods: "商家收到退回的商品后，款项原路退回。" },
    open_until: "{at} 前可申请退货", over: "退货期已于 {at} 截止，如需退货请联系商家", not_sent: "还没发货，退款马上到账", at_till: "门店收银台购买，请带小票到门店退货",
    pick: "选择要退的商品", can: "可退 {count} 件", pick_all: "全选", pick_first: "请选择要退的商品和件数", reason_title: "退款原因", reason_first: "请选择退款原因", note: "补充说明（选填）", note_hint: "想告诉商家的话",
    reason: { changed_mind: "不想要了", damaged: "商品破损", wrong_item: "发错商品", not_as_described: "与描述不符", late: "发货太慢", other: "其他" },
    sum: "退款明细", counting: "正在计算退款…", paid_for: "实付", claw: "扣回「{name}」", claw_back: "返还「{name}」", an_offer: "优惠活动",
    why_claw: "留下的商品够不上这个优惠了，已享受的减免从退款中扣除。", why_back: "享受优惠的商品也退回了，之前扣除的减免返还给您。", nothing: "扣回的优惠与实付相抵，本次没有可退的款项。",
    refund: "退款金额", to_wallet: "退回节日钱包", to_cash: "退还现金", when: { money: "提交后立即到账", goods: "商家收货后立即到账" }, last_coupons: "订单已全部退完，用过的优惠券按券规则退还。", kept_coupons: "订单未全部退完，用过的优惠券不退还。",
    submit: { money: "确认退款", goods: "提交申请" }, submit_sum: { money: "确认退款 {amount}", goods: "提交申请，退 {amount}" }, sending: "正在提交…", sent: { money: "已退款 {amount}", goods: "退货申请已提交" }, unknown: "还没收到结果，请再点一次，不会重复退款",
    refusal: { refund_changed: "退款金额已变为 {amount}，请核对后重新提交。", return_window_over: "退货期已经截止，如需退货请联系商家。", not_returnable: "这部分订单现在不能退货，请返回刷新订单。", bad_return_lines: "可退件数有变化，请返回刷新订单后重选。", return_closed: "退货申请已有结果，页面已刷新。" },
    status: { requested: "退货中，等待商家收货", refunded: "退款成功", rejected: "商家未通过", withdrawn: "已撤回" },
    send_back: "请把商品寄回给商家，商家收到后退款 {amount}。", bring_back: "请把商品带回{store}，商家收到后退款 {amount}。", money_back: "{amount} 已退回节日钱包", money_cash: "{amount} 以现金退还", kept: "商品留在您手里，没有退款。",
    shop_says: "商家回复", your_note: "您的说明", withdraw: "撤回申请", withdraw_title: "撤回退货申请？", withdraw_text: "商品留在您手里，不会退款。退货期内可以再次申请。", withdrawn: "退货申请已撤回", back_count: "已退 {count} 件", asked_count: "退货中 {count} 件", refunded_sum: "已退款", tag: { asked: "退款中", part: "部分退款" },
  },
};

export const en: typeof zh = {
  returns: {
    title: "Returns and refunds", ask: { money: "Refund", goods: "Return" }, sheet: { money: "Refund", goods: "Return goods" }, lead: { money: "Nothing has left yet: the money goes back at once, there is nothing to send.", goods: "Your money goes back once the shop has the goods again." },
    open_until: "Returns until {at}", over: "Returns closed on {at}. Ask the shop if you still need one.", not_sent: "Not sent yet: a refund is at once", at_till: "Bought at a till: bring it to the store with the receipt",
    pick: "What goes back", can: "{count} left to return", pick_all: "All of it", pick_first: "Choose goods and pieces to return", reason_title: "Reason", reason_first: "Choose a reason", note: "Note (optional)", note_hint: "What the shop should know",
    reason: { changed_mind: "Changed my mind", damaged: "Damaged", wrong_item: "Wrong item", not_as_described: "Not as described", late: "Takes too long", other: "Other" },
    sum: "Your refund", counting: "Working it out…", paid_for: "paid", claw: "“{name}” taken back", claw_back: "“{name}” given again", an_offer: "an offer",
    why_claw: "What you keep no longer earns this offer, so what it took off is deducted.", why_back: "The goods that had this offer are back too, so what was deducted is given again.", nothing: "What the offer takes back equals what was paid: there is nothing to refund this time.",
    refund: "Refund", to_wallet: "To your wallet", to_cash: "In cash", when: { money: "At once", goods: "When the shop has the goods" }, last_coupons: "Nothing of the order stays: its coupons come back by their terms.", kept_coupons: "Part of the order stays, so its coupons stay used.",
    submit: { money: "Get the refund", goods: "Ask to return" }, submit_sum: { money: "Refund {amount}", goods: "Return for {amount}" }, sending: "Sending…", sent: { money: "{amount} refunded", goods: "Your return is with the shop" }, unknown: "No answer yet. Tap again; it is never refunded twice.",
    refusal: { refund_changed: "The refund is {amount} now. Look at it and confirm again.", return_window_over: "The time for returns is over. Ask the shop if you still need one.", not_returnable: "This cannot be returned now. Go back and reload the order.", bad_return_lines: "Fewer pieces are left to return. Go back and reload the order.", return_closed: "This return has been decided already; the page is up to date now." },
    status: { requested: "Waiting for the goods", refunded: "Refunded", rejected: "Not accepted", withdrawn: "Withdrawn" },
    send_back: "Send the goods back to the shop; it then refunds {amount}.", bring_back: "Bring the goods to {store}; the shop then refunds {amount}.", money_back: "{amount} is back in your wallet", money_cash: "{amount} was given back in cash", kept: "You keep the goods; nothing was refunded.",
    shop_says: "The shop says", your_note: "You wrote", withdraw: "Withdraw", withdraw_title: "Withdraw this return?", withdraw_text: "You keep the goods and get no refund. You may ask again while returns are open.", withdrawn: "The return is withdrawn", back_count: "{count} returned", asked_count: "{count} being returned", refunded_sum: "Refunded", tag: { asked: "Refund pending", part: "Partly refunded" },
  },
};
