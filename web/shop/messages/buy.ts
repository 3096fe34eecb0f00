/** Words of buying: cart, checkout, paying, orders. */
export const zh = {
  cart: {
    edit: "管理", empty: "购物车还是空的", empty_note: "领张券，挑点好东西", hint: "再买 {more}，立减 {off}", hint_short: "再买{more}减{off}", make_up: "去凑单", all_of: "全选 {name}", choose: "选择 {name}", short: "库存不足，请减少数量或换门店",
    cheaper: "比加入时降了 {amount}", remove: "删除", expired: "失效商品 {count} 件", clear: "清空", not_sold: "商品已下架或门店停售", also: "猜您喜欢", all: "全选", total: "合计", saved: "共省 {amount}", free_delivery: "免运费", nothing_chosen: "请勾选商品", pay: "结算({count})",
  },
  checkout: {
    sign_in: "登录后下单，购物车会原样保留", unknown: "还没收到下单结果，请点“提交订单”继续，不会重复下单", empty: "没有要结算的商品", coupons: "优惠券", not_used: "有 {count} 张可用，未使用", no_coupon: "暂无可用优惠券", pay_with: "支付方式", sum: "价格明细", goods: "商品金额",
    delivery: "运费", pickup: "到店自提", free: "免费", placing: "正在提交…", submit: "提交订单",
  },
  way: { label: "收货方式", delivery: "快递到家", pickup: "到店自提", to: "送到" },
  picker: { title: "选择优惠券", own: "已按您的选择计算", best: "已为您选好最优惠的组合", use_best: "用最优", none: "不用券", saves: "本单减 {amount}", others: "本单不可用（{count}）", more: "还差 {amount} 可用" },
  pay: {
    title: "确认付款", wallet: "节日钱包", free: "余额 {amount}", too_low: "余额不足", top_up: "沙盒充值", paying: "正在付款…", confirm: "确认付款", unknown: "还没收到付款结果，请再点一次，不会重复扣款",
    pin: "请输入六位支付密码", pin_wrong: "支付密码不对，还可以试 {left} 次", pin_reset: "忘记密码？用短信重设", pin_digit: "{n}", pin_delete: "删除一位", pin_count: "已输入 {count} 位",
  },
  result: { paid: "支付成功", waiting: "等待付款", see: "查看订单", on: "继续逛" },
  orders: { all: "全部", to_pay: "待付款", to_receive: "待收货", done: "已完成", closed: "已关闭", none: "没有这类订单", more: "更早的订单" },
  order: {
    status: { pending_payment: "等待付款", paid: "已付款，待发货", fulfilled: "已完成", cancelled: "已取消", refunded: "已退款" },
    line: { pending_payment: "付款时间已过，商品即将释放", paid: "商家正在备货", fulfilled: "商品已交付，祝您使用愉快", cancelled: "订单已取消，商品和优惠券已释放", refunded: "款项已原路退回钱包" },
    step: { placed: "已下单", paid: "已付款", fulfilled: "已交付", cancelled: "已取消", refunded: "已退款" },
    channel: { online: "线上订单", in_store: "到店消费" },
    fulfilment: { delivery: "快递到家", pickup: "到店自提", in_store: "到店消费" },
    pay_within: "请在", then_free: "内付款，逾期释放库存", story: "订单进度", ahead: "进行中", paid_sum: "实付", number: "订单号", placed_at: "下单时间", cancel: "取消订单", pay: "去付款", cancelled: "订单已取消", cancel_title: "取消这笔订单？",
    cancel_paid: "款项会马上退回您的节日钱包，可退的优惠券会还给您。", cancel_waiting: "商品会放回货架，优惠券会还给您。", keep: "再想想", cancel_sure: "确定取消", sign_in: "请先登录",
  },
};

export const en: typeof zh = {
  cart: {
    edit: "Edit", empty: "Your cart is empty", empty_note: "Claim a coupon and pick something nice", hint: "{more} more and {off} off", hint_short: "{more} more: {off} off", make_up: "Find something", all_of: "All of {name}", choose: "Choose {name}", short: "Not enough left: take fewer, or another store",
    cheaper: "{amount} less than when you added it", remove: "Remove", expired: "{count} no longer sold", clear: "Clear", not_sold: "Not sold any more", also: "You may like", all: "All", total: "Total", saved: "You save {amount}", free_delivery: "Free delivery", nothing_chosen: "Tick something", pay: "Check out ({count})",
  },
  checkout: {
    sign_in: "Sign in to order; your cart stays as it is", unknown: "No answer yet. Tap “Place order” again; it is never ordered twice.", empty: "Nothing to check out", coupons: "Coupons", not_used: "{count} usable, none used", no_coupon: "No usable coupon", pay_with: "Pay with", sum: "Price", goods: "Goods",
    delivery: "Delivery", pickup: "Pick up in store", free: "Free", placing: "Placing…", submit: "Place order",
  },
  way: { label: "How it comes", delivery: "Delivery", pickup: "Pick up", to: "To" },
  picker: { title: "Choose coupons", own: "Your own choice is used", best: "The best set is chosen for you", use_best: "Use the best", none: "Use none", saves: "{amount} off this order", others: "Not for this order ({count})", more: "{amount} more to use it" },
  pay: {
    title: "Pay", wallet: "Festival wallet", free: "balance {amount}", too_low: "The balance is too low", top_up: "Top up (sandbox)", paying: "Paying…", confirm: "Pay now", unknown: "No answer yet. Tap again; it is never paid twice.",
    pin: "Enter your six-digit payment PIN", pin_wrong: "Wrong PIN, {left} tries left", pin_reset: "Forgotten? Reset by text message", pin_digit: "{n}", pin_delete: "Delete", pin_count: "{count} entered",
  },
  result: { paid: "Paid", waiting: "Waiting for payment", see: "See the order", on: "Shop on" },
  orders: { all: "All", to_pay: "To pay", to_receive: "On the way", done: "Done", closed: "Closed", none: "No orders here", more: "Earlier orders" },
  order: {
    status: { pending_payment: "Waiting for payment", paid: "Paid, being prepared", fulfilled: "Done", cancelled: "Cancelled", refunded: "Refunded" },
    line: { pending_payment: "The time to pay is over; the goods are being released", paid: "The shop is preparing it", fulfilled: "Handed over. Enjoy!", cancelled: "Cancelled; goods and coupons are released", refunded: "The money is back in your wallet" },
    step: { placed: "Placed", paid: "Paid", fulfilled: "Handed over", cancelled: "Cancelled", refunded: "Refunded" },
    channel: { online: "Online", in_store: "In store" },
    fulfilment: { delivery: "Delivery", pickup: "Pick up", in_store: "In store" },
    pay_within: "Pay within", then_free: "then the goods are released", story: "Progress", ahead: "ahead", paid_sum: "Paid", number: "Order no.", placed_at: "Placed", cancel: "Cancel order", pay: "Pay now", cancelled: "The order is cancelled", cancel_title: "Cancel this order?",
    cancel_paid: "The money goes back to your wallet at once, and coupons as far as they allow.", cancel_waiting: "The goods go back on the shelf, your coupons back to you.", keep: "Keep it", cancel_sure: "Cancel it", sign_in: "Sign in first",
  },
};
