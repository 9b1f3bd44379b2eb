import { PawPrint } from "lucide-react";

export function Wordmark() {
  return (
    <span className="inline-flex items-center gap-2 font-display text-2xl font-semibold text-forest">
      <PawPrint className="size-7" aria-hidden />
      Menagerie
    </span>
  );
}
