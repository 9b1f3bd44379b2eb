/** A signal that aborts with `outer`, or by itself when nothing is heard for `silenceMs`. */
export function watchSilence(outer: AbortSignal, silenceMs: number) {
  const own = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const abort = () => own.abort();
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(abort, silenceMs);
  };
  if (outer.aborted) abort();
  outer.addEventListener("abort", abort, { once: true });
  heard();
  return {
    signal: own.signal,
    heard,
    stop: () => {
      clearTimeout(timer);
      outer.removeEventListener("abort", abort);
    },
  };
}
