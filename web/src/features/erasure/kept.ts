// Which receipts belong to wishes that are open, by whose they are about: this browser remembers them, as the
// server tells them once. A receipt's id names nobody.
import type { Scope } from "./wishes";

const KEY = "menagerie.erasures";

type Storage = Pick<globalThis.Storage, "getItem" | "setItem" | "removeItem">;
export type Kept = Partial<Record<Scope, string>>;

export function keptOf(storage: Storage, subjectId: string): Kept {
  return all(storage)[subjectId] ?? {};
}

/** @param receiptId null to forget it */
export function keep(storage: Storage, subjectId: string, scope: Scope, receiptId: string | null) {
  const others = all(storage);
  const { [scope]: _, ...rest } = others[subjectId] ?? {};
  const kept: Kept = receiptId === null ? rest : { ...rest, [scope]: receiptId };
  const { [subjectId]: __, ...further } = others;
  const next = Object.keys(kept).length === 0 ? further : { ...further, [subjectId]: kept };
  if (Object.keys(next).length === 0) storage.removeItem(KEY);
  else storage.setItem(KEY, JSON.stringify(next));
}

/** What somebody else has written there is no reason to fail. */
function all(storage: Storage): Record<string, Kept> {
  try {
    const found: unknown = JSON.parse(storage.getItem(KEY) ?? "{}");
    return typeof found === "object" && found !== null ? (found as Record<string, Kept>) : {};
  } catch {
    return {};
  }
}
