// The shapes of the contract under the names the app uses for them.
import type { components } from "./schema";

type Schemas = components["schemas"];

export type User = Schemas["User"];
export type SignedIn = Schemas["SignedIn"];
export type Animal = Schemas["Animal"];
export type History = Schemas["History"];
export type Message = Schemas["Message"];
export type TurnRequest = Schemas["TurnRequest"];
export type TurnStart = Schemas["TurnStart"];
export type TurnToken = Schemas["TurnToken"];
export type TurnComplete = Schemas["TurnComplete"];
export type TurnError = Schemas["TurnError"];
export type Account = Schemas["Account"];
export type Role = Schemas["Role"];
export type Family = Schemas["Family"];
export type FamilyMember = Schemas["FamilyMember"];
export type Consent = Schemas["Consent"];
export type ConsentMethod = Schemas["ConsentMethod"];
export type ConsentScopes = Schemas["ConsentScopes"];
export type Controls = Schemas["Controls"];
export type InvitationKind = Schemas["InvitationKind"];
export type Invitations = Schemas["Invitations"];
export type AuditEntry = Schemas["AuditEntries"]["entries"][number];
export type AuditEventType = Schemas["AuditEventType"];
export type Notice = Schemas["Notice"];
export type Receipt = Schemas["Receipt"];
export type AuditReport = Schemas["AuditReport"];
export type Alert = Schemas["Alerts"]["alerts"][number];
