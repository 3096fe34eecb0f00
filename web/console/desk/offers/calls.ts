/** Ask the API about offers. Every write carries the key of its intent, which ends when the outcome is known. */
import type { Schema } from "@shared/api/client";
import type { Intent } from "@shared/api/intent";
import { api, body, call } from "../../session";
import type { ApiTerms, Campaign, CampaignChoice, Lane, Offer, OfferSort, Preview, Status, Terms, Version } from "./types";

export interface Page<Row> {
  items: Row[];
  next_cursor?: string | null;
}
export interface OffersAsk {
  limit: number;
  cursor?: string;
  q?: string;
  status?: Status;
  merchant_id?: string;
  lane?: Lane;
  awaiting?: "me";
  sort?: OfferSort;
}
export interface Draft {
  terms: Terms;
  budget_minor: number | null;
  reason: string;
}

const path = (offer_id: string): { path: { offer_id: string } } => ({ path: { offer_id } });
const at = (offer_id: string, version: number): { path: { offer_id: string; version: string } } => ({ path: { offer_id, version: String(version) } });
/** The API's terms are narrower than a form's; what does not fit, the server refuses with its reasons. */
const written = (terms: Terms): ApiTerms => terms as unknown as ApiTerms;
const read = <T>(found: unknown): T => found as T;

export const listOffers = async (query: OffersAsk): Promise<Page<Offer>> => read(await call(() => api.GET("/v1/offers", { params: { query } })));

export const readOffer = async (offerId: string): Promise<Offer> => read(await call(() => api.GET("/v1/offers/{offer_id}", { params: path(offerId) })));

export const readVersions = async (offerId: string): Promise<Version[]> => read((await call(() => api.GET("/v1/offers/{offer_id}/versions", { params: path(offerId) }))).items);

export const makeOffer = async (intent: Intent, { terms, ...more }: Draft & { currency: string; merchant_id: string | null }): Promise<Offer> =>
  read(await call(() => api.POST("/v1/offers", { params: { header: intent.header }, body: { ...more, terms: written(terms) } })).finally(() => intent.renew()));

export const addVersion = async (intent: Intent, offerId: string, { terms, ...more }: Draft): Promise<Offer> =>
  read(await call(() => api.POST("/v1/offers/{offer_id}/versions", { params: { ...path(offerId), header: intent.header }, body: { ...more, terms: written(terms) } })).finally(() => intent.renew()));

export const simulate = async (intent: Intent, offerId: string, version: number): Promise<Version> =>
  read(await call(() => api.POST("/v1/offers/{offer_id}/versions/{version}/simulations", { params: { ...at(offerId, version), header: intent.header }, body: body<Schema<"SimulationBody">>({}) })).finally(() => intent.renew()));

export const approve = async (intent: Intent, offerId: string, version: number): Promise<Offer> =>
  read(await call(() => api.POST("/v1/offers/{offer_id}/versions/{version}/approvals", { params: { ...at(offerId, version), header: intent.header } })).finally(() => intent.renew()));

export const stop = async (intent: Intent, offerId: string, reason: string): Promise<Offer> =>
  read(await call(() => api.POST("/v1/offers/{offer_id}/stops", { params: { ...path(offerId), header: intent.header }, body: { reason } })).finally(() => intent.renew()));

export const resume = async (intent: Intent, offerId: string, reason: string): Promise<Offer> =>
  read(await call(() => api.POST("/v1/offers/{offer_id}/resumptions", { params: { ...path(offerId), header: intent.header }, body: { reason } })).finally(() => intent.renew()));

/** Price a sample with and without the terms; nothing is stored. */
export const preview = async ({ terms, ...more }: { terms: Terms; currency: string; merchant_id: string | null; offer_id: string | null; lines: { sku_id: string; quantity: number }[] }): Promise<Preview> =>
  read(await call(() => api.POST("/v1/offers/previews", { body: body<Schema<"PreviewBody">>({ ...more, terms: written(terms) }) })));

/** Price a campaign without and with what is tried; nothing is stored. */
export const simulateCampaign = async (choice: CampaignChoice): Promise<Campaign> => {
  const tried = { with_live: choice.withLive, draft_ids: choice.draftIds };
  const asked = choice.source === "file" ? { ...tried, document: choice.file?.document } : { ...tried, orders: choice.orders, currency: choice.currency };
  return call(() => api.POST("/v1/campaign-simulations", { body: body<Schema<"CampaignBody">>(asked as never) }));
};
