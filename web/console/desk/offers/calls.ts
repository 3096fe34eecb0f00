/** Ask the API about offers. Every write carries the key of its intent. */
import type { Intent } from "@shared/api/intent";
import { api, call } from "../../session";
import type { Offer, Preview, Terms, Version } from "./types";

type Answered<T> = Promise<{ data?: T; error?: unknown; response: Response }>;
type Way = <T>(path: string, given: object) => Answered<T>;

// The routes are typed by hand in types.ts; the client carries cookies, language and repeats all the same.
const get = api.GET as unknown as Way;
const post = api.POST as unknown as Way;

export interface Page<Row> {
  items: Row[];
  next_cursor?: string | null;
}

export const listOffers = (query: Record<string, string | number>): Promise<Page<Offer>> => call(() => get<Page<Offer>>("/v1/offers", { params: { query } }));

export const readOffer = (offerId: string): Promise<Offer> => call(() => get<Offer>("/v1/offers/{offer_id}", of(offerId)));

export const readVersions = async (offerId: string): Promise<Version[]> => {
  const found = await call(() => get<Page<Version>>("/v1/offers/{offer_id}/versions", of(offerId)));
  return found.items;
};

export const makeOffer = (intent: Intent, body: { terms: Terms; currency: string; budget_minor: number | null; reason: string; merchant_id: string | null }): Promise<Offer> =>
  write(intent, (given) => post("/v1/offers", given), {}, body);

export const addVersion = (intent: Intent, offerId: string, body: { terms: Terms; budget_minor: number | null; reason: string }): Promise<Offer> =>
  write(intent, (given) => post("/v1/offers/{offer_id}/versions", given), { offer_id: offerId }, body);

export const simulate = (intent: Intent, offerId: string, version: number): Promise<Version> =>
  write(intent, (given) => post("/v1/offers/{offer_id}/versions/{version}/simulations", given), { offer_id: offerId, version }, {});

export const approve = (intent: Intent, offerId: string, version: number): Promise<Offer> =>
  write(intent, (given) => post("/v1/offers/{offer_id}/versions/{version}/approvals", given), { offer_id: offerId, version }, {});

export const stop = (intent: Intent, offerId: string, reason: string): Promise<Offer> => write(intent, (given) => post("/v1/offers/{offer_id}/stops", given), { offer_id: offerId }, { reason });

export const resume = (intent: Intent, offerId: string, reason: string): Promise<Offer> => write(intent, (given) => post("/v1/offers/{offer_id}/resumptions", given), { offer_id: offerId }, { reason });

/** Price a sample with and without the terms; nothing is stored. */
export const preview = (intent: Intent, body: { terms: Terms; currency: string; merchant_id: string | null; offer_id: string | null; lines: { sku_id: string; quantity: number }[] }): Promise<Preview> =>
  write(intent, (given) => post("/v1/offers/previews", given), {}, body);

function of(offerId: string): object {
  return { params: { path: { offer_id: offerId } } };
}

/** A write whose outcome is known begins a new intent. */
function write<T>(intent: Intent, ask: (given: object) => Answered<T>, path: object, body: object): Promise<T> {
  return call(() => ask({ params: { path, header: intent.header }, body })).finally(() => intent.renew());
}
