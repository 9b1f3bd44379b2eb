// The page of a guardian about one child: who else comes is told so, and one goes back to the family.
import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { PageFrame } from "../../app/PageFrame";
import { NotForYou, OfflineNote, SignInFirst } from "../../app/PageStates";
import { paths } from "../../app/paths";
import { m } from "../../paraglide/messages.js";
import { useUser } from "../auth/useSession";

type Props = {
  title: string;
  /** To whom nobody knows. */
  signIn: string;
  /** To who is no guardian. */
  notYours: string;
  children: ReactNode;
};

export function ChildPage({ title, signIn, notYours, children }: Props) {
  const user = useUser();
  return (
    <PageFrame title={title}>
      {user === null ? (
        <SignInFirst title={signIn} />
      ) : user.role !== "parent" ? (
        <NotForYou title={notYours} body={m.consent_not_yours_body()} />
      ) : (
        <div className="flex flex-col gap-5">
          <Link
            to={paths.family}
            className="-mt-3 inline-flex min-h-11 items-center gap-2 self-start rounded-full font-bold text-forest"
          >
            <ArrowLeft className="size-5" aria-hidden />
            {m.consent_back()}
          </Link>
          <OfflineNote />
          {children}
        </div>
      )}
    </PageFrame>
  );
}
