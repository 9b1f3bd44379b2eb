// Whom to invite, by the name they sign in with. Whether there is such a person is not told.
import type { InvitationKind } from "../../api/types";
import { m } from "../../paraglide/messages.js";
import { text, useForm } from "../../shared/lib/useForm";
import { Button } from "../../shared/ui/Button";
import { Field, FormError, INPUT } from "../../shared/ui/Field";
import { inviteErrorText, useInvite } from "./useInvitations";

type Props = { kind: InvitationKind; onSaid: (text: string | null) => void };

export function InviteForm({ kind, onSaid }: Props) {
  const invite = useInvite();
  const form = useForm<string>(
    (fields) => {
      onSaid(null);
      return text(fields, "name").trim() === ""
        ? { error: m.invitations_name_missing(), field: "name" }
        : null;
    },
    async (fields) => {
      await invite(kind, text(fields, "name").trim());
      form.clear();
      onSaid(m.invitations_asked());
    },
    (cause) => ({ error: inviteErrorText(cause), field: "name" }),
  );
  const isChild = kind === "child";
  return (
    <form
      {...form.props}
      aria-labelledby="invite"
      className="flex flex-col gap-4 rounded-4xl border border-line bg-surface p-5 sm:p-6"
    >
      <div>
        <h2 id="invite" className="text-2xl font-semibold">
          {isChild ? m.invitations_invite_child() : m.invitations_invite_guardian()}
        </h2>
        <p className="mt-1 text-ink-soft">
          {isChild ? m.invitations_invite_child_body() : m.invitations_invite_guardian_body()}
        </p>
      </div>
      <Field label={m.invitations_name()} hint={m.invitations_name_hint()}>
        {(id) => (
          <input
            id={id}
            name="name"
            maxLength={254}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            className={INPUT}
            {...form.described("name")}
          />
        )}
      </Field>
      <FormError id={form.errorId} text={form.error} />
      <Button type="submit" aria-disabled={form.busy}>
        {form.busy ? m.app_sending() : m.invitations_send()}
      </Button>
    </form>
  );
}
