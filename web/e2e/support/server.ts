// What a test sets up without the pages: accounts, conversations, and what the server knows.
import { expect, type APIRequestContext } from "@playwright/test";
import { randomUUID } from "node:crypto";
import { PASSWORD } from "./pages";

export type Account = { userId: string; email: string; password: string; displayName: string };
type NewAccount = { role?: string; displayName?: string; parentUserId?: string };

/** The access token of a demo account (`student1`), or of an address with its password. */
export async function tokenOf(request: APIRequestContext, name: string, password = PASSWORD) {
  const email = name.includes("@") ? name : `${name}@test.cmz.org`;
  const answer = await request.post("/api/auth", { data: { email, password } });
  expect(answer.status()).toBe(200);
  const { token, user } = (await answer.json()) as { token: string; user: { userId: string } };
  return { headers: { Authorization: `Bearer ${token}` }, userId: user.userId };
}

export async function administrator(request: APIRequestContext) {
  return tokenOf(request, "admin@cmz.org", "admin123");
}

/** Somebody nobody else's test knows. */
export async function newAccount(
  request: APIRequestContext,
  { role = "user", displayName = "Nia", parentUserId }: NewAccount = {},
): Promise<Account> {
  const { headers } = await administrator(request);
  const email = `${randomUUID()}@test.cmz.org`;
  const password = "quiet river stones";
  const data = { email, displayName, role, password, ...(parentUserId && { parentUserId }) };
  const answer = await request.post("/api/users", { headers, data });
  expect(answer.status()).toBe(201);
  const { userId } = (await answer.json()) as { userId: string };
  return { userId, email, password, displayName };
}

type Ask = { animalId?: string; message?: string; sessionId?: string };

/** Asks one question, and answers the session it is in. */
export async function ask(
  request: APIRequestContext,
  headers: Record<string, string>,
  { animalId = "lion_001", message = "What do you eat?", sessionId }: Ask = {},
): Promise<string> {
  const data = { animalId, message, ...(sessionId && { sessionId }) };
  const answer = await request.post("/api/convo_turn", { headers, data });
  expect(answer.status()).toBe(200);
  return ((await answer.json()) as { sessionId: string }).sessionId;
}
