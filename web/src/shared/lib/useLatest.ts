import { useEffect, useRef } from "react";

/** A ref to the newest value, for listeners that outlive the render that made them. */
export function useLatest<T>(value: T) {
  const ref = useRef(value);
  useEffect(() => {
    ref.current = value;
  });
  return ref;
}
