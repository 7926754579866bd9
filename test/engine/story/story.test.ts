/**
 * What is stored is read by later versions, and what is answered is kept by apps: neither changes unawares. Where it
 * changes on purpose, STORY=write has it written down anew; look at what differs before you keep it.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { format } from "prettier";
import { expect, test } from "vitest";
import { expectSound } from "../support.js";
import { tellStory } from "./story.js";

interface Story {
  readonly answers: Readonly<Record<string, unknown>>;
  readonly stored: unknown;
}

const FILE = "test/engine/story/story.json";

test("each call is answered, and all is stored, as it ever was, to the hash", async () => {
  const { answers, store } = await tellStory();
  const told: Story = { answers, stored: JSON.parse(store.dump()) as unknown };
  if (process.env["STORY"] === "write")
    writeFileSync(FILE, await format(JSON.stringify(told), { parser: "json", printWidth: 110 }));
  const written = JSON.parse(readFileSync(FILE, "utf8")) as Story;
  expect(told.answers).toEqual(written.answers);
  expect(told.stored).toEqual(written.stored);
  await expectSound(store);
});
