import type * as z from "zod";
import type { Catalog } from "../../catalog/define.js";
import { minorAmount } from "../../catalog/inputs.js";
import { CreditError, invalidInput } from "../../core/errors.js";
import type { JointRequest } from "../../core/requests.js";
import type { Planned, Subscription as CoreSubscription } from "../../core/subscription.js";
import * as addOns from "../../core/add-ons.js";
import * as rules from "../../core/subscription-verbs.js";
import type { Subscription, SubscriptionResult } from "../api-lifecycle.js";
import type { CreditVerbs } from "../api.js";
import { namesOf, parseRequest } from "../parse.js";
import { OWN_KEY_PREFIX } from "../request-schemas.js";
import type { Services } from "../services.js";
import type { Notes } from "../settle-mutation.js";
import { fingerprint } from "../task.js";
import type { WalletHandle } from "../wallet-handles.js";
import { presentOutcome, presentSubscription } from "./present.js";
import { openSubscriptions, subscriptionFrom } from "./records.js";
import * as schemas from "./schemas.js";
import { settleSubscription } from "./settle-subscription.js";

type Verbs =
  | "subscribe"
  | "changePlan"
  | "addAddOn"
  | "removeAddOn"
  | "pauseSubscription"
  | "resumeSubscription"
  | "cancelSubscription"
  | "subscriptions"
  | "subscription";

/** Plans, and what customers do with them. */
export function subscriptionVerbs<C extends Catalog>(services: Services): Pick<CreditVerbs<C>, Verbs> {
  const during =
    <Result>(run: (request: unknown) => Promise<Result>) =>
    (request: unknown): Promise<Result> =>
      services.during(() => run(request));
  const verb = <Schema extends z.ZodType<Notes & { readonly subscriptionId: string }>>(
    kind: JointRequest["kind"],
    schema: Schema,
    rule: (before: CoreSubscription, input: z.output<Schema>, asked: rules.Asked) => Planned,
  ) => during((request) => change(services, { kind, schema, rule }, request));
  return {
    subscribe: during((request) => subscribe(services, request)),
    changePlan: verb("changePlan", schemas.changePlan, (before, input, asked) =>
      rules.changePlan(before, changeTerms(input), asked),
    ),
    addAddOn: verb("addAddOn", schemas.addAddOn, (before, { addOn, quantity = 1 }, asked) =>
      addOns.addAddOn(before, { plan: addOn, quantity }, asked),
    ),
    removeAddOn: verb("removeAddOn", schemas.removeAddOn, (before, { addOn, when = "now" }, asked) =>
      addOns.removeAddOn(before, { plan: addOn, when }, asked),
    ),
    pauseSubscription: verb("pauseSubscription", schemas.harmlessChange, (before, _, asked) =>
      rules.pause(before, asked),
    ),
    resumeSubscription: verb("resumeSubscription", schemas.harmlessChange, (before, _, asked) =>
      rules.resume(before, asked),
    ),
    cancelSubscription: verb(
      "cancelSubscription",
      schemas.cancel,
      (before, { when = "periodEnd", unused = "keep" }, asked) =>
        rules.cancel(before, { when, unused }, asked),
    ),
    subscriptions: during((request) => subscriptions(services, request)),
    subscription: during((request) => subscription(services, request)),
  };
}

async function subscribe(services: Services, request: unknown): Promise<SubscriptionResult> {
  const { input, text } = parseRequest(schemas.subscribe, request, "subscribe");
  const own = services.handle(namesOf(input, ""));
  const settled = await settleSubscription(services, {
    own,
    subscriptionId: null,
    mutation: mutationOf(services, "subscribe", input, text),
    plan: (_, now) =>
      rules.subscribe(
        {
          id: services.newId(now),
          plan: input.plan,
          quantity: input.quantity ?? 1,
          addOns: (input.addOns ?? []).map((addOn) =>
            typeof addOn === "string"
              ? { plan: addOn, quantity: 1 }
              : { plan: addOn.plan, quantity: addOn.quantity ?? 1 },
          ),
          anchor: input.anchor ?? null,
          timeZone: input.timeZone ?? "UTC",
          startsAt: input.startsAt ?? null,
          trialEndsAt: input.trialEndsAt ?? null,
        },
        { catalog: services.catalog, now },
      ),
  });
  return presentOutcome(services, own, settled);
}

