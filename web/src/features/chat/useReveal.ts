import { useEffect, useState } from "react";
import { useLatest } from "../../shared/lib/useLatest";
import { useMediaQuery } from "../../shared/lib/useMediaQuery";
import { nextCut } from "./reveal";

/** `held`: stands still, until it is known how much of it stays. */
export type Flow = "flowing" | "held" | "over";

/** The part of `text` to show now; all of it at once for readers who want less motion. */
export function useReveal(text: string, flow: Flow): string {
  const still = useMediaQuery("(prefers-reduced-motion: reduce)");
  const [cut, setCut] = useState(0);
  const latest = useLatest(text);
  const behind = !still && flow === "flowing" && cut < text.length;

  useEffect(() => {
    if (!behind) return;
    let before = performance.now();
    let frame = requestAnimationFrame(function step(now) {
      const elapsed = now - before;
      before = now;
      setCut((cut) => nextCut(latest.current, cut, elapsed));
      frame = requestAnimationFrame(step);
    });
    return () => cancelAnimationFrame(frame);
  }, [behind, latest]);

  return still || flow === "over" ? text : text.slice(0, cut);
}
