import { ChevronLeft, ChevronRight } from "lucide-react";
import { m } from "../../paraglide/messages.js";
import { Button } from "../../shared/ui/Button";

type Props = { page: number; hasNext: boolean; onPage: (page: number) => void };

export function Pages({ page, hasNext, onPage }: Props) {
  if (page === 1 && !hasNext) return null;
  return (
    <nav
      aria-label={m.history_pages()}
      className="flex items-center justify-between gap-3 pt-5 sm:justify-center"
    >
      <Button
        tone="quiet"
        data-testid="page-before"
        disabled={page === 1}
        onClick={() => onPage(page - 1)}
        className="px-4"
      >
        <ChevronLeft className="size-5" aria-hidden />
        {m.history_before()}
      </Button>
      <span aria-current="page" className="font-bold">
        {m.history_page({ page })}
      </span>
      <Button
        tone="quiet"
        data-testid="page-next"
        disabled={!hasNext}
        onClick={() => onPage(page + 1)}
        className="px-4"
      >
        {m.history_next()}
        <ChevronRight className="size-5" aria-hidden />
      </Button>
    </nav>
  );
}
