import type { Message } from "../../api/types";
import { useLocale } from "../../app/locale";
import { m } from "../../paraglide/messages.js";
import { tagOf } from "../../shared/lib/dates";

type Metadata = Message["metadata"];

/** What is known of an answer beside its words. */
export function Details({ metadata }: { metadata: Metadata }) {
  const { locale } = useLocale();
  const { latencyMs, tokensUsed, finishReason } = metadata;
  const number = new Intl.NumberFormat(tagOf(locale));
  return (
    <span className="flex flex-col gap-1">
      {latencyMs !== undefined && (
        <Row name={m.viewer_answered_in()} value={seconds(latencyMs, tagOf(locale))} />
      )}
      {tokensUsed !== undefined && (
        <Row name={m.viewer_tokens()} value={number.format(tokensUsed)} />
      )}
      {finishReason && <Row name={m.viewer_ended()} value={endOf(finishReason)} />}
    </span>
  );
}

function Row({ name, value }: { name: string; value: string }) {
  return (
    <span className="flex justify-between gap-4">
      <span className="text-ink-soft">{name} </span>
      <span className="font-semibold">{value}</span>
    </span>
  );
}

export function seconds(ms: number, tag: string): string {
  return new Intl.NumberFormat(tag, {
    style: "unit",
    unit: "second",
    unitDisplay: "short",
    maximumSignificantDigits: 2,
  }).format(ms / 1000);
}

function endOf(reason: NonNullable<Metadata["finishReason"]>): string {
  const texts = {
    stop: m.viewer_end_stop,
    length: m.viewer_end_length,
    cancelled: m.viewer_end_cancelled,
    interrupted: m.viewer_end_interrupted,
    safety: m.viewer_end_safety,
    budget: m.viewer_end_budget,
    fallback: m.viewer_end_fallback,
  };
  return texts[reason]();
}
