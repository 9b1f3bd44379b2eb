// What every form here does: one sending at a time, what went wrong, and the focus where it is mended.
import { useId, useRef, useState, type FormEvent } from "react";

type Failure<E> = { error: E; field: string };

/**
 * @param check what is wrong before anything is sent, and with which field; null if nothing is
 * @param act sends it; what it throws is turned into a failure by `failureOf`
 */
export function useForm<E extends string>(
  check: (fields: FormData) => Failure<E> | null,
  act: (fields: FormData) => Promise<void>,
  failureOf: (cause: unknown) => Failure<E>,
) {
  const [failure, setFailure] = useState<Failure<E> | null>(null);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const errorId = useId();

  const fail = (failure: Failure<E>) => {
    setFailure(failure);
    form.current?.querySelector<HTMLElement>(`[name="${failure.field}"]`)?.focus();
  };
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy) return;
    const fields = new FormData(event.currentTarget);
    const wrong = check(fields);
    if (wrong) return fail(wrong);
    setFailure(null);
    setBusy(true);
    await act(fields).catch((cause: unknown) => fail(failureOf(cause)));
    setBusy(false);
  };
  return {
    busy,
    error: failure?.error ?? null,
    errorId,
    clear: () => form.current?.reset(),
    props: {
      ref: form,
      onSubmit: (event: FormEvent<HTMLFormElement>) => void submit(event),
      noValidate: true,
    },
    /** For the field with this name. */
    described: (field: string) => ({
      "aria-invalid": failure?.field === field,
      "aria-describedby": failure?.field === field ? errorId : undefined,
    }),
  };
}

export function text(fields: FormData, name: string): string {
  return String(fields.get(name) ?? "");
}
