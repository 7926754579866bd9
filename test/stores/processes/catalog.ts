import { defineCatalog } from "coffer";

export const catalog = defineCatalog({
  currencies: { tokens: { name: "AI tokens" } },
  features: { chat: { currency: "tokens", rate: { credits: 1 } } },
});
