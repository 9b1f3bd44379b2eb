import { Braces, FileText, ScrollText } from "lucide-react";
import { useState } from "react";
import { download } from "../../api/download";
import { ApiProblem, Unreachable } from "../../api/problem";
import { m } from "../../paraglide/messages.js";
import { Dialog } from "../../shared/ui/Dialog";
import { FormError } from "../../shared/ui/Field";
import { fetchWith, type Access } from "./access";

type Props = { sessionId: string; access: Access; onClose: () => void };

const FORMATS = [
  { format: "pdf", Icon: ScrollText, name: m.export_pdf, hint: m.export_pdf_hint },
  { format: "txt", Icon: FileText, name: m.export_txt, hint: m.export_txt_hint },
  { format: "json", Icon: Braces, name: m.export_json, hint: m.export_json_hint },
] as const;

type Format = (typeof FORMATS)[number]["format"];

export function ExportDialog({ sessionId, access, onClose }: Props) {
  const [busy, setBusy] = useState<Format | null>(null);
  const [error, setError] = useState<string | null>(null);
  const save = async (format: Format) => {
    if (busy) return;
    setBusy(format);
    setError(null);
    const path = `/conversations/history/${encodeURIComponent(sessionId)}/export?format=${format}`;
    try {
      await download(path, fetchWith(access), `conversation.${format}`);
      onClose();
    } catch (cause) {
      setError(errorText(cause));
      setBusy(null);
    }
  };
  return (
    <Dialog title={m.export_title()} closeLabel={m.app_close()} onClose={onClose}>
      <p className="text-ink-soft">{m.export_body()}</p>
      <ul className="flex flex-col gap-2.5">
        {FORMATS.map(({ format, Icon, name, hint }) => (
          <li key={format}>
            <button
              type="button"
              data-testid={`export-${format}`}
              aria-disabled={busy !== null}
              onClick={() => void save(format)}
              className="flex min-h-16 w-full items-center gap-4 rounded-3xl border-2 border-line px-4 py-2.5 text-left hover:border-line-strong hover:bg-sunken"
            >
              <Icon className="size-7 shrink-0 text-forest" aria-hidden />
              <span>
                <span className="block font-bold">{name()}</span>
                <span className="block text-sm text-ink-soft">
                  {busy === format ? m.export_busy() : hint()}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      <FormError text={error} />
    </Dialog>
  );
}

function errorText(cause: unknown): string {
  if (cause instanceof Unreachable) return m.signin_error_offline();
  if (cause instanceof ApiProblem && cause.status === 413) return m.export_too_large();
  if (cause instanceof ApiProblem && cause.status === 403) return m.export_refused();
  return m.export_error();
}
