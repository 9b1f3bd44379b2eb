// The notice to parents, as the zoo words it.
import { ChevronDown } from "lucide-react";
import type { Notice } from "../../api/types";
import { useLocale } from "../../app/locale";
import { m } from "../../paraglide/messages.js";

type Props = { notice: Notice; isOpen: boolean; onToggle: (isOpen: boolean) => void };

export function NoticeText({ notice, isOpen, onToggle }: Props) {
  const { locale } = useLocale();
  const { version, title, sections } = notice;
  return (
    <section
      aria-labelledby="notice"
      data-testid="notice"
      className="rounded-4xl border border-line bg-surface"
    >
      <h2 id="notice" className="px-5 pt-5 text-2xl font-semibold sm:px-7 sm:pt-6">
        {m.consent_notice()}
      </h2>
      <details
        open={isOpen}
        onToggle={({ currentTarget }) => onToggle(currentTarget.open)}
        className="group"
      >
        <summary className="flex min-h-12 cursor-pointer list-none items-center gap-2 rounded-4xl px-5 font-bold text-forest sm:px-7 [&::-webkit-details-marker]:hidden">
          <ChevronDown
            className="size-5 shrink-0 transition-transform group-open:rotate-180 motion-reduce:transition-none"
            aria-hidden
          />
          {m.consent_notice_read()}
          <span className="font-normal text-ink-soft">{m.consent_version({ version })}</span>
        </summary>
        <div className="flex flex-col gap-5 px-5 pt-1 pb-6 sm:px-7">
          {locale !== "en" && <p className="text-ink-soft">{m.consent_notice_language()}</p>}
          <div lang="en" className="flex max-w-prose flex-col gap-5">
            <p className="text-lg font-semibold">{title}</p>
            {sections.map(({ heading, paragraphs }) => (
              <div key={heading} className="flex flex-col gap-1.5">
                <h3 className="text-lg font-semibold">{heading}</h3>
                {paragraphs.map((text) => (
                  <p key={text}>{text}</p>
                ))}
              </div>
            ))}
          </div>
        </div>
      </details>
    </section>
  );
}
