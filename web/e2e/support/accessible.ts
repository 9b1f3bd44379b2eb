// What axe finds wrong with a page as it is now.
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Goes on whatever it finds, so that one run tells of every state. */
export async function expectAccessible(page: Page, state: string) {
  const axe = new AxeBuilder({ page }).options({ resultTypes: ["violations"] }).withTags(TAGS);
  const { violations } = await axe.analyze();
  expect.soft(violations, state).toEqual([]);
}
