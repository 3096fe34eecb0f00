/** The words of the operator's pages and of offers; each part keeps its own file. */
import * as campaign from "../desk/words/campaign";
import * as coupons from "../desk/words/coupons";
import * as festivals from "../desk/words/festivals";
import * as offers from "../desk/words/offers";
import * as system from "../desk/words/system";

export const zh = { ...system.zh, ...coupons.zh, ...festivals.zh, ...offers.zh, ...campaign.zh };

export const en: typeof zh = { ...system.en, ...coupons.en, ...festivals.en, ...offers.en, ...campaign.en };
