import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { session } from "../../api/client";
import { ApiProblem } from "../../api/problem";
import { send } from "../../api/send";
import type { Role } from "../../api/types";
import { m } from "../../paraglide/messages.js";
import { text, useForm } from "../../shared/lib/useForm";
import { Button } from "../../shared/ui/Button";
import { Dialog } from "../../shared/ui/Dialog";
import { EmailInput, Field, FormError, INPUT, PasswordInput } from "../../shared/ui/Field";
import { willDo } from "../auth/newPassword";
import { ROLES, roleName } from "./roles";
import { changeErrorText, useAccounts } from "./useAccounts";

type Failure = { error: string; field: string };

function check(fields: FormData): Failure | null {
  if (text(fields, "displayName").trim() === "") {
    return { error: m.accounts_error_name(), field: "displayName" };
  }
  if (!/.@./.test(text(fields, "email"))) return { error: m.reset_error_email(), field: "email" };
  const password = text(fields, "password");
  if (password === "" || willDo(password)) return null;
  return { error: m.password_error_length(), field: "password" };
}

export function NewAccountDialog({ onClose }: { onClose: () => void }) {
  const queries = useQueryClient();
  const [role, setRole] = useState<Role>("user");
  const form = useForm<string>(
    check,
    async (fields) => {
      const password = text(fields, "password");
      const parentUserId = text(fields, "parentUserId");
      const body = {
        displayName: text(fields, "displayName").trim(),
        email: text(fields, "email").trim(),
        role,
        ...(password !== "" && { password }),
        ...(parentUserId !== "" && { parentUserId }),
      };
      await send("post", "/users", { body, fetch: session.fetch });
      await queries.invalidateQueries({ queryKey: ["accounts"] });
      onClose();
    },
    (cause) => ({
      error: changeErrorText(cause),
      field: cause instanceof ApiProblem && cause.status === 409 ? "email" : "displayName",
    }),
  );
  return (
    <Dialog title={m.accounts_new()} closeLabel={m.app_close()} onClose={onClose}>
      <form {...form.props} className="flex flex-col gap-4">
        <Field label={m.accounts_name()}>
          {(id) => (
            <input
              id={id}
              name="displayName"
              maxLength={100}
              autoComplete="off"
              data-autofocus
              className={INPUT}
              {...form.described("displayName")}
            />
          )}
        </Field>
        <Field label={m.signin_email()}>
          {(id) => <EmailInput id={id} autoComplete="off" {...form.described("email")} />}
        </Field>
        <Field label={m.accounts_role()}>
          {(id) => (
            <select
              id={id}
              name="role"
              value={role}
              onChange={({ currentTarget }) =>
                setRole(ROLES.find((each) => each === currentTarget.value) ?? "user")
              }
              className={INPUT}
            >
              {ROLES.map((each) => (
                <option key={each} value={each}>
                  {roleName(each)}
                </option>
              ))}
            </select>
          )}
        </Field>
        {role === "user" && <Guardian />}
        <Field label={m.accounts_password()} hint={m.accounts_password_hint()}>
          {(id) => (
            <PasswordInput
              id={id}
              name="password"
              autoComplete="new-password"
              showLabel={m.signin_show_password()}
              {...form.described("password")}
            />
          )}
        </Field>
        <FormError id={form.errorId} text={form.error} />
        <Button type="submit" aria-disabled={form.busy}>
          {form.busy ? m.app_saving() : m.accounts_make()}
        </Button>
      </form>
    </Dialog>
  );
}

/** A child's account has one; without one it is an adult's. */
function Guardian() {
  const { data } = useAccounts({ role: "parent", status: "active" });
  const parents = data?.pages.flatMap(({ users }) => users) ?? [];
  return (
    <Field label={m.accounts_guardian()} hint={m.accounts_guardian_hint()}>
      {(id) => (
        <select id={id} name="parentUserId" defaultValue="" className={INPUT}>
          <option value="">{m.accounts_guardian_none()}</option>
          {parents.map(({ userId, displayName, email }) => (
            <option key={userId} value={userId}>
              {`${displayName ?? ""} · ${email ?? ""}`}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
