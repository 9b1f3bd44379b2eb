import { useEffect, useRef } from "react";
import { useNavigationType } from "react-router";

/** The first page that is shown comes from the browser, which keeps the focus itself. */
let isFirst = true;

/**
 * Names the page in the tab, and gives its heading the focus when one came here from another page,
 * which is how a screen reader learns that the page has changed.
 */
export function usePageTitle(title: string) {
  const heading = useRef<HTMLHeadingElement>(null);
  const arrivedBy = useNavigationType();
  useEffect(() => {
    document.title = `${title} · Menagerie`;
  }, [title]);
  useEffect(() => {
    if (arrivedBy !== "POP" && !isFirst) heading.current?.focus({ preventScroll: true });
    isFirst = false;
    // Only on arrival: a later change of the address on the same page must not move the focus.
  }, []);
  return heading;
}
