// The way in without an account, where the zoo offers it.
import { useQuery } from "@tanstack/react-query";
import { MessageCircleHeart } from "lucide-react";
import { useNavigate } from "react-router";
import { session } from "../../api/client";
import { read } from "../../api/read";
import { m } from "../../paraglide/messages.js";
import { Button } from "../../shared/ui/Button";

export function VisitorEntry({ target }: { target: string }) {
  const { data } = useQuery({
    queryKey: ["auth options"],
    queryFn: ({ signal }) => read("/auth/options", { signal }),
  });
  const navigate = useNavigate();
  if (!data?.visitors) return null;
  const enter = () => {
    session.visit();
    void navigate(target);
  };
  return (
    <div className="mt-7 border-t border-line pt-6">
      <Button
        tone="quiet"
        data-testid="visitor-entry"
        onClick={enter}
        className="min-h-14 w-full text-lg"
      >
        <MessageCircleHeart className="size-5" aria-hidden />
        {m.signin_visit()}
      </Button>
      <p className="mt-2.5 text-center text-ink-soft">{m.signin_visit_hint()}</p>
    </div>
  );
}
