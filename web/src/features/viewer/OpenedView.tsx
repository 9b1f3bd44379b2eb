// A conversation that is open: its messages, what it comes to, and what can be done with it.
import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useNavigate } from "react-router";
import type { Animal } from "../../api/types";
import { paths } from "../../app/paths";
import { useUser } from "../auth/useSession";
import { DeleteDialog } from "./DeleteDialog";
import { ExportDialog } from "./ExportDialog";
import { ShareDialog } from "./ShareDialog";
import { Transcript } from "./Transcript";
import { ViewerFooter, type Action } from "./ViewerFooter";
import type { Access } from "./access";
import { entriesOf } from "./entries";
import { rightsOf } from "./rights";
import type { Opened, useHistory } from "./useHistory";

type OpenedProps = {
  opened: Opened;
  history: ReturnType<typeof useHistory>;
  access: Access;
  byLink: boolean;
  speaker: string | null;
  animal: Animal | undefined;
};

export function OpenedView({ opened, history, access, byLink, speaker, animal }: OpenedProps) {
  const [action, setAction] = useState<Action | null>(null);
  const user = useUser();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { sessionId } = opened;
  const rights = rightsOf(user, opened.userId, byLink);
  const entries = useMemo(() => entriesOf(opened.messages), [opened.messages]);
  const close = () => setAction(null);
  const leave = () => {
    void queries.invalidateQueries({ queryKey: ["sessions"] });
    void navigate(paths.history, { replace: true, state: { deleted: true } });
  };
  const print = async () => {
    await history.loadAll();
    window.print();
  };
  return (
    <div className="grid min-h-0 grid-rows-[1fr_auto] print:block">
      <main className="grid min-h-0 print:block">
        <Transcript
          entries={entries}
          total={opened.statistics.totalMessages}
          animalName={opened.animalName}
          animal={animal}
          speaker={speaker}
          loading={history.isFetchingNextPage}
          failed={history.isFetchNextPageError}
          hasMore={history.hasNextPage}
          onMore={history.loadMore}
          loadAll={history.loadAll}
        />
      </main>
      <ViewerFooter
        opened={opened}
        rights={rights}
        showTokens={user?.parentUserId === undefined && !byLink}
        onAction={setAction}
        onPrint={() => void print()}
      />
      {action === "export" && (
        <ExportDialog sessionId={sessionId} access={access} onClose={close} />
      )}
      {action === "share" && <ShareDialog sessionId={sessionId} onClose={close} />}
      {action === "delete" && (
        <DeleteDialog
          sessionId={sessionId}
          asks={rights.delete === "ask"}
          onDeleted={leave}
          onClose={close}
        />
      )}
    </div>
  );
}
