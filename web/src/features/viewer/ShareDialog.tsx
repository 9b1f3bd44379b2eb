// A link by which others read this conversation. Its secret is shown once and kept nowhere.
import { Check, Copy } from "lucide-react";
import { useRef, useState } from "react";
import { session } from "../../api/client";
import { ApiProblem, Unreachable } from "../../api/problem";
import { send } from "../../api/send";
import { useLocale } from "../../app/locale";
import { m } from "../../paraglide/messages.js";
import { formatDate } from "../../shared/lib/dates";
import { Button } from "../../shared/ui/Button";
import { Dialog } from "../../shared/ui/Dialog";
import { Field, FormError, INPUT } from "../../shared/ui/Field";

const HOUR = 3600;
const DAY = 24 * HOUR;
const SPANS = [
  { seconds: HOUR, name: m.share_hour },
  { seconds: DAY, name: m.share_day },
  { seconds: 7 * DAY, name: m.share_week },
  { seconds: 30 * DAY, name: m.share_month },
];
const DEFAULT_SPAN = 7 * DAY;

type Link = { link: string; expiresAt: string };
type Props = { sessionId: string; onClose: () => void };

export function ShareDialog({ sessionId, onClose }: Props) {
  const [link, setLink] = useState<Link | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [revoked, setRevoked] = useState(false);
  const [busy, setBusy] = useState(false);
  const span = useRef<HTMLSelectElement>(null);

  const attempt = async (act: () => Promise<void>) => {
    if (busy) return;
    setBusy(true);
    setError(null);
    await act().catch((cause: unknown) => setError(errorText(cause)));
    setBusy(false);
  };
  const how = { path: { sessionId }, fetch: session.fetch };
  const make = async () => {
    const body = { expiresIn: Number(span.current?.value) };
    const { data } = await send("post", "/conversations/history/{sessionId}/shares", {
      ...how,
      body,
    });
    setRevoked(false);
    setLink({ link: new URL(data.link, location.origin).href, expiresAt: data.expiresAt });
  };
  const revoke = async () => {
    await send("delete", "/conversations/history/{sessionId}/shares", how);
    setLink(null);
    setRevoked(true);
  };

  return (
    <Dialog title={m.share_title()} closeLabel={m.app_close()} onClose={onClose}>
      <p className="text-ink-soft">{m.share_body()}</p>
      {link ? (
        <Made key={link.link} {...link} />
      ) : (
        <>
          <Field label={m.share_span()}>
            {(id) => (
              <select id={id} ref={span} defaultValue={DEFAULT_SPAN} className={INPUT}>
                {SPANS.map(({ seconds, name }) => (
                  <option key={seconds} value={seconds}>
                    {name()}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <Button data-testid="make-link" aria-disabled={busy} onClick={() => void attempt(make)}>
            {m.share_make()}
          </Button>
        </>
      )}
      <FormError text={error} />
      <p role="status" className="font-semibold empty:hidden">
        {revoked && m.share_revoked()}
      </p>
      <button
        type="button"
        data-testid="revoke-links"
        onClick={() => void attempt(revoke)}
        className="min-h-11 self-center rounded-full px-4 font-bold text-danger hover:bg-danger-soft"
      >
        {m.share_revoke()}
      </button>
    </Dialog>
  );
}

function Made({ link, expiresAt }: Link) {
  const { locale } = useLocale();
  const [copied, setCopied] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const copy = async () => {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(link);
      setCopied(true);
    } catch {
      // It is selected; the reader copies it.
    }
  };
  return (
    <>
      <Field
        label={m.share_link()}
        hint={m.share_until({ time: formatDate(expiresAt, "moment", locale) })}
      >
        {(id) => (
          <input
            id={id}
            ref={field}
            readOnly
            value={link}
            data-testid="share-link"
            onFocus={({ currentTarget }) => currentTarget.select()}
            className={INPUT}
          />
        )}
      </Field>
      <Button autoFocus onClick={() => void copy()}>
        {copied ? (
          <Check className="size-5" aria-hidden />
        ) : (
          <Copy className="size-5" aria-hidden />
        )}
        <span aria-live="polite">{copied ? m.share_copied() : m.share_copy()}</span>
      </Button>
    </>
  );
}

function errorText(cause: unknown): string {
  if (cause instanceof Unreachable) return m.signin_error_offline();
  if (cause instanceof ApiProblem && cause.code === "consent_required") return m.share_consent();
  return m.share_error();
}
