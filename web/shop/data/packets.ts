/** Send, open and look at red packets. */
import { Intent } from "@shared/api/intent";
import { ApiError } from "@shared/api/problem";
import { answer, api, type Schema } from "./api";

export type Packet = Schema<"PacketView">;
export type GrabLine = Schema<"GrabLine">;
export type PacketBody = Schema<"PacketBody">;

/** Members' packets are in this currency here. */
export const CURRENCY = "CNY";

export async function readLimit(): Promise<Schema<"SendLimit"> | null> {
  const page = await answer(api.GET("/v1/red-packet-limits"));
  return page.items.find((one) => one.currency === CURRENCY) ?? null;
}

export function sendPacket(body: PacketBody, intent: Intent, pin?: string): Promise<Packet> {
  return answer(api.POST("/v1/red-packets", { params: { header: { ...intent.header, ...(pin ? { "Fairday-Pin": pin } : {}) } }, body }));
}

export function readPacket(id: string): Promise<Packet> {
  return answer(api.GET("/v1/red-packets/{packet_id}", { params: { path: { packet_id: id } } }));
}

/** Open a packet under one intent that a reload keeps: a lost answer is asked again and told the same. True: a share was had now or before. */
export async function openPacket(id: string): Promise<boolean> {
  const intent = new Intent(`packet ${id}`);
  try {
    await answer(api.POST("/v1/red-packets/{packet_id}/grabs", { params: { path: { packet_id: id }, header: intent.header } }));
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.code === "packet_already_grabbed") return true;
    throw error;
  }
}

export function readGrabs(id: string, cursor?: string): Promise<{ items: GrabLine[]; next_cursor?: string | null }> {
  return answer(api.GET("/v1/red-packets/{packet_id}/grabs", { params: { path: { packet_id: id }, query: { limit: 20, ...(cursor ? { cursor } : {}) } } }));
}

/** The address that opens a packet, for friends. */
export function linkOf(id: string): string {
  return `${location.origin}/shop/packets/${id}`;
}
