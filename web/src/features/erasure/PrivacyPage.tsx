// What is one's own: a copy of it, and having one's conversations, or the account, erased. A child asks its guardian.
import type { User } from "../../api/types";
import { PageFrame } from "../../app/PageFrame";
import { OfflineNote, SignInFirst } from "../../app/PageStates";
import { m } from "../../paraglide/messages.js";
import { useUser } from "../auth/useSession";
import { ErasureCards } from "./ErasureCards";
import { SaveData } from "./SaveData";
import type { Subject } from "./useErasing";
import type { Scope } from "./wishes";

export default function PrivacyPage() {
  const user = useUser();
  const isChild = user?.parentUserId !== undefined;
  return (
    <PageFrame
      title={m.privacy_title()}
      intro={isChild ? m.privacy_intro_child() : m.privacy_intro()}
    >
      {user === null ? (
        <SignInFirst title={m.privacy_sign_in()} />
      ) : (
        <div className="flex flex-col gap-5">
          <OfflineNote />
          {user.role !== "visitor" && <SaveData subject={oneself(user)} />}
          <ErasureCards subject={oneself(user)} scopes={scopesOf(user)} />
        </div>
      )}
    </PageFrame>
  );
}

function oneself({ userId, displayName, parentUserId }: User): Subject {
  return { userId, name: displayName, isOwn: true, isChild: parentUserId !== undefined };
}

/** Of a visitor nothing is kept but the account. */
function scopesOf({ role }: User): Scope[] {
  return role === "visitor" ? ["account"] : ["conversations", "account"];
}
