export function PageLoading({ label }: { label: string }) {
  return (
    <div role="status" className="grid min-h-dvh place-items-center bg-paper">
      <span className="sr-only">{label}</span>
      <span className="flex gap-2" aria-hidden>
        <span className="dot size-3.5 rounded-full bg-forest" />
        <span className="dot size-3.5 rounded-full bg-forest" />
        <span className="dot size-3.5 rounded-full bg-forest" />
      </span>
    </div>
  );
}
