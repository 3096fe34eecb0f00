/** The pages by address; all but the first are loaded when they are opened. `meta.tab` keeps the tab bar on a page. */
import type { RouteRecordRaw } from "vue-router";
import HomePage from "./pages/HomePage.vue";

declare module "vue-router" {
  interface RouteMeta {
    tab?: string;
    title?: string;
  }
}

export const routes: RouteRecordRaw[] = [
  { path: "/", name: "home", component: HomePage, meta: { tab: "home", title: "home" } },
  { path: "/coupons", name: "coupons", component: () => import("./pages/CouponsPage.vue"), meta: { title: "coupons" } },
  { path: "/nearby", name: "nearby", component: () => import("./pages/NearbyPage.vue"), meta: { tab: "nearby", title: "nearby" } },
  { path: "/stores/:id", name: "store", component: () => import("./pages/StorePage.vue"), props: true, meta: { title: "store" } },
  { path: "/search", name: "search", component: () => import("./pages/SearchPage.vue"), meta: { title: "search" } },
  { path: "/channels/:id", name: "channel", component: () => import("./pages/ChannelPage.vue"), props: true, meta: { title: "channel" } },
  { path: "/products/:id", name: "product", component: () => import("./pages/ProductPage.vue"), props: true, meta: { title: "product" } },
  { path: "/cart", name: "cart", component: () => import("./pages/CartPage.vue"), meta: { tab: "cart", title: "cart" } },
  { path: "/checkout", name: "checkout", component: () => import("./pages/CheckoutPage.vue"), meta: { title: "checkout" } },
  { path: "/orders", name: "orders", component: () => import("./pages/OrdersPage.vue"), meta: { title: "orders" } },
  { path: "/orders/:id", name: "order", component: () => import("./pages/OrderPage.vue"), props: true, meta: { title: "order" } },
  { path: "/orders/:id/result", name: "result", component: () => import("./pages/ResultPage.vue"), props: true, meta: { title: "result" } },
  { path: "/my-coupons", name: "my-coupons", component: () => import("./pages/MyCouponsPage.vue"), meta: { tab: "mine", title: "my_coupons" } },
  { path: "/my-coupons/:id", name: "code", component: () => import("./pages/CodePage.vue"), props: true, meta: { title: "code" } },
  { path: "/pay-code", name: "pay-code", component: () => import("./pages/PayCodePage.vue"), meta: { title: "pay_code" } },
  { path: "/inbox", name: "inbox", component: () => import("./pages/InboxPage.vue"), meta: { title: "inbox" } },
  { path: "/packets", name: "packets", component: () => import("./pages/PacketsPage.vue"), meta: { title: "packets" } },
  { path: "/packets/new", name: "send-packet", component: () => import("./pages/SendPacketPage.vue"), meta: { title: "send_packet" } },
  { path: "/packets/:id", name: "packet", component: () => import("./pages/PacketPage.vue"), props: true, meta: { title: "packet" } },
  { path: "/addresses", name: "addresses", component: () => import("./pages/AddressesPage.vue"), meta: { title: "addresses" } },
  { path: "/security", name: "security", component: () => import("./pages/SecurityPage.vue"), meta: { title: "security" } },
  { path: "/me", name: "me", component: () => import("./pages/MePage.vue"), meta: { tab: "me", title: "me" } },
  { path: "/:rest(.*)*", name: "missing", component: () => import("./pages/MissingPage.vue"), meta: { title: "missing" } },
];
