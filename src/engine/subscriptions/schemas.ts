import * as z from "zod";
import { idSchema, instantSchema, moneySchema } from "../../catalog/inputs.js";
import { customer, harmless, keyed, timeZoneSchema } from "../request-schemas.js";

const MOST_SEATS = 1_000_000;
const MOST_ADD_ONS = 20;
const quantity = z.int().min(1).max(MOST_SEATS).optional();

export const subscribe = z.strictObject({
  ...customer,
  ...keyed,
  plan: idSchema,
  quantity,
  addOns: z
    .array(z.union([idSchema, z.strictObject({ plan: idSchema, quantity })]))
    .max(MOST_ADD_ONS)
    .optional(),
  anchor: instantSchema.optional(),
  timeZone: timeZoneSchema.optional(),
  startsAt: instantSchema.optional(),
  trialEndsAt: instantSchema.optional(),
});

const when = z.enum(["now", "periodEnd"]).optional();

export const changePlan = z.strictObject({
  ...keyed,
  subscriptionId: idSchema,
  plan: idSchema.optional(),
  quantity,
  when,
  proration: z.enum(["none", "difference", "full"]).optional(),
  cost: moneySchema.optional(),
});

export const addAddOn = z.strictObject({ ...keyed, subscriptionId: idSchema, addOn: idSchema, quantity });

export const removeAddOn = z.strictObject({ ...harmless, subscriptionId: idSchema, addOn: idSchema, when });

export const harmlessChange = z.strictObject({ ...harmless, subscriptionId: idSchema });

export const cancel = z.strictObject({
  ...harmless,
  subscriptionId: idSchema,
  when,
  unused: z.enum(["keep", "void", "refund"]).optional(),
});

export const oneSubscription = z.strictObject({ subscriptionId: idSchema });

export const ofCustomer = z.strictObject(customer);
