// The list's shapes, from the contract.
import type { components, paths } from "../../api/schema";

export type Sessions = components["schemas"]["Sessions"];
export type Session = Sessions["sessions"][number];
export type SessionQuery = NonNullable<
  paths["/conversations/sessions"]["get"]["parameters"]["query"]
>;
