import { Suspense, lazy } from "react";
import { Navigate, Route, Routes } from "react-router";
import { RequireSession } from "../features/auth/RequireSession";
import { m } from "../paraglide/messages.js";
import { ButtonLink } from "../shared/ui/Button";
import { Notice } from "../shared/ui/Notice";
import { PageLoading } from "../shared/ui/PageLoading";
import { paths } from "./paths";

const SignInPage = lazy(() => import("../features/auth/SignInPage"));
const AnimalsPage = lazy(() => import("../features/animals/AnimalsPage"));
const HistoryPage = lazy(() => import("../features/history/HistoryPage"));
const ViewerPage = lazy(() => import("../features/viewer/ViewerPage"));
const LaterPage = lazy(() => import("./LaterPage"));
const ChatPage = lazy(() => import("../features/chat/ChatPage"));

const LATER = [
  "password",
  "accounts",
  "family",
  "consent",
  "erasure",
  "privacy",
  "invitations",
  "trail",
  "alerts",
] as const;

export function AppRoutes() {
  return (
    <Suspense fallback={<PageLoading label={m.app_loading()} />}>
      <Routes>
        <Route path={paths.signIn} element={<SignInPage />} />
        <Route path={paths.resetPassword} element={<LaterPage name="resetPassword" />} />
        <Route path={paths.receipt} element={<LaterPage name="receipt" />} />
        <Route element={<RequireSession />}>
          <Route path={paths.animals} element={<AnimalsPage />} />
          <Route path={paths.chatPattern} element={<ChatPage />} />
          {LATER.map((name) => (
            <Route key={name} path={paths[name]} element={<LaterPage name={name} />} />
          ))}
          <Route path={paths.history} element={<HistoryPage />} />
          <Route path={paths.formerHistory} element={<Navigate to={paths.history} replace />} />
          <Route path={paths.viewerPattern} element={<ViewerPage />} />
          <Route path="/" element={<Navigate to={paths.animals} replace />} />
        </Route>
        <Route path="*" element={<NotFound />} />
      </Routes>
    </Suspense>
  );
}

function NotFound() {
  return (
    <main className="grid min-h-dvh place-items-center p-6">
      <Notice title={m.app_not_found_title()} body={m.app_not_found_body()}>
        <ButtonLink to={paths.animals}>{m.app_to_animals()}</ButtonLink>
      </Notice>
    </main>
  );
}
