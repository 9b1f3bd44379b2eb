// The parts that forms are made of. They hold no value: a form reads its fields when it is sent.
import { CircleAlert, Eye, EyeOff } from "lucide-react";
import { useId, useState, type ComponentProps, type ReactNode } from "react";
import { cn } from "../lib/cn";
import { IconButton } from "./IconButton";

export const INPUT =
  "min-h-13 w-full rounded-2xl border-2 border-line-strong bg-surface px-4 text-chat text-ink aria-invalid:border-danger";

type FieldProps = { label: string; hint?: string; children: (id: string) => ReactNode };

export function Field({ label, hint, children }: FieldProps) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-bold">
        {label}
      </label>
      {children(id)}
      {hint && <p className="text-sm text-ink-soft">{hint}</p>}
    </div>
  );
}

export function EmailInput({ className, ...props }: ComponentProps<"input">) {
  return (
    <input
      name="email"
      type="email"
      inputMode="email"
      autoComplete="username"
      autoCapitalize="none"
      spellCheck={false}
      className={cn(INPUT, className)}
      {...props}
    />
  );
}

type PasswordProps = ComponentProps<"input"> & { showLabel: string };

/** A password that its owner may look at. */
export function PasswordInput({ showLabel, className, ...props }: PasswordProps) {
  const [shown, setShown] = useState(false);
  return (
    <div className="relative">
      <input
        type={shown ? "text" : "password"}
        className={cn(INPUT, "pr-14", className)}
        {...props}
      />
      <IconButton
        label={showLabel}
        aria-pressed={shown}
        onClick={() => setShown(!shown)}
        className="absolute top-1 right-1.5"
      >
        {shown ? <EyeOff /> : <Eye />}
      </IconButton>
    </div>
  );
}

/** Says what is wrong as soon as it is. The place is always there, so that it is read aloud. */
export function FormError({ id, text }: { id?: string; text: string | null }) {
  return (
    <div role="alert" id={id} className="empty:absolute">
      {text !== null && (
        <p className="flex gap-3 rounded-2xl bg-danger-soft p-4 font-semibold text-danger">
          <CircleAlert className="mt-0.5 size-5 shrink-0" aria-hidden />
          {text}
        </p>
      )}
    </div>
  );
}
