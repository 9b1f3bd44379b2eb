import { useState } from "react";
import { session } from "../../api/client";
import { send } from "../../api/send";
import { m } from "../../paraglide/messages.js";
import { Button } from "../../shared/ui/Button";
import { Dialog } from "../../shared/ui/Dialog";
import { FormError } from "../../shared/ui/Field";

type Props = {
  sessionId: string;
  /** A child asks; the guardian deletes it. */
  asks: boolean;
  onDeleted: () => void;
  onClose: () => void;
};

export function DeleteDialog({ sessionId, asks, onDeleted, onClose }: Props) {
  const [step, setStep] = useState<"ask" | "busy" | "failed" | "marked">("ask");
  const act = async () => {
    setStep("busy");
    try {
      const { status } = await send("delete", "/conversations/history/{sessionId}", {
        path: { sessionId },
        fetch: session.fetch,
      });
      if (status === 202) setStep("marked");
      else onDeleted();
    } catch {
      setStep("failed");
    }
  };
  const title = asks ? m.delete_ask_title() : m.delete_title();
  if (step === "marked") {
    return (
      <Dialog title={m.delete_asked_title()} closeLabel={m.app_close()} onClose={onClose}>
        <p role="status">{m.delete_asked_body()}</p>
        <Button onClick={onClose} data-autofocus>
          {m.app_done()}
        </Button>
      </Dialog>
    );
  }
  return (
    <Dialog title={title} closeLabel={m.app_close()} onClose={onClose}>
      <p>{asks ? m.delete_ask_body() : m.delete_body()}</p>
      <FormError text={step === "failed" ? m.delete_error() : null} />
      <div className="flex flex-wrap justify-end gap-2.5">
        <Button tone="quiet" onClick={onClose} data-autofocus>
          {m.delete_keep()}
        </Button>
        <Button
          data-testid="confirm-delete"
          aria-disabled={step === "busy"}
          onClick={() => step !== "busy" && void act()}
        >
          {asks ? m.delete_ask_submit() : m.delete_submit()}
        </Button>
      </div>
    </Dialog>
  );
}
