import type { ConsentMethod } from "../../api/types";
import { m } from "../../paraglide/messages.js";
import { Field, INPUT } from "../../shared/ui/Field";
import { METHODS, SCOPES, mayShareBy, withScope, type Choice, type Scope } from "./consent";
import { methodText, scopeHint, scopeText } from "./words";

type Props = { choice: Choice; onChoose: (choice: Choice) => void };

export function ScopeFields({ choice, onChoose }: Props) {
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="mb-2 text-xl font-semibold [font-family:var(--font-display)]">
        {m.consent_scopes()}
      </legend>
      {SCOPES.map((scope) => (
        <ScopeField
          key={scope}
          scope={scope}
          isOn={choice.scopes[scope]}
          onChange={(isOn) =>
            onChoose({ ...choice, scopes: withScope(choice.scopes, scope, isOn) })
          }
        />
      ))}
    </fieldset>
  );
}

type ScopeProps = { scope: Scope; isOn: boolean; onChange: (isOn: boolean) => void };

function ScopeField({ scope, isOn, onChange }: ScopeProps) {
  const hint = `hint-${scope}`;
  return (
    <label className="flex min-h-11 cursor-pointer gap-3 rounded-2xl p-3 hover:bg-sunken has-checked:bg-leaf">
      <input
        type="checkbox"
        name={scope}
        checked={isOn}
        onChange={({ target }) => onChange(target.checked)}
        aria-labelledby={`name-${scope}`}
        aria-describedby={hint}
        className="mt-0.5 size-6 shrink-0 accent-forest"
      />
      <span className="min-w-0">
        <span id={`name-${scope}`} className="block font-bold">
          {scopeText(scope)}
        </span>
        <span id={hint} className="block text-ink-soft">
          {scopeHint(scope)}
        </span>
      </span>
    </label>
  );
}

export function MethodField({ choice, onChoose }: Props) {
  const { scopes, method } = choice;
  const isWeak = scopes.sharing && !mayShareBy(method);
  return (
    <Field label={m.consent_method()} {...(isWeak && { hint: m.consent_sharing_weak() })}>
      {(id) => (
        <select
          id={id}
          name="method"
          value={method ?? ""}
          onChange={({ target }) => {
            const chosen = METHODS.find((each) => each === target.value) ?? null;
            onChoose({ ...choice, method: chosen });
          }}
          className={`${INPUT} pr-2`}
        >
          <option value="">{m.consent_method_choose()}</option>
          {METHODS.map((each: ConsentMethod) => (
            <option key={each} value={each} disabled={scopes.sharing && !mayShareBy(each)}>
              {methodText(each)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
