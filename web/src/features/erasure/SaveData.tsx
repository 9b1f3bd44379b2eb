// All that is kept of somebody, as one file.
import { Download } from "lucide-react";
import { useState } from "react";
import { session } from "../../api/client";
import { download } from "../../api/download";
import { m } from "../../paraglide/messages.js";
import { cn } from "../../shared/lib/cn";
import { Button } from "../../shared/ui/Button";
import { FormError } from "../../shared/ui/Field";
import type { Subject } from "./useErasing";
import { saveErrorText } from "./words";

type Step =
  | { is: "idle" | "saved" }
  | { is: "busy"; received: number; total: number | null }
  | { is: "failed"; text: string };

function useSaving(userId: string) {
  const [step, setStep] = useState<Step>({ is: "idle" });
  const save = async () => {
    if (step.is === "busy") return;
    setStep({ is: "busy", received: 0, total: null });
    try {
      await download(`/privacy/export/${encodeURIComponent(userId)}`, session.fetch, "data.json", {
        method: "POST",
        onProgress: (received, total) => setStep({ is: "busy", received, total }),
      });
      setStep({ is: "saved" });
    } catch (cause) {
      setStep({ is: "failed", text: saveErrorText(cause) });
    }
  };
  return { step, save };
}

export function SaveData({ subject: { userId, name, isOwn } }: { subject: Subject }) {
  const { step, save } = useSaving(userId);
  const label = isOwn ? m.data_save() : m.data_save_of({ name });
  return (
    <section
      aria-labelledby="save-data"
      className="flex flex-col gap-4 rounded-4xl border border-line bg-surface p-5 sm:p-6"
    >
      <div>
        <h2 id="save-data" className="text-2xl font-semibold">
          {m.data_title()}
        </h2>
        <p className="mt-1 max-w-prose text-ink-soft">{m.data_body()}</p>
      </div>
      <Button
        data-testid="save-data"
        aria-disabled={step.is === "busy"}
        onClick={() => void save()}
        className="self-start wrap-anywhere"
      >
        <Download className="size-5 shrink-0" aria-hidden />
        {step.is === "failed" ? m.app_try_again() : label}
      </Button>
      {step.is === "busy" && <Progress received={step.received} total={step.total} />}
      <p role="status" className="rounded-2xl bg-leaf px-4 py-3 font-semibold empty:hidden">
        {step.is === "busy" ? m.export_busy() : step.is === "saved" ? m.data_saved() : null}
      </p>
      <FormError text={step.is === "failed" ? step.text : null} />
    </section>
  );
}

type ProgressProps = { received: number; total: number | null };

/** Without an end where nothing says how much there will be. */
function Progress({ received, total }: ProgressProps) {
  return (
    <progress
      aria-label={m.export_busy()}
      {...(total !== null && { value: received, max: total })}
      className={cn(
        "h-2.5 w-full appearance-none overflow-hidden rounded-full [&::-webkit-progress-bar]:bg-transparent",
        total === null
          ? "skeleton [&::-moz-progress-bar]:bg-transparent"
          : "bg-sunken [&::-moz-progress-bar]:bg-forest [&::-webkit-progress-value]:bg-forest",
      )}
    />
  );
}
