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
