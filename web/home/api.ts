/** Read what the landing page lists. Each list may be missing (no sandbox, an older server): then it is simply not shown. */
export interface SandboxLogin {
  role: string;
  name: string;
  login: string;
  secret: string;
}

export interface CouponCard {
  coupon_id: string;
  name?: string | null;
  name_en?: string | null;
  summary?: string | null;
  summary_en?: string | null;
  claimable?: boolean | null;
  left_count?: number | null;
}

export async function readLogins(): Promise<SandboxLogin[]> {
  const found = await read("/v1/sandbox/logins");
  const items = (found as { items?: unknown } | null)?.items;
  return Array.isArray(items) ? items.filter(isLogin) : [];
}

/** Null when the server does not answer, so that "none" and "unknown" stay apart. */
export async function readCoupons(): Promise<CouponCard[] | null> {
  const found = await read("/v1/coupons?limit=8");
  const items = (found as { items?: unknown } | null)?.items;
  return Array.isArray(items) ? (items as CouponCard[]).filter((item) => typeof item?.coupon_id === "string") : null;
}

async function read(url: string): Promise<unknown> {
  try {
    const response = await fetch(url, { headers: { Accept: "application/json" } });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

function isLogin(value: unknown): value is SandboxLogin {
  const login = value as Partial<SandboxLogin> | null;
  return typeof login?.login === "string" && typeof login.secret === "string";
}
