/** The merchant's pages, and the way to a shop of one's own. */
import type { RouteRecordRaw } from "vue-router";
import { Boxes, ChartNoAxesColumn, ClipboardCheck, FileUp, MapPinned, Package, PackageOpen, Radio, Receipt, Settings, ShoppingBag, TabletSmartphone, Users, Wallet } from "@lucide/vue";
import { countWaiting } from "../merchant/returns";

const merchant = ["merchant"] as const;

export const merchantRoutes: RouteRecordRaw[] = [
  {
    path: "/products",
    name: "products",
    component: () => import("../merchant/ProductsPage.vue"),
    meta: { title: "merchant.products.title", roles: merchant, nav: { section: "goods", icon: Package, order: 10 }, words: "goods sku price 货品 价格" },
  },
  {
    path: "/products/:id",
    name: "product",
    component: () => import("../merchant/ProductPage.vue"),
    meta: { title: "merchant.product.title", roles: merchant, under: "products" },
  },
  {
    path: "/stock",
    name: "stock",
    component: () => import("../merchant/StockPage.vue"),
    meta: { title: "merchant.stock.title", roles: merchant, nav: { section: "goods", icon: Boxes, order: 20 }, words: "inventory levels 存货 盘点" },
  },
  {
    path: "/stores",
    name: "stores",
    component: () => import("../merchant/StoresPage.vue"),
    meta: { title: "merchant.stores.title", roles: merchant, nav: { section: "goods", icon: MapPinned, order: 30 }, words: "shops hours map 营业时间 地图" },
  },
  {
    path: "/stores/:id",
    name: "store",
    component: () => import("../merchant/StorePage.vue"),
    meta: { title: "merchant.store.title", roles: merchant, under: "stores" },
  },
  {
    path: "/imports",
    name: "imports",
    component: () => import("../merchant/ImportsPage.vue"),
    meta: { title: "merchant.imports.title", roles: merchant, nav: { section: "goods", icon: FileUp, order: 40 }, words: "csv upload shopify google 批量" },
  },
  {
    path: "/orders",
    name: "orders",
    component: () => import("../merchant/OrdersPage.vue"),
    meta: { title: "merchant.orders.title", roles: merchant, nav: { section: "trade", icon: ShoppingBag, order: 10 }, words: "sales fulfil 发货" },
  },
  {
    path: "/orders/:id",
    name: "order",
    component: () => import("../merchant/OrderPage.vue"),
    meta: { title: "merchant.order.title", roles: merchant, under: "orders" },
  },
  {
    path: "/returns",
    name: "returns",
    component: () => import("../merchant/ReturnsPage.vue"),
    meta: { title: "merchant.returns.title", roles: merchant, nav: { section: "trade", icon: PackageOpen, order: 15, count: countWaiting }, words: "refunds take back 退款 退货 售后" },
  },
  {
    path: "/receipts",
    name: "receipts",
    component: () => import("../merchant/ReceiptsPage.vue"),
    meta: { title: "merchant.receipts.title", roles: merchant, nav: { section: "trade", icon: Receipt, order: 20 }, words: "till slips 小票" },
  },
  {
    path: "/coverage",
    name: "coverage",
    component: () => import("../merchant/CoveragePage.vue"),
    meta: { title: "merchant.coverage.title", roles: merchant, nav: { section: "trade", icon: Radio, order: 30 }, words: "reporting late missing 缺报" },
  },
  {
    path: "/sales",
    name: "sales",
    component: () => import("../merchant/SalesPage.vue"),
    meta: { title: "merchant.sales.title", roles: merchant, nav: { section: "money", icon: ChartNoAxesColumn, order: 10 }, words: "report revenue 报表 营业额" },
  },
  {
    path: "/money",
    name: "money",
    component: () => import("../merchant/MoneyPage.vue"),
    meta: { title: "merchant.money.title", roles: merchant, nav: { section: "money", icon: Wallet, order: 20 }, words: "ledger payable statement 账单 结算" },
  },
  {
    path: "/staff",
    name: "staff",
    component: () => import("../merchant/StaffPage.vue"),
    meta: { title: "merchant.staff.title", roles: merchant, nav: { section: "team", icon: Users, order: 10 }, words: "clerk pin 店员" },
  },
  {
    path: "/tills",
    name: "tills",
    component: () => import("../merchant/TillsPage.vue"),
    meta: { title: "merchant.tills.title", roles: merchant, nav: { section: "team", icon: TabletSmartphone, order: 20 }, words: "devices pair pos 设备 绑定" },
  },
  {
    path: "/tills/:id",
    name: "till",
    component: () => import("../merchant/TillPage.vue"),
    meta: { title: "merchant.till.title", roles: merchant, under: "tills" },
  },
  {
    path: "/settings",
    name: "settings",
    component: () => import("../merchant/SettingsPage.vue"),
    meta: { title: "merchant.settings.title", roles: merchant, nav: { section: "system", icon: Settings, order: 10 }, words: "profile story logo limits 品牌 提额" },
  },
  {
    path: "/open-shop",
    name: "open-shop",
    component: () => import("../merchant/open/OpenShopPage.vue"),
    meta: { title: "merchant.open.title", isPublic: true, bare: true },
  },
  {
    path: "/poster/:store",
    name: "poster",
    component: () => import("../merchant/open/PosterPage.vue"),
    meta: { title: "merchant.poster.title", roles: merchant, bare: true },
  },
  {
    path: "/shop-applications",
    name: "shop-applications",
    component: () => import("../merchant/ApplicationsPage.vue"),
    meta: { title: "merchant.applications.title", roles: ["operator"], nav: { section: "festival", icon: ClipboardCheck, order: 60 }, words: "limits approval small shops 提额 审批" },
  },
];
