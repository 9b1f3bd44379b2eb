import { m } from "../../paraglide/messages.js";
import { Field, PasswordInput } from "../../shared/ui/Field";

/** Where somebody chooses a password; the rule stands beside it from the start. */
export function NewPasswordField(described: {
  "aria-invalid": boolean;
  "aria-describedby": string | undefined;
}) {
  return (
    <Field label={m.password_new()} hint={m.password_rule()}>
      {(id) => (
        <PasswordInput
          id={id}
          name="newPassword"
          autoComplete="new-password"
          showLabel={m.signin_show_password()}
          {...described}
        />
      )}
    </Field>
  );
}
