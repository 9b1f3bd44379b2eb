import { ArrowLeft, SquarePen } from "lucide-react";
import { Link } from "react-router";
import { SettingsMenu } from "../../app/SettingsMenu";
import { paths } from "../../app/paths";
import { m } from "../../paraglide/messages.js";
import { usePageTitle } from "../../shared/lib/usePageTitle";
import { iconButton } from "../../shared/ui/IconButton";
import type { Animal } from "../../api/types";
import { Portrait } from "../animals/Portrait";
import { ConnectionStatus } from "./ConnectionStatus";
import type { Turn } from "./turn";
import { FRESH } from "./useConversation";

type Props = { animal: Animal; turn: Turn | undefined; isEmpty: boolean };

export function ChatHeader({ animal, turn, isEmpty }: Props) {
  const heading = usePageTitle(animal.name);
  return (
    <header className="border-b border-line bg-surface px-2 py-2.5 sm:px-5">
      <div className="flex items-center gap-2.5">
        <Link to={paths.animals} aria-label={m.chat_back()} className={`${iconButton} lg:hidden`}>
          <ArrowLeft aria-hidden />
        </Link>
        <Portrait src={animal.avatar} className="size-12" />
        <div className="min-w-0 flex-1">
          <h1
            ref={heading}
            tabIndex={-1}
            className="text-lg leading-tight font-semibold wrap-anywhere sm:text-xl"
          >
            {animal.name}
          </h1>
          <ConnectionStatus turn={turn} />
        </div>
        {!isEmpty && (
          <Link
            to={paths.chat(animal.animalId)}
            state={FRESH}
            aria-label={m.chat_new()}
            title={m.chat_new()}
            className={iconButton}
          >
            <SquarePen aria-hidden />
          </Link>
        )}
        <SettingsMenu />
      </div>
    </header>
  );
}