interface Rule<Schema extends z.ZodType> {
  readonly kind: JointRequest["kind"];
  readonly schema: Schema;
  readonly rule: (before: CoreSubscription, input: z.output<Schema>, asked: rules.Asked) => Planned;
}

async function change<Schema extends z.ZodType<Notes & { readonly subscriptionId: string }>>(
  services: Services,
  { kind, schema, rule }: Rule<Schema>,
  request: unknown,
): Promise<SubscriptionResult> {
  const { input, text } = parseRequest(schema, request, kind);
  const { subscriptionId } = input;
  const { handle: own, local } = await find(services, subscriptionId);
  const settled = await settleSubscription(services, {
    own,
    subscriptionId: local,
    mutation: mutationOf(services, kind, input, text),
    plan: (before, now) => {
      if (before === undefined) throw notFound(subscriptionId);
      return rule(before, input, { catalog: services.catalog, now });
    },
  });
  return presentOutcome(services, own, settled);
}

function mutationOf(
  services: Services,
  kind: JointRequest["kind"],
  { actor, reason, idempotencyKey }: Notes,
  text: string,
): Parameters<typeof settleSubscription>[1]["mutation"] {
  return {
    key: idempotencyKey ?? `${OWN_KEY_PREFIX}${services.newId(services.now())}`,
    request: { kind },
    requestText: text,
    requestHash: fingerprint(text),
    actor: actor ?? null,
    reason: reason ?? null,
  };
}

function changeTerms(input: z.output<typeof schemas.changePlan>): rules.ChangeTerms {
  const { plan, quantity, when = "now", proration = "none", cost } = input;
  if (plan === undefined && quantity === undefined)
    throw invalidInput("changePlan: give `plan`, `quantity`, or both.", { field: "plan" });
  if (when === "periodEnd" && proration !== "none")
    throw invalidInput(
      'changePlan: at the period\'s end there is nothing to prorate; leave `proration` out, or change with `when: "now"`.',
      { field: "proration" },
    );
  if (cost !== undefined && proration !== "difference")
    throw invalidInput(
      'changePlan: `cost` is that of the difference; it goes with `proration: "difference"`.',
      {
        field: "cost",
      },
    );
  return {
    plan: plan ?? null,
    quantity: quantity ?? null,
    when,
    proration,
    cost: cost === undefined ? null : { total: minorAmount(cost, "cost"), currency: cost.currency },
  };
}

async function find(
  services: Services,
  subscriptionId: string,
): Promise<{ readonly handle: WalletHandle; readonly local: string }> {
  const found = await services.handleOf("sb", subscriptionId, "subscription_not_found");
  if (found.handle.names.currency !== "") throw notFound(subscriptionId);
  return found;
}

async function subscription(services: Services, request: unknown): Promise<Subscription> {
  const { input } = parseRequest(schemas.oneSubscription, request, "subscription");
  const { handle, local } = await find(services, input.subscriptionId);
  const read = { key: handle.key, records: [{ kind: "subscription", id: local }] };
  const snapshot = await services.snapshotOf(read);
  const one = subscriptionFrom(snapshot, local);
  if (one === undefined) throw notFound(input.subscriptionId);
  return presentSubscription(handle, one, instantOf(services, snapshot));
}

async function subscriptions(services: Services, request: unknown): Promise<readonly Subscription[]> {
  const { input } = parseRequest(schemas.ofCustomer, request, "subscriptions");
  const handle = services.handle(namesOf(input, ""));
  const snapshot = await services.snapshotOf({ key: handle.key });
  const now = instantOf(services, snapshot);
  return [...openSubscriptions(snapshot)]
    .sort((a, b) => a.createdAt - b.createdAt)
    .map((one) => presentSubscription(handle, one, now));
}

function instantOf(services: Services, { head }: Awaited<ReturnType<Services["snapshotOf"]>>): number {
  return Math.max(services.now(), head?.clock ?? Number.MIN_SAFE_INTEGER);
}

function notFound(subscriptionId: string): CreditError {
  return new CreditError(
    "subscription_not_found",
    `There is no subscription "${subscriptionId}". Pass the \`id\` that subscribe returned.`,
    { subscriptionId },
  );
}
