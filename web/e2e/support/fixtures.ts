import { test as base, type Page } from "@playwright/test";
import { startMenagerie } from "../../tools/menagerie.mjs";
import { HistoryPage } from "./history";
import { startModel, type ScriptedModel } from "./model";
import { AnimalsPage, ChatPage, SignInPage } from "./pages";
import { ViewerPage } from "./viewer";

type Stage = { url: string; model: ScriptedModel };
type Zoo = { url: string; letter: () => Promise<string> };
type Worker = { zoo: Zoo; stage: Stage };
type Theirs = { page: Page; viewer: ViewerPage; history: HistoryPage };
type Each = {
  signIn: SignInPage;
  animals: AnimalsPage;
  chat: ChatPage;
  viewer: ViewerPage;
  history: HistoryPage;
  /** What somebody else does meanwhile, in a browser of their own. */
  as: (name: string, act: (theirs: Theirs) => Promise<void>, password?: string) => Promise<void>;
  model: ScriptedModel;
};

/** One real server per worker, with its offline model. */
export const test = base.extend<Omit<Each, "model">, Worker>({
  zoo: [
    async ({}, use) => {
      const { stop, ...zoo } = await startMenagerie({ pace: 15 });
      await use(zoo);
      stop();
    },
    { scope: "worker" },
  ],
  stage: [
    async ({}, use) => {
      const model = await startModel();
      const { url, stop } = await startMenagerie({ modelUrl: model.url });
      await use({ url, model });
      stop();
      model.stop();
    },
    { scope: "worker" },
  ],
  baseURL: async ({ zoo }, use) => use(zoo.url),
  signIn: async ({ page }, use) => use(new SignInPage(page)),
  animals: async ({ page }, use) => use(new AnimalsPage(page)),
  chat: async ({ page }, use) => use(new ChatPage(page)),
  viewer: async ({ page }, use) => use(new ViewerPage(page)),
  history: async ({ page }, use) => use(new HistoryPage(page)),
  as: async ({ browser, baseURL, locale, colorScheme }, use) => {
    await use(async (name, act, password) => {
      const context = await browser.newContext({
        ...(baseURL && { baseURL }),
        ...(locale && { locale }),
        ...(colorScheme && { colorScheme }),
        reducedMotion: "reduce",
      });
      const page = await context.newPage();
      await new SignInPage(page).stay(name, password);
      await act({ page, viewer: new ViewerPage(page), history: new HistoryPage(page) });
      await context.close();
    });
  },
});

/** The same with a model that the test scripts. */
export const staged = test.extend<Pick<Each, "model">>({
  baseURL: async ({ stage }, use) => use(stage.url),
  model: async ({ stage }, use) => {
    await use(stage.model);
    stage.model.release();
    stage.model.reset();
  },
});

export { expect } from "@playwright/test";

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1440, height: 900 };
