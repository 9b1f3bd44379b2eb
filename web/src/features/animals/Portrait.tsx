import { PawPrint } from "lucide-react";
import { useState } from "react";
import { cn } from "../../shared/lib/cn";

type Props = { src: string | undefined; className?: string };

/** An animal on its sun. The name always stands beside it, so the picture itself stays unnamed. */
export function Portrait({ src, className }: Props) {
  const [broken, setBroken] = useState<string | null>(null);
  return (
    <span
      className={cn(
        "grid shrink-0 place-items-center overflow-hidden rounded-full bg-sun",
        className,
      )}
    >
      {src === undefined || src === broken ? (
        <PawPrint className="size-1/2 text-scene" aria-hidden />
      ) : (
        <img
          src={src}
          alt=""
          width="32"
          height="32"
          className="size-[72%]"
          draggable={false}
          onError={() => setBroken(src)}
        />
      )}
    </span>
  );
}
