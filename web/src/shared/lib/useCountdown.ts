import { useEffect, useState } from "react";

const secondsUntil = (end: number) => Math.max(0, Math.ceil((end - Date.now()) / 1000));

/**
 * The whole seconds until `end`, down to 0; by the clock and not by ticks, so that a sleeping tab
 * wakes up right.
 */
export function useCountdown(end: number): number {
  const [left, setLeft] = useState(() => secondsUntil(end));
  const running = left > 0;
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => setLeft(secondsUntil(end)), 250);
    return () => clearInterval(timer);
  }, [end, running]);
  return left;
}
