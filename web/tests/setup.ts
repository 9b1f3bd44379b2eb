import { cleanup } from "@testing-library/react";
import { afterEach, beforeEach } from "vitest";
import { overwriteGetLocale } from "../src/paraglide/runtime.js";

beforeEach(() => overwriteGetLocale(() => "en"));
afterEach(() => cleanup());
