/** The words of festivals and of taking part. */
export const zh = {
  festivals: {
    title: "购物节日历", one: "购物节", lead: "各阶段何时开始、在哪里重叠、哪里有空档。", new: "新建购物节", make: "创建", all: "全部购物节", calendar: "日历",
    none: "还没有购物节", none_text: "新建一个，添加阶段，检查无误后发布。", running: "正在进行", today: "今天", month: "月", week: "周", prev: "往前", next: "往后",
    gap: "空档", overlap: "重叠", name: "名称", name_en: "英文名称", zone: "时区", phases: "阶段", no_phases: "还没有阶段。至少添加一个阶段后才能发布。", phase_n: "阶段 {n}",
    kind: "类型", phase_name: "阶段名称", phase_name_en: "英文名称", from: "开始", to: "结束（不含）", add: "添加阶段", drop: "删除阶段{name}",
    kinds: { warm_up: "预热", presale_deposit: "预售付定金", presale_balance: "预售付尾款", sale: "正式售卖", gap: "间歇", return_coupon: "返场", settlement: "结算" },
    status: { draft: "草稿", live: "已发布", ended: "已结束" },
    publish: "发布", publish_title: "发布这个购物节？", publish_1: "会员和商家马上能看到它，各阶段按时开始和结束。", publish_2: "已开始的阶段不能再改，进行中的阶段只能延长。",
    check: "时间检查", check_ok: "阶段首尾相接，没有空档，也没有重叠。", to_enrolments: "查看报名", enrol: "报名参加", enrol_sent: "报名已提交，等待运营审核", my_enrolment: "我的报名",
    clock: { title: "沙盒时钟", lead: "所有页面、收银台和任务都以它为准，现在是", to: "跳到", before: "“{phase}”开始前 5 秒", jump: "跳转", confirm: "跳转购物节时钟？", happens_1: "全部进程的时间变为 {at}。", happens_2: "优惠券、订单超时和阶段会按新时间生效；往回跳不会撤销已发生的事。" },
  },
  enrolments: {
    title: "报名审核", lead: "想参加购物节的商家。可多选后批量通过或驳回。", search: "商家名称", empty: "没有待审核的报名", empty_text: "商家报名后会出现在这里。",
    status: { requested: "待审核", approved: "已通过", rejected: "已驳回" }, col: { merchant: "商家", status: "状态", requested: "报名时间", decided: "审核时间", reason: "说明" },
    approve: "通过", reject: "驳回", reject_why: "驳回原因（商家会看到）", decided: "已处理 {n} 条", some_refused: "{n} 条未处理：{why}",
  },
};

export const en: typeof zh = {
  festivals: {
    title: "Festival calendar", one: "Festival", lead: "When phases begin, where they overlap, where nothing runs.", new: "New festival", make: "Create", all: "All festivals", calendar: "Calendar",
    none: "No festival yet", none_text: "Make one, add phases, check them, publish.", running: "Running now", today: "Today", month: "Month", week: "Week", prev: "Earlier", next: "Later",
    gap: "Gap", overlap: "Overlap", name: "Name (Chinese)", name_en: "Name (English)", zone: "Time zone", phases: "Phases", no_phases: "No phases yet. Add at least one before publishing.", phase_n: "Phase {n}",
    kind: "Kind", phase_name: "Name (Chinese)", phase_name_en: "Name (English)", from: "Starts", to: "Ends (exclusive)", add: "Add a phase", drop: "Delete phase {name}",
    kinds: { warm_up: "Warm-up", presale_deposit: "Presale deposit", presale_balance: "Presale balance", sale: "Sale", gap: "Break", return_coupon: "Encore", settlement: "Settlement" },
    status: { draft: "Draft", live: "Published", ended: "Ended" },
    publish: "Publish", publish_title: "Publish this festival?", publish_1: "Members and merchants see it at once; phases open and close by the clock.", publish_2: "Phases that have begun cannot be changed; a running one may only be prolonged.",
    check: "Times", check_ok: "Phases follow each other: no gap, no overlap.", to_enrolments: "See enrolments", enrol: "Take part", enrol_sent: "Asked to take part; an operator will decide", my_enrolment: "My enrolment",
    clock: { title: "Sandbox clock", lead: "All pages, tills and jobs go by it. It shows", to: "Jump to", before: "5 s before “{phase}”", jump: "Jump", confirm: "Jump the festival clock?", happens_1: "All processes go to {at}.", happens_2: "Coupons, order time-outs and phases follow the new time; jumping back undoes nothing." },
  },
  enrolments: {
    title: "Enrolments", lead: "Merchants who want to take part. Choose several to decide at once.", search: "Merchant", empty: "Nothing waits for a decision", empty_text: "When a merchant asks to take part, it stands here.",
    status: { requested: "Waiting", approved: "Approved", rejected: "Rejected" }, col: { merchant: "Merchant", status: "Status", requested: "Asked", decided: "Decided", reason: "Note" },
    approve: "Approve", reject: "Reject", reject_why: "Why (the merchant reads it)", decided: "{n} decided", some_refused: "{n} not decided: {why}",
  },
};
