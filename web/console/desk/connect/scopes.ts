/** What an API key may be for; a key reads or writes a tag of the API. */
export const TAGS = ["catalog", "places", "stock", "orders", "coupons", "festivals", "tills", "receipts", "reports", "webhooks", "ledger", "audit", "offline"] as const;
