// Keeps a growing list at its end, but only while the reader is there.
import { useCallback, useEffect, useRef, useState, type MouseEvent } from "react";

const NEAR_PX = 64;

export function useStickToEnd() {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const sticking = useRef(true);
  const [atEnd, setAtEnd] = useState(true);

  const toEnd = useCallback(() => {
    const element = scroller.current;
    sticking.current = true;
    setAtEnd(true);
    if (element) element.scrollTop = element.scrollHeight;
  }, []);

  const onScroll = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    const distance = element.scrollHeight - element.scrollTop - element.clientHeight;
    sticking.current = distance < NEAR_PX;
    setAtEnd(sticking.current);
  }, []);

  /** What the reader opens is to be read where it is. */
  const onClick = useCallback(({ target }: MouseEvent<HTMLElement>) => {
    if (target instanceof Element && target.closest("summary")) sticking.current = false;
  }, []);

  useEffect(() => {
    const follow = new ResizeObserver(() => {
      const element = scroller.current;
      if (element && sticking.current) element.scrollTop = element.scrollHeight;
    });
    // The scroller too: a phone's keyboard shrinks it.
    if (content.current) follow.observe(content.current);
    if (scroller.current) follow.observe(scroller.current);
    return () => follow.disconnect();
  }, []);

  return { scroller, content, atEnd, toEnd, onScroll, onClick };
}
